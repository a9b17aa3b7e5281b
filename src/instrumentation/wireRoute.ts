import type { ConnectionRoute, ProxyRoute } from '../connectionHandle.js';

/** Options of the driver's agent that a route reproduces, or that say nothing about the way. */
const KNOWN_AGENT_OPTIONS: ReadonlySet<string> = new Set([
  'ca',
  'cert',
  'key',
  'rejectUnauthorized',
  'minVersion',
  'keepAlive',
  'keepAliveMsecs',
  'maxSockets',
  'maxFreeSockets',
  'maxTotalSockets',
  'noDelay',
  'scheduling',
  'timeout',
]);
/** What Node.js 22 and later add to the options of every agent for HTTPS. */
const NODE_AGENT_OPTIONS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['defaultPort', 443],
  ['protocol', 'https:'],
]);

/** An `https.Agent`, as far as it is looked at. */
interface AgentShape {
  readonly options?: Readonly<Record<string, unknown>>;
  /** Of the `ProxyAgent` that the driver makes. */
  readonly getProxyForUrl?: unknown;
  readonly httpsAgent?: unknown;
  readonly connectOpts?: unknown;
}

/**
 * The way that a request takes by this agent.
 *
 * @param agent the `agent` of a request that the driver makes
 * @param url where the request goes; `https:`
 * @returns `undefined` for an agent of another kind, or one with options that can't be reproduced
 */
export function routeOfAgent(agent: unknown, url: string): ConnectionRoute | undefined {
  if (typeof agent !== 'object' || agent === null) {
    return undefined;
  }
  if (isHttpsAgent(agent)) {
    return directRoute((agent as AgentShape).options ?? {});
  }
  const { getProxyForUrl, httpsAgent, connectOpts } = agent as AgentShape;
  if (typeof getProxyForUrl !== 'function' || httpsAgent === undefined || connectOpts === undefined) {
    return undefined;
  }
  const { origin, pathname, search } = new URL(url);
  // The driver's agent puts the URL together again from its parts, and fails where they don't make one.
  const proxy = URL.canParse(pathname + search, origin) ? parseProxy(getProxyForUrl(url)) : undefined;
  // Behind a proxy the driver's agent passes none of its TLS options on: the server is verified by Node.js's
  // own trust, whatever was asked for. To do as it does is to be no weaker.
  return proxy && { https: true, rejectUnauthorized: true, proxy };
}

/** An agent of a class that extends Node.js's may connect in its own way. */
function isHttpsAgent(agent: object): boolean {
  const { Agent } = process.getBuiltinModule('node:https');
  return Object.getPrototypeOf(agent) === Agent.prototype && !Object.hasOwn(agent, 'createConnection');
}

function directRoute(options: Readonly<Record<string, unknown>>): ConnectionRoute | undefined {
  for (const [name, value] of Object.entries(options)) {
    const isKnown = KNOWN_AGENT_OPTIONS.has(name) || NODE_AGENT_OPTIONS.get(name) === value;
    if (value !== undefined && value !== null && !isKnown) {
      return undefined;
    }
  }
  const { ca, cert, key, minVersion, rejectUnauthorized } = options;
  const trusted = trustOf(ca);
  const known =
    (!ca || trusted !== undefined) && isPemOrNothing(cert) && isPemOrNothing(key) && isTls12(minVersion);
  return known
    ? {
        https: true,
        rejectUnauthorized: rejectUnauthorized !== false,
        ...(trusted !== undefined && { ca: trusted }),
        ...(isPem(cert) && { clientCert: cert }),
        ...(isPem(key) && { clientKey: key }),
      }
    : undefined;
}

/**
 * A proxy's URL, read as the driver's agent reads it.
 *
 * @returns `undefined` if it is none, or if the driver's agent would fail at it
 */
export function parseProxy(text: unknown): ProxyRoute | undefined {
  if (typeof text !== 'string' || !URL.canParse(text)) {
    return undefined;
  }
  const url = new URL(text);
  const protocol = url.protocol.slice(0, -1);
  if (url.hostname === '') {
    return undefined;
  }
  try {
    return {
      protocol,
      host: url.hostname,
      port: url.port === '' ? defaultPort(protocol) : Number(url.port),
      ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
      ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
    };
  } catch {
    // A stray `%`: the driver's agent fails at it as well.
    return undefined;
  }
}

function defaultPort(protocol: string): number {
  return protocol === 'https' ? 443 : 80;
}

function trustOf(ca: unknown): ReadonlyArray<string | Buffer> | undefined {
  if (isPem(ca)) {
    return [ca];
  }
  return Array.isArray(ca) && ca.every(isPem) ? [...ca] : undefined;
}

/** The driver asks for 1.2 at least, and so do we; anything weaker or stronger is not the driver's. */
function isTls12(minVersion: unknown): boolean {
  return minVersion === undefined || minVersion === 'TLSv1.2';
}

function isPemOrNothing(value: unknown): boolean {
  return value === undefined || value === null || isPem(value);
}

function isPem(value: unknown): value is string | Buffer {
  return (typeof value === 'string' && value !== '') || Buffer.isBuffer(value);
}
