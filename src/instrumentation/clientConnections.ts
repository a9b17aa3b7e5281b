import type { DriverConnection } from './driverConnection.js';
import type { DriverClient } from './driverShapes.js';

/** A client that connects again and again without a close keeps so many connections; then the oldest is over. */
const MAX_CONNECTIONS = 8;

interface Pending {
  readonly options: unknown;
  readonly connection: DriverConnection;
}

/** The connections of one client: those that `connect()` is about to make, and those that may still carry SQL. */
export class ClientConnections {
  #pending: Pending[] = [];
  /** The newest last. */
  #live: DriverConnection[] = [];
  /** Adopted, and nobody has said that their records may be sent. */
  readonly #unasked = new WeakSet<DriverConnection>();
  #epoch = 0;
  #openings = 0;

  /** Another one each time that the client connects or closes. */
  get epoch(): number {
    return this.#epoch;
  }

  /** That of the last `connect()`. */
  get newest(): DriverConnection | undefined {
    return this.#live.at(-1);
  }

  renew(): void {
    this.#epoch++;
  }

  /** `connect(options)` is called. */
  begin(options: unknown, connection: DriverConnection): void {
    this.#pending.push({ options, connection });
  }

  /** The oldest of the calls with these very options, which is no longer waited for. */
  take(options: unknown): DriverConnection | undefined {
    const index = this.#pending.findIndex((pending) => pending.options === options);
    return index < 0 ? undefined : this.#pending.splice(index, 1)[0]?.connection;
  }

  /** The call has settled. Whether it was still waited for: the driver has made no HTTP connection for it. */
  giveUp(connection: DriverConnection): boolean {
    const index = this.#pending.findIndex((pending) => pending.connection === connection);
    if (index >= 0) {
      this.#pending.splice(index, 1);
    }
    return index >= 0;
  }

  /** From now on the client's newest. Earlier ones that carry nothing any more are closed. */
  add(connection: DriverConnection, client: DriverClient): void {
    this.renew();
    this.#live.push(connection);
    this.prune(client);
  }

  /** The connection of a client that was connected already takes the place of one that was adopted before. */
  adopt(connection: DriverConnection, client: DriverClient, isWanted: boolean): void {
    for (const earlier of this.#live) {
      if (this.#unasked.has(earlier)) {
        this.remove(earlier);
      }
    }
    if (!isWanted) {
      this.#unasked.add(connection);
    }
    this.add(connection, client);
  }

  isUnasked(connection: DriverConnection): boolean {
    return this.#unasked.has(connection);
  }

  /** The connection that carries the requests of this Thrift client. */
  carrierOf(thriftClient: object): DriverConnection | undefined {
    return this.#live.find((connection) => connection.carries(thriftClient));
  }

  beginOpening(): void {
    this.#openings++;
  }

  endOpening(client: DriverClient): void {
    this.#openings--;
    this.prune(client);
  }

  remove(connection: DriverConnection): void {
    this.#live = this.#live.filter((each) => each !== connection);
    connection.close();
  }

  closeAll(except?: DriverConnection): void {
    this.renew();
    for (const connection of [...this.#live]) {
      if (connection !== except) {
        this.remove(connection);
      }
    }
  }

  /** While a session is being opened, its request may go by any of them. */
  prune({ client: thriftClient }: DriverClient): void {
    const { newest } = this;
    const over = this.#live.filter(
      (connection, index) =>
        connection !== newest &&
        (this.#live.length - index > MAX_CONNECTIONS ||
          (this.#openings === 0 &&
            !connection.isKernel &&
            (thriftClient === undefined || !connection.carries(thriftClient)))),
    );
    for (const connection of over) {
      this.remove(connection);
    }
  }
}
