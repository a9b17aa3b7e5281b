import type { ConnectionRoute, ConnectionTelemetryOptions, ProxyRoute } from '../connectionHandle.js';
import type { DriverConnectOptions, DriverHttpOptions, DriverProxyOptions } from './driverShapes.js';

/**
 * Options for `DBSQLClient.connect()` that this package adds; the driver ignores them. Intersect them
 * with the driver's `ConnectionOptions`.
 */
export interface DatabricksTelemetryConnectOptions {
  /** False: nothing about this connection is sent to Databricks. */
  readonly enableTelemetry?: boolean;
  /** @internal True: on without asking the server. */
  readonly forceEnableTelemetry?: boolean;
}

const DEFAULT_PORT = 443;
const HOST_WITH_PORT = /^([^:]+):(\d{1,5})$/;
const CLOUD_PORTS_MAX = 65_535;

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Host and port as the driver takes them: the kernel backend reads `host:port` from the host. */
export function addressOf(options: { readonly host?: unknown; readonly port?: unknown }): Address {
  const host = typeof options.host === 'string' ? options.host : '';
  const withPort = HOST_WITH_PORT.exec(host);
  if (withPort !== null) {
    return { host: withPort[1] ?? '', port: Number(withPort[2]) };
  }
  const port = Number(options.port);
  return { host, port: port > 0 && port <= CLOUD_PORTS_MAX ? port : DEFAULT_PORT };
}

export function telemetryOptionsOf(options: DriverConnectOptions): ConnectionTelemetryOptions {
  const { enableTelemetry, forceEnableTelemetry, telemetryEnabled } = options;
  return {
    ...(typeof enableTelemetry === 'boolean' ? { enableTelemetry } : {}),
    ...(typeof forceEnableTelemetry === 'boolean' ? { forceEnableTelemetry } : {}),
    ...(typeof telemetryEnabled === 'boolean' ? { driverTelemetryEnabled: telemetryEnabled } : {}),
  };
}

/** The route as the driver itself will take it. */
export function routeOf(http: DriverHttpOptions): ConnectionRoute {
  const https = http.https !== false;
  const proxy = proxyOf(http.proxy);
  if (proxy !== undefined) {
    // Behind a proxy the driver's agent gets none of the options below: it verifies the server by Node.js's
    // own trust, whatever was asked for. To do as it does is to be no weaker.
    return { https, rejectUnauthorized: true, proxy };
  }
  const ca = trustOf(http.ca);
  const clientCert = pemOf(http.cert);
  const clientKey = pemOf(http.key);
  return {
    https,
    rejectUnauthorized: http.rejectUnauthorized !== false,
    ...(ca === undefined ? {} : { ca }),
    ...(clientCert === undefined ? {} : { clientCert }),
    ...(clientKey === undefined ? {} : { clientKey }),
  };
}

/** Whether the connection authenticates with one token that never changes. */
export function hasStaticTokenIn(options: DriverConnectOptions, authProvider: unknown): boolean {
  const isAccessToken = options.authType === undefined || options.authType === 'access-token';
  return isAccessToken && !isObject(authProvider) && typeof options.token === 'string';
}

/** The workspace's id: a header of the user's wins over what the path names, as in the driver. */
export function workspaceIdOf(httpPath: unknown, customHeaders: unknown): string | undefined {
  if (isObject(customHeaders)) {
    for (const [name, value] of Object.entries(customHeaders)) {
      if (name.toLowerCase() === 'x-databricks-org-id') {
        return typeof value === 'string' && /^\d{1,20}$/.test(value) ? value : undefined;
      }
    }
  }
  if (typeof httpPath !== 'string') {
    return undefined;
  }
  const [path = '', query = ''] = httpPath.split('?', 2);
  return /(?:^|&)o=(\d{1,20})(?:&|$)/.exec(query)?.[1] ?? /(?:^|\/)o\/(\d{1,20})(?:\/|$)/.exec(path)?.[1];
}

function proxyOf(proxy: DriverProxyOptions | undefined): ProxyRoute | undefined {
  if (!isObject(proxy)) {
    return undefined;
  }
  const { protocol, host, port, auth } = proxy;
  return {
    protocol: String(protocol),
    host: String(host),
    port: Number(port),
    ...(typeof auth?.username === 'string' ? { username: auth.username } : {}),
    ...(typeof auth?.password === 'string' ? { password: auth.password } : {}),
  };
}

function trustOf(ca: unknown): ReadonlyArray<string | Buffer> | undefined {
  if (ca === undefined || ca === null) {
    return undefined;
  }
  const list: readonly unknown[] = Array.isArray(ca) ? ca : [ca];
  return list.filter((item): item is string | Buffer => typeof item === 'string' || Buffer.isBuffer(item));
}

function pemOf(value: unknown): string | Buffer | undefined {
  return typeof value === 'string' || Buffer.isBuffer(value) ? value : undefined;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
