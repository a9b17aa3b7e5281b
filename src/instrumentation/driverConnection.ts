import type { Attributes } from '@opentelemetry/api';
import { type ConnectionEndpoint, ConnectionHandle, type CredentialHeaders } from '../connectionHandle.js';
import { DB_SYSTEM, Tag } from '../tags/index.js';
import { addressOf, hasStaticTokenIn, routeOf, telemetryOptionsOf, workspaceIdOf } from './connectOptions.js';
import type { DriverClient, DriverConnectOptions, DriverHttpOptions } from './driverShapes.js';

const DRIVER_PRODUCT = 'NodejsDatabricksSqlConnector';
const PRODUCT_VERSION = /^NodejsDatabricksSqlConnector\/(\d+\.\d+\.\d+)/;
const HTTPS_PORT = 443;
const MS_PER_SECOND = 1_000;
/** The driver's pause between two status requests, which can't be configured. */
const POLL_INTERVAL_MS = 100;

/** What the instrumentation knows of a connected (or connecting) client. */
export class DriverConnection {
  /** What the processor sees of it. */
  readonly handle: ConnectionHandle;
  readonly host: string;
  readonly port: number;
  readonly orgId: string | undefined;
  readonly driverVersion: string;
  readonly isKernel: boolean;
  readonly #endpoint: ConnectionEndpoint;

  // Weak: a client that its owner has dropped without closing it must be free to go, and tell us by going.
  readonly #client: WeakRef<DriverClient>;
  readonly #httpPath: unknown;
  readonly #kernelToken: string | undefined;
  #connecting = false;

  /**
   * @param options what the user gave to `connect()`
   * @param http what the driver makes of it
   */
  constructor(
    client: DriverClient,
    options: DriverConnectOptions,
    http: DriverHttpOptions,
    authProvider: unknown,
  ) {
    this.#client = new WeakRef(client);
    this.#httpPath = options.path;
    const { host, port } = addressOf(options);
    this.host = host;
    this.port = port;
    this.orgId = workspaceIdOf(options.path, options.customHeaders);
    this.#endpoint = { host, port, orgId: this.orgId, route: routeOf(http) };
    this.driverVersion = PRODUCT_VERSION.exec(String(http.headers?.['User-Agent']))?.[1] ?? '0.0.0';
    this.isKernel = options.useKernel === true;
    this.#kernelToken = this.isKernel && typeof options.token === 'string' ? options.token : undefined;
    this.handle = new ConnectionHandle({
      driverVersion: this.driverVersion,
      driverProduct: `${DRIVER_PRODUCT}/${this.driverVersion}`,
      telemetry: telemetryOptionsOf(options),
      hasStaticToken: hasStaticTokenIn(options, authProvider),
      // Until the driver has begun to connect, its emitter is that of the client's connection before.
      isSelfReporting: () => this.#connecting && this.#client.deref()?.telemetryEmitter !== undefined,
    });
  }

  /** The driver has made its HTTP connection: what the client shows belongs to this connection now. */
  onConnecting(): void {
    this.#connecting = true;
    if (this.#kernelToken !== undefined) {
      // The kernel authenticates natively: its headers are never seen, but a static token is known.
      this.handle.onRequest(this.#endpoint, { Authorization: `Bearer ${this.#kernelToken}` });
    }
    this.#observeCredentials();
  }

  /**
   * Listens to the headers that the driver's authentication produces for each of its requests. The
   * authentication itself is neither wrapped nor called.
   */
  #observeCredentials(): void {
    const http = this.#client.deref()?.connectionProvider;
    if (http === undefined || typeof http.setHeaders !== 'function') {
      return;
    }
    this.#onHeaders(http.headers);
    const original = http.setHeaders;
    http.setHeaders = (headers) => {
      original.call(http, headers);
      this.#onHeaders(headers);
    };
  }

  #onHeaders(headers: unknown): void {
    const plain = plainHeaders(headers);
    if (plain !== undefined) {
      this.handle.onRequest(this.#endpoint, plain);
    }
  }

  /** Tells everybody, once, that the connection is gone. */
  close(): void {
    this.handle.close();
  }

  /** `host:port`, the port only if it is not the one that everybody expects. */
  get address(): string {
    return this.port === HTTPS_PORT ? this.host : `${this.host}:${this.port}`;
  }

  /** Tags that all spans of the connection have. */
  baseTags(): Attributes {
    return {
      [Tag.dbSystemName]: DB_SYSTEM,
      [Tag.serverAddress]: this.host,
      ...(this.port === HTTPS_PORT ? {} : { [Tag.serverPort]: this.port }),
      ...(this.orgId === undefined ? {} : { [Tag.workspaceId]: this.orgId }),
    };
  }

  /** Tags that only the span which opens a session has. */
  connectionTags(client: DriverClient): Attributes {
    const config = client.getConfig();
    const authType = typeof client.authType === 'string' ? client.authType : undefined;
    const tags: Attributes = {
      [Tag.driverVersion]: this.driverVersion,
      [Tag.mode]: this.isKernel ? 'SEA' : 'THRIFT',
      [Tag.featureProxy]: this.#endpoint.route.proxy !== undefined,
      [Tag.featureDirectResults]: true,
      [Tag.featureMetricViewMetadata]: config.enableMetricViewMetadata === true,
      ...AUTHENTICATION[authType ?? 'pat'],
      [Tag.authType]: authType ?? 'pat',
    };
    if (typeof config.arrowEnabled === 'boolean') {
      tags[Tag.featureArrow] = config.arrowEnabled;
    }
    if (typeof config.useCloudFetch === 'boolean') {
      tags[Tag.featureCloudFetch] = config.useCloudFetch;
    }
    if (typeof config.useLZ4Compression === 'boolean') {
      tags[Tag.featureLz4] = config.useLZ4Compression;
    }
    if (typeof config.socketTimeout === 'number') {
      tags[Tag.socketTimeoutS] = Math.round(config.socketTimeout / MS_PER_SECOND);
    }
    if (!this.isKernel) {
      tags[Tag.pollIntervalMs] = POLL_INTERVAL_MS;
    }
    if (typeof this.#httpPath === 'string') {
      const path = this.#httpPath.split('?', 1)[0] ?? '';
      tags[Tag.httpPath] = path.startsWith('/') ? path : `/${path}`;
    }
    return tags;
  }
}

/** `auth_mech` and `auth_flow` by the driver's `authType`; where nothing is listed only the type is told. */
const AUTHENTICATION: Readonly<Record<string, Attributes>> = {
  pat: { [Tag.authMechanism]: 'PAT', [Tag.authFlow]: 'TOKEN_PASSTHROUGH' },
  'static-token': { [Tag.authMechanism]: 'PAT', [Tag.authFlow]: 'TOKEN_PASSTHROUGH' },
  'external-token': { [Tag.authMechanism]: 'OTHER', [Tag.authFlow]: 'TOKEN_PASSTHROUGH' },
  'token-provider': { [Tag.authMechanism]: 'OTHER', [Tag.authFlow]: 'TOKEN_PASSTHROUGH' },
  'oauth-m2m': { [Tag.authMechanism]: 'OAUTH', [Tag.authFlow]: 'CLIENT_CREDENTIALS' },
  'external-browser': { [Tag.authMechanism]: 'OAUTH', [Tag.authFlow]: 'BROWSER_BASED_AUTHENTICATION' },
  custom: { [Tag.authMechanism]: 'OTHER' },
  unknown: { [Tag.authMechanism]: 'OTHER' },
};

/** Any form of `HeadersInit` as a plain object; `undefined` if there is no header in it. */
function plainHeaders(raw: unknown): CredentialHeaders | undefined {
  if (typeof raw !== 'object' || raw === null) {
    return undefined;
  }
  const entries: Iterable<unknown> =
    Symbol.iterator in raw ? (raw as Iterable<unknown>) : Object.entries(raw);
  const headers: Record<string, string> = {};
  let found = false;
  for (const entry of entries) {
    if (Array.isArray(entry) && typeof entry[0] === 'string' && typeof entry[1] === 'string') {
      headers[entry[0]] = entry[1];
      found = true;
    }
  }
  return found ? headers : undefined;
}
