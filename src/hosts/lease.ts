import type { ConnectionEndpoint, ConnectionListener } from '../connectionHandle.js';
import type { OperationRecord } from '../records.js';
import type { ConnectionLease } from './contract.js';
import type { Lane } from './lane.js';

/** Records that wait for the driver's first request; more than a failing start makes. */
const MAX_WAITING = 1_000;

/** The lease of a connection for which the gate says off. */
export const DISABLED_LEASE: ConnectionLease = Object.freeze({
  enabled: false,
  accepts: () => true,
  enqueue: () => undefined,
  flush: () => undefined,
  release: () => undefined,
});

export interface LeaseServices {
  /** The lane of the connection, now that its endpoint is known; `undefined` if it is refused. */
  readonly openLane: () => Lane | undefined;
  readonly accepts: (endpoint: ConnectionEndpoint) => boolean;
  readonly onDropped: (count: number) => void;
}

/**
 * A connection's share in its lane. Before the driver's first request there is no lane, and records wait here.
 * Records that come after the release are still taken for a while.
 */
export class Lease implements ConnectionLease, ConnectionListener {
  readonly enabled = true;
  readonly #services: LeaseServices;
  #waiting: OperationRecord[] = [];
  #lane: Lane | undefined = undefined;
  #isRefused = false;
  #isReleased = false;

  constructor(services: LeaseServices) {
    this.#services = services;
  }

  accepts(endpoint: ConnectionEndpoint): boolean {
    return this.#services.accepts(endpoint);
  }

  enqueue(record: OperationRecord): void {
    if (this.#lane !== undefined) {
      this.#lane.outbox.enqueue(record);
    } else if (this.#isRefused || this.#isReleased || this.#waiting.length >= MAX_WAITING) {
      this.#services.onDropped(1);
    } else {
      this.#waiting.push(record);
    }
  }

  flush(): void {
    this.#lane?.outbox.flush();
  }

  release(): void {
    if (!this.#isReleased) {
      this.#isReleased = true;
      this.#lane?.detach();
      this.#services.onDropped(this.#waiting.length);
      this.#waiting = [];
    }
  }

  onEndpoint(): void {
    const lane = this.#services.openLane();
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#lane = lane;
    if (lane === undefined) {
      this.#isRefused = true;
      this.#services.onDropped(waiting.length);
      return;
    }
    for (const record of waiting) {
      lane.outbox.enqueue(record);
    }
  }

  onClose(): void {
    this.release();
  }
}
