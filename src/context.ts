import { type Context, createContextKey } from '@opentelemetry/api';

/** A proxy that the SQL connection goes by. */
export interface ProxyRoute {
  /** `http`, `https`, or one of the `socks` family. */
  readonly protocol: string;
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
}

/** How the SQL connection reaches its host; telemetry goes the same way or not at all. */
export interface ConnectionRoute {
  /** False for a connection without TLS: nothing is sent for such a one. */
  readonly https: boolean;
  readonly proxy?: ProxyRoute;
  /** Trusted certificates in PEM form; `undefined`: Node.js's own. */
  readonly ca?: ReadonlyArray<string | Buffer>;
  readonly clientCert?: string | Buffer;
  readonly clientKey?: string | Buffer;
  readonly rejectUnauthorized: boolean;
}

/** HTTP headers by which a request authenticates, as the driver's own authentication produced them. */
export type CredentialHeaders = Readonly<Record<string, string>>;

/** What one connection says for itself about telemetry; see the gate. */
export interface ConnectionTelemetryOptions {
  readonly enableTelemetry?: boolean;
  readonly forceEnableTelemetry?: boolean;
  /** The driver's own `telemetryEnabled` as the user gave it: `false` is a no to us as well. */
  readonly driverTelemetryEnabled?: boolean;
}

/**
 * A connection as its spans' processor sees it. It travels in the OpenTelemetry Context in which the
 * spans of the connection are started, never on a span.
 */
export interface ConnectionHandle {
  /** Unique in this process. */
  readonly id: string;
  readonly host: string;
  readonly port: number;
  /** The workspace's id, sent as `x-databricks-org-id`; digits. */
  readonly orgId: string | undefined;
  readonly route: ConnectionRoute;
  /** `major.minor.patch` of the driver: part of the feature flag's path. */
  readonly driverVersion: string;
  /** Name and version of the driver as a product token of the `User-Agent`. */
  readonly driverProduct: string;
  readonly telemetry: ConnectionTelemetryOptions;
  /**
   * Who the connection authenticates as, so that records of different credentials never share a request:
   * the digest of a static token, or the object that provides the credentials. Never the token itself.
   */
  readonly credentialIdentity: string | object;
  /** The headers that the driver last used; `undefined` before its first request. Asks nobody. */
  credentials(): CredentialHeaders | undefined;
  /** Calls back when the driver has used headers other than before. */
  onCredentials(callback: () => void): void;
  /** Calls back once, when the connection is closed; at once if it is closed already. */
  onClose(callback: () => void): void;
  /** Whether the driver reports this connection by itself, so that nobody else should begin to. */
  readonly selfReporting: boolean;
  /** Set by the one processor that serves the connection; whoever comes later leaves it alone. */
  served: object | undefined;
}

// The version stands in the key: a later shape of the handle gets another, and old and new do not meet.
const CONNECTION_KEY = createContextKey('opentelemetry-databricks-sql/connection/v1');
const NO_TELEMETRY_KEY = createContextKey('opentelemetry-databricks-sql/no-databricks-telemetry/v1');
const NO_QUERY_TEXT_KEY = createContextKey('opentelemetry-databricks-sql/no-query-text/v1');

/** A Context whose spans belong to the connection. */
export function setConnection(context: Context, handle: ConnectionHandle): Context {
  return context.setValue(CONNECTION_KEY, handle);
}

/** The connection that spans started in this Context belong to. */
export function getConnection(context: Context): ConnectionHandle | undefined {
  return context.getValue(CONNECTION_KEY) as ConnectionHandle | undefined;
}

/** A Context whose statements are left out of what is sent to Databricks. */
export function suppressDatabricksTelemetry(context: Context): Context {
  return context.setValue(NO_TELEMETRY_KEY, true);
}

export function isDatabricksTelemetrySuppressed(context: Context): boolean {
  return context.getValue(NO_TELEMETRY_KEY) === true;
}

/** A Context whose statements leave their query text out of their spans. */
export function suppressQueryText(context: Context): Context {
  return context.setValue(NO_QUERY_TEXT_KEY, true);
}

export function isQueryTextSuppressed(context: Context): boolean {
  return context.getValue(NO_QUERY_TEXT_KEY) === true;
}
