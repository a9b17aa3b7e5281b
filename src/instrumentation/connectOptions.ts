import type { ConnectionTelemetryOptions } from '../connectionHandle.js';
import { givenOption } from '../givenOption.js';
import type { DriverConnectOptions } from './driverShapes.js';

/**
 * Options for `DBSQLClient.connect()` that this package adds; the driver ignores them. Intersect them
 * with the driver's `ConnectionOptions`.
 */
export interface DatabricksTelemetryConnectOptions {
  /** False: nothing about this connection is sent to Databricks. Anything but `true` counts as false. */
  readonly enableTelemetry?: boolean;
  /** True: on without asking the server. Meant for Databricks' own services; see the roll-out page. */
  readonly forceEnableTelemetry?: boolean;
}

const HTTPS_PORT = 443;
const MAX_PORT = 65_535;
/** A name or address without user information, path or anything else that is no host. */
const HOST = /^[A-Za-z0-9._-]{1,253}$|^\[[0-9A-Fa-f:.]{2,45}\]$/;
const HOST_WITH_PORT = /^([A-Za-z0-9._-]{1,253}):(\d{1,5})$/;

/** What the spans of a connection call its server. Says nothing about where anything is sent. */
export interface ServerName {
  /** Empty if what was given is no host's name. */
  readonly host: string;
  readonly port: number;
}

/** What is read of the connect options: each member once, and none that authenticates. */
export interface ReadConnectOptions {
  readonly server: ServerName;
  readonly telemetry: ConnectionTelemetryOptions;
  /** The token of the options, which never changes, is what it authenticates by. */
  readonly hasStaticToken: boolean;
}

/**
 * Reads what must be known before the driver connects. The options themselves go on to the driver as they are.
 *
 * @param authProvider the second argument of `connect()`
 * @param config the client's configuration: in the driver `telemetryEnabled` stays from one connect to the next
 */
export function readConnectOptions(
  options: DriverConnectOptions,
  authProvider: unknown,
  config: { readonly telemetryEnabled?: unknown } | undefined,
): ReadConnectOptions {
  const { host, port, authType, enableTelemetry } = options;
  const telemetryEnabled = givenOption(options, 'telemetryEnabled');
  const isAccessToken = authType === undefined || authType === 'access-token';
  return {
    server: serverNameOf(host, port),
    telemetry: {
      enableTelemetry,
      forceEnableTelemetry: givenOption(options, 'forceEnableTelemetry'),
      driverTelemetryEnabled: telemetryEnabled === undefined ? keptAnswer(config) : telemetryEnabled,
    },
    hasStaticToken: isAccessToken && !authProvider,
  };
}

/** What an earlier connect said of the driver's telemetry: only a no is more than the driver's default. */
export function keptAnswer(config: { readonly telemetryEnabled?: unknown } | undefined): unknown {
  const kept = config?.telemetryEnabled;
  return kept === true ? undefined : kept;
}

/** The kernel backend reads `host:port` from the host. */
export function serverNameOf(host: unknown, port: unknown): ServerName {
  const name = typeof host === 'string' ? host : '';
  const withPort = HOST_WITH_PORT.exec(name);
  if (withPort !== null) {
    return { host: withPort[1] ?? '', port: portOf(withPort[2]) };
  }
  return { host: HOST.test(name) ? name : '', port: portOf(port) };
}

function portOf(port: unknown): number {
  const text = typeof port === 'number' || typeof port === 'string' ? String(port) : '';
  const value = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return value > 0 && value <= MAX_PORT ? value : HTTPS_PORT;
}
