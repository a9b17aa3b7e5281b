import type { ClientConnections } from './clientConnections.js';
import type { DriverConnection } from './driverConnection.js';
import type { DriverClient } from './driverShapes.js';

/** One call of `openSession()`: by which connection its session was opened, if that is certain. */
export class SessionOpening {
  /** By which the request should go. */
  readonly connection: DriverConnection;
  readonly #client: DriverClient;
  readonly #connections: ClientConnections;
  readonly #thriftClient: object | undefined;
  readonly #epoch: number;

  constructor(client: DriverClient, connection: DriverConnection, connections: ClientConnections) {
    this.connection = connection;
    this.#client = client;
    this.#connections = connections;
    this.#thriftClient = client.client;
    this.#epoch = connections.epoch;
    connections.beginOpening();
  }

  /**
   * The call has succeeded.
   *
   * @returns whether it is certain that the request went by the connection: the Thrift client is the same that
   *   it was, or was made meanwhile by the only connection that there was. The driver may be connected anew, or
   *   closed, while it opens a session.
   */
  succeed(): boolean {
    const { connection } = this;
    const thriftClient = this.#client.client;
    const isCertain =
      connection.handle !== undefined &&
      !connection.handle.isClosed &&
      (connection.isKernel ||
        (this.#thriftClient === undefined
          ? this.#connections.epoch === this.#epoch &&
            thriftClient !== undefined &&
            connection.carries(thriftClient)
          : thriftClient === this.#thriftClient));
    if (isCertain) {
      connection.onKernelSession();
    }
    return isCertain;
  }

  /** The call has settled. */
  end(): void {
    this.#connections.endOpening(this.#client);
  }
}
