import type { Attributes, Context } from '@opentelemetry/api';
import {
  type ConnectionEndpoint,
  ConnectionHandle,
  type ConnectionTelemetryOptions,
  saysNo,
} from '../connectionHandle.js';
import { setConnection, withoutConnection } from '../context.js';
import { DB_SYSTEM, Tag } from '../tags/index.js';
import { type ServerName, serverNameOf } from './connectOptions.js';
import type { DriverHttpConnection, DriverKernelOptions, DriverWire } from './driverShapes.js';
import type { EndpointHeaders } from './endpointHeaders.js';
import { credentialsOfKernel, endpointOfKernel } from './kernelEndpoint.js';
import { endpointOfWire } from './wireEndpoint.js';
import { Witness } from './witness.js';

const DRIVER_PRODUCT = 'NodejsDatabricksSqlConnector';
const HTTPS_PORT = 443;

export interface DriverConnectionOptions {
  readonly server: ServerName;
  readonly driverVersion: string;
  readonly telemetry: ConnectionTelemetryOptions;
  readonly hasStaticToken: boolean;
  /** Whether the driver's own telemetry reports this very connection. */
  readonly isSelfReporting: (connection: DriverConnection) => boolean;
}

/** What only the driver's `connect()` knows, as it stood when the driver made its HTTP connection. */
export interface ConnectionFacts {
  readonly authType: string | undefined;
  readonly httpPath: string | undefined;
  /** Of the driver's `config.customHeaders`. */
  readonly headers: EndpointHeaders;
}

const NO_FACTS: ConnectionFacts = {
  authType: undefined,
  httpPath: undefined,
  headers: { orgId: undefined, customHeaders: undefined },
};

/**
 * One connection of the driver: one `HttpConnection`, and all that is sent by it, for ever. A client that
 * connects again has another one. It holds nothing of the driver's that would keep the client alive.
 */
export class DriverConnection {
  /** What the processor sees of it. `undefined`: nothing of it is ever sent. */
  readonly handle: ConnectionHandle | undefined;
  readonly driverVersion: string;
  #server: ServerName;
  #facts: ConnectionFacts = NO_FACTS;
  #endpoint: ConnectionEndpoint | undefined = undefined;
  #wire: WeakRef<DriverWire> | undefined = undefined;
  #kernel: DriverKernelOptions | undefined = undefined;
  readonly #hasStaticToken: boolean;

  private constructor(
    server: ServerName,
    driverVersion: string,
    handle: ConnectionHandle | undefined,
    hasStaticToken: boolean,
  ) {
    this.#server = server;
    this.driverVersion = driverVersion;
    this.handle = handle;
    this.#hasStaticToken = hasStaticToken;
  }

  static open(options: DriverConnectionOptions): DriverConnection {
    const { driverVersion, telemetry, hasStaticToken } = options;
    const handle: ConnectionHandle = new ConnectionHandle({
      driverVersion,
      driverProduct: `${DRIVER_PRODUCT}/${driverVersion}`,
      telemetry,
      hasStaticToken,
      isSelfReporting: () => options.isSelfReporting(connection),
    });
    const connection = new DriverConnection(options.server, driverVersion, handle, hasStaticToken);
    return connection;
  }

  /** Of a client or session of which it can't be known where its requests go: it makes spans and no records. */
  static unknown(driverVersion: string): DriverConnection {
    return new DriverConnection({ host: '', port: HTTPS_PORT }, driverVersion, undefined, false);
  }

  get isKernel(): boolean {
    return this.#kernel !== undefined;
  }

  get facts(): ConnectionFacts {
    return this.#facts;
  }

  /** Whether the options of its `connect()` say that nothing of it is to be sent. */
  get saysNo(): boolean {
    return this.handle !== undefined && saysNo(this.handle.telemetry);
  }

  /** Whether records may not go directly; known once the driver has connected. */
  get usesProxy(): boolean {
    return this.#endpoint?.route.proxy !== undefined;
  }

  /** Whether records of it could be sent by whoever serves it, so that the driver need not. */
  get isServed(): boolean {
    const served = this.handle?.served;
    return served !== undefined && this.#endpoint !== undefined && served.accepts(this.#endpoint);
  }

  /** The driver has made its HTTP connection. */
  onHttpConnection(facts: ConnectionFacts): void {
    this.#facts = facts;
  }

  /**
   * The driver has made what its requests are sent by.
   *
   * @returns what watches it; `undefined` if nothing is to be seen: nothing of the connection is ever sent, or
   *   it has another wire already
   */
  onWire(wire: DriverWire, http: DriverHttpConnection): Witness | undefined {
    if (this.handle === undefined || this.#wire !== undefined) {
      return undefined;
    }
    this.#wire = new WeakRef(wire);
    const endpoint = endpointOfWire(wire, this.#facts.headers);
    this.#learn(endpoint);
    return new Witness(wire, this.handle, endpoint, http.options?.headers ?? {});
  }

  /** The driver has told the kernel where to connect. */
  onKernel(options: DriverKernelOptions): void {
    this.#kernel = { ...options };
    this.#learn(endpointOfKernel(options, this.#facts.headers));
  }

  /** The kernel has opened a session: it was served there. Its requests are never seen. */
  onKernelSession(): void {
    if (this.#kernel !== undefined && this.#endpoint !== undefined) {
      const credentials = this.#hasStaticToken ? credentialsOfKernel(this.#kernel) : {};
      this.handle?.onRequest(this.#endpoint, this.#endpoint.route.https ? credentials : {});
    }
  }

  /** Whether requests of this Thrift client go by this connection. */
  carries(thriftClient: object): boolean {
    return this.#wire?.deref()?.client === thriftClient;
  }

  /** The Context for spans of the connection. */
  within(context: Context): Context {
    return this.handle === undefined ? withoutConnection(context) : setConnection(context, this.handle);
  }

  /** Tells everybody, once, that the connection is gone. */
  close(): void {
    this.handle?.close();
  }

  /** `host:port`, the port only if it is not the one that everybody expects; empty if unknown. */
  get address(): string {
    const { host, port } = this.#server;
    return port === HTTPS_PORT || host === '' ? host : `${host}:${port}`;
  }

  /** Tags that all spans of the connection have. */
  baseTags(): Attributes {
    const { host, port } = this.#server;
    const tags: Attributes = { [Tag.dbSystemName]: DB_SYSTEM };
    if (host !== '') {
      tags[Tag.serverAddress] = host;
      if (port !== HTTPS_PORT) {
        tags[Tag.serverPort] = port;
      }
    }
    const orgId = this.#endpoint?.orgId;
    if (orgId !== undefined) {
      tags[Tag.workspaceId] = orgId;
    }
    return tags;
  }

  #learn(endpoint: ConnectionEndpoint): void {
    this.#endpoint = endpoint;
    if (endpoint.host !== '') {
      const { host, port } = endpoint;
      const name = serverNameOf(host, port);
      this.#server = name.host === '' ? this.#server : name;
    }
  }
}
