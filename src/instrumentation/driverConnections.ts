import { logInfo } from '../log.js';
import { ClientConnections } from './clientConnections.js';
import { keptAnswer, readConnectOptions, serverNameOf } from './connectOptions.js';
import { DriverConnection } from './driverConnection.js';
import type {
  DriverClient,
  DriverConnectOptions,
  DriverHttpConnection,
  DriverKernelBackend,
  DriverWire,
} from './driverShapes.js';
import { DriverVersions, UNKNOWN_VERSION } from './driverVersions.js';
import { sendableHeaders } from './endpointHeaders.js';
import { SessionOpening } from './sessionOpening.js';
import type { Witness } from './witness.js';

/**
 * Which connection each of the driver's objects belongs to. An object belongs to one connection for ever: what
 * a client shows at the moment may be another one's.
 */
export class DriverConnections {
  readonly #byClient = new WeakMap<DriverClient, ClientConnections>();
  readonly #byHttp = new WeakMap<DriverHttpConnection, DriverConnection>();
  readonly #byKernel = new WeakMap<object, DriverConnection>();
  readonly #witnesses = new WeakMap<object, Witness>();
  /** A client that was dropped and never closed: its connections are over when it is collected. */
  readonly #dropped = new FinalizationRegistry<ClientConnections>((connections) => connections.closeAll());
  readonly #versions = new DriverVersions();
  #hasReportedAdoption = false;

  /** `connect()` is called. The connection is the client's once the driver has made its HTTP connection. */
  begin(client: DriverClient, options: DriverConnectOptions, authProvider: unknown): DriverConnection {
    const { server, telemetry, hasStaticToken } = readConnectOptions(
      options,
      authProvider,
      client.getConfig?.(),
    );
    const connection = DriverConnection.open({
      server,
      driverVersion: this.#versions.of(client),
      telemetry,
      hasStaticToken,
      isSelfReporting: this.#selfReportingOf(client),
    });
    this.#of(client).begin(options, connection);
    return connection;
  }

  /** `connect()` has settled. */
  settle(client: DriverClient, connection: DriverConnection, hasFailed: boolean): void {
    const connections = this.#of(client);
    const isBound = !connections.giveUp(connection);
    if (!isBound || (hasFailed && client.backend === undefined)) {
      // Nothing can use it: it has no HTTP connection, or its client has no backend.
      connections.remove(connection);
    } else if (!hasFailed) {
      this.#adoptKernel(client, connection);
    }
  }

  /** The driver has made the HTTP connection of a `connect()` with these options. */
  onHttpConnection(client: DriverClient, options: unknown, http: DriverHttpConnection): void {
    const connections = this.#of(client);
    const connection = connections.take(options);
    if (connection !== undefined) {
      this.#bindHttp(client, http, connection);
      connections.add(connection, client);
    }
  }

  /** The HTTP connection has made what its requests are sent by. */
  onWire(http: DriverHttpConnection, wire: DriverWire): void {
    const connection = this.#byHttp.get(http);
    if (connection !== undefined && !this.#witnesses.has(wire)) {
      const witness = connection.onWire(wire, http);
      if (witness !== undefined) {
        this.#witnesses.set(wire, witness);
      }
    }
  }

  /** Who watches the requests of a wire. */
  witnessOf(wire: object): Witness | undefined {
    return this.#witnesses.get(wire);
  }

  /** The kernel backend has taken the options of its connection. */
  onKernelConnect(
    backend: DriverKernelBackend,
    http: DriverHttpConnection | undefined,
  ): DriverConnection | undefined {
    const connection = this.connectionOf(http);
    if (connection !== undefined) {
      this.#bindKernel(backend, connection);
    }
    return connection;
  }

  connectionOf(http: DriverHttpConnection | undefined): DriverConnection | undefined {
    return http === undefined ? undefined : this.#byHttp.get(http);
  }

  /**
   * The connection by which the client's requests go. The driver keeps its Thrift client when it connects again
   * without a close: then that is an earlier one than the client shows.
   */
  current(client: DriverClient): DriverConnection | undefined {
    const { backend, client: thriftClient, connectionProvider } = client;
    const kernel = backend === undefined ? undefined : this.#byKernel.get(backend);
    if (kernel !== undefined || isKernelBackend(backend)) {
      return kernel;
    }
    return thriftClient === undefined
      ? this.connectionOf(connectionProvider)
      : this.#byClient.get(client)?.carrierOf(thriftClient);
  }

  /**
   * The connection of a client that was connected before anybody watched.
   *
   * @param isWanted whether the user says that its records may be sent: what `connect()` was given for that is
   *   not stored anywhere. Without a yes nothing is sent.
   * @returns `undefined` for a client that is not connected
   */
  adopt(client: DriverClient, isWanted = false): DriverConnection | undefined {
    const { backend, client: thriftClient, connectionProvider: http } = client;
    if (http === undefined || backend === undefined) {
      return undefined;
    }
    const present = this.current(client);
    if (present !== undefined && !(isWanted && this.#of(client).isUnasked(present))) {
      return present;
    }
    const wire = http.connection;
    if (thriftClient !== undefined && wire?.client !== thriftClient) {
      return this.unknown(client);
    }
    const connection = DriverConnection.open({
      server: serverNameOf(http.options?.host, http.options?.port),
      driverVersion: this.#versions.of(client),
      telemetry: {
        enableTelemetry: isWanted ? undefined : false,
        driverTelemetryEnabled: keptAnswer(client.getConfig()),
      },
      hasStaticToken: client.authProvider?.constructor?.name === 'PlainHttpAuthentication',
      isSelfReporting: this.#selfReportingOf(client),
    });
    this.#bindHttp(client, http, connection);
    this.#of(client).adopt(connection, client, isWanted);
    if (isKernelBackend(backend)) {
      this.#bindKernel(backend, connection);
    } else if (wire !== undefined) {
      this.#witnesses.delete(wire);
      this.onWire(http, wire);
    }
    if (!isWanted) {
      this.#reportAdoption();
    }
    return connection;
  }

  /** What a session belongs to that can't be given to any connection. */
  unknown(client: DriverClient | undefined): DriverConnection {
    return DriverConnection.unknown(client === undefined ? UNKNOWN_VERSION : this.#versions.of(client));
  }

  /** `openSession()` is called. */
  openSession(client: DriverClient): SessionOpening | undefined {
    const connection = this.current(client) ?? this.adopt(client);
    if (connection === undefined) {
      return undefined;
    }
    const connections = this.#of(client);
    const { newest } = connections;
    // The driver may still use an earlier connection. A no of the last `connect()` is the user's last word.
    const isRefused = newest !== connection && newest?.saysNo === true;
    return new SessionOpening(client, isRefused ? this.unknown(client) : connection, connections);
  }

  /** `close()` is called: what happens from now on is another connection's. */
  beginClose(client: DriverClient): void {
    this.#byClient.get(client)?.renew();
  }

  /** The client is closed. A connection that was made meanwhile goes on. */
  close(client: DriverClient): void {
    this.#byClient.get(client)?.closeAll(this.connectionOf(client.connectionProvider));
  }

  #of(client: DriverClient): ClientConnections {
    let connections = this.#byClient.get(client);
    if (connections === undefined) {
      connections = new ClientConnections();
      this.#byClient.set(client, connections);
      this.#dropped.register(client, connections);
    }
    return connections;
  }

  #bindHttp(client: DriverClient, http: DriverHttpConnection, connection: DriverConnection): void {
    this.#byHttp.set(http, connection);
    connection.onHttpConnection({
      authType: typeof client.authType === 'string' ? client.authType : undefined,
      httpPath: typeof http.options?.path === 'string' ? http.options.path : undefined,
      headers: sendableHeaders(client.getConfig().customHeaders),
    });
  }

  #bindKernel(backend: DriverKernelBackend, connection: DriverConnection): void {
    if (backend.nativeOptions !== undefined) {
      this.#byKernel.set(backend, connection);
      connection.onKernel(backend.nativeOptions);
    }
  }

  /** The first kernel backend of all, whose class nobody had met when it connected. */
  #adoptKernel({ backend, connectionProvider }: DriverClient, connection: DriverConnection): void {
    if (
      isKernelBackend(backend) &&
      !this.#byKernel.has(backend) &&
      this.connectionOf(connectionProvider) === connection
    ) {
      this.#bindKernel(backend, connection);
    }
  }

  /** The client's telemetry reports the connection that the client shows. */
  #selfReportingOf(client: DriverClient): (connection: DriverConnection) => boolean {
    const weakClient = new WeakRef(client);
    return (connection) => {
      const living = weakClient.deref();
      if (living === undefined || this.connectionOf(living.connectionProvider) !== connection) {
        return false;
      }
      const { backend } = living;
      return (
        living.telemetryEmitter !== undefined ||
        (isKernelBackend(backend) &&
          this.#byKernel.get(backend) === connection &&
          backend.nativeOptions?.telemetryEnabled === true)
      );
    };
  }

  #reportAdoption(): void {
    if (!this.#hasReportedAdoption) {
      this.#hasReportedAdoption = true;
      logInfo(
        'a client was connected before it was observed: it makes spans, but nothing of it is sent to Databricks. ' +
          'Start telemetry before you connect, or call instrument(client, { enableTelemetry: true }).',
      );
    }
  }
}

function isKernelBackend(backend: object | undefined): backend is DriverKernelBackend {
  return backend !== undefined && 'nativeOptions' in backend;
}
