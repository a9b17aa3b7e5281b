import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Environment, textIn } from '../../environment.js';
import type { Finding } from './finding.js';

const TIMEOUT_MS = 5_000;
const DEFAULT_ENDPOINT = 'http://localhost:4318';
const HTTPS_PORT = 443;

export interface NetworkOptions {
  /** Whether the network may be used. */
  readonly connect: boolean;
  /** The workspace's host name, perhaps with a port, or its URL. */
  readonly host: string | undefined;
}

/** Where spans and records go, and whether that can be reached. Nothing is sent but what opens a connection. */
export async function checkNetwork(environment: Environment, options: NetworkOptions): Promise<Finding[]> {
  return [await checkEndpoint(environment, options), await checkWorkspace(options)];
}

async function checkEndpoint(environment: Environment, { connect }: NetworkOptions): Promise<Finding> {
  const name = 'Your backend';
  const exporter = textIn(environment, 'OTEL_TRACES_EXPORTER') ?? 'otlp';
  if (exporter !== 'otlp') {
    return { level: 'info', name, text: `OTEL_TRACES_EXPORTER is ${exporter}` };
  }
  const endpoint =
    textIn(environment, 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') ??
    textIn(environment, 'OTEL_EXPORTER_OTLP_ENDPOINT') ??
    DEFAULT_ENDPOINT;
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    return { level: 'fail', name, text: 'the OTLP endpoint is no http or https URL' };
  }
  if (!connect) {
    return { level: 'info', name, text: `${url.origin}, not tried: see --connect` };
  }
  const port = Number(url.port || (url.protocol === 'https:' ? HTTPS_PORT : 80));
  const error = await attempt(() => connectTcp(port, url.hostname), 'connect');
  return error === undefined
    ? { level: 'ok', name, text: `${url.origin} takes connections` }
    : { level: 'fail', name, text: `${url.origin}: ${error}`, advice: 'No collector listens there.' };
}

async function checkWorkspace({ connect, host }: NetworkOptions): Promise<Finding> {
  const name = 'Workspace';
  if (host === undefined) {
    return { level: 'info', name, text: 'not known: see --host' };
  }
  const address = workspaceAddress(host);
  if (address === undefined) {
    return {
      level: 'fail',
      name,
      text: '--host is no host name',
      advice: 'Give host, host:port or https://host.',
    };
  }
  const { authority } = address;
  if (!connect) {
    return { level: 'info', name, text: `${authority}, not tried: see --connect` };
  }
  const error = await attempt(
    () =>
      connectTls({
        host: address.host,
        port: address.port,
        // A name only: TLS knows no addresses there.
        ...(isIP(address.host) === 0 ? { servername: address.host } : {}),
      }),
    'secureConnect',
  );
  return error === undefined
    ? { level: 'ok', name, text: `${authority} takes connections, and its certificate is trusted` }
    : {
        level: 'fail',
        name,
        text: `${authority}: ${error}`,
        advice: 'Behind a proxy this check says nothing.',
      };
}

interface WorkspaceAddress {
  /** An IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
  /** For people: the port only where it is not the usual one. */
  readonly authority: string;
}

/** What people have at hand: a host name, perhaps with a port, or the address from the browser's bar. */
function workspaceAddress(given: string): WorkspaceAddress | undefined {
  const text = isIP(given) === 6 ? `[${given}]` : given.replace(/^https:\/\//i, '');
  // Another scheme would be read as a host.
  const url =
    !text.includes('://') && URL.canParse(`https://${text}`) ? new URL(`https://${text}`) : undefined;
  if (url === undefined || url.username !== '' || url.password !== '') {
    return undefined;
  }
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || HTTPS_PORT),
    authority: url.host,
  };
}

/** @returns the error's code, or `undefined` if a connection was made */
function attempt(open: () => Socket, event: string): Promise<string | undefined> {
  return new Promise((done) => {
    const socket = open();
    const end = (error: string | undefined): void => {
      socket.destroy();
      done(error);
    };
    socket.setTimeout(TIMEOUT_MS, () => end('ETIMEDOUT'));
    socket.once(event, () => end(undefined));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
}
