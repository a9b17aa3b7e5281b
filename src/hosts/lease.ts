import type { ConnectionEndpoint, ConnectionListener } from '../connectionHandle.js';
import type { HostQueue } from '../queue/hostQueue.js';
import type { RecordQueue } from '../queue/recordQueue.js';
import type { OperationRecord } from '../records.js';
import type { DropReason } from '../stats.js';
import type { Counters } from './counters.js';
import type { Lane } from './lane.js';

/** One connection's share in its host, from the connection's start to its close. */
export interface ConnectionLease {
  /** False if nothing is sent for the connection: nothing need be gathered for it. */
  readonly enabled: boolean;
  /** Whether records of a connection to this endpoint could be sent. */
  accepts(endpoint: ConnectionEndpoint): boolean;
  /** Queues a record. Never throws; what can't be kept is counted. */
  enqueue(record: OperationRecord): void;
  /** Sends what is queued in the connection's lane soon, in the background. */
  flush(): void;
  /** Gives the share back. Idempotent. */
  release(): void;
}

/** The lease of a connection for which the gate says off. */
export const DISABLED_LEASE: ConnectionLease = Object.freeze({
  enabled: false,
  accepts: () => true,
  enqueue: () => undefined,
  flush: () => undefined,
  release: () => undefined,
});

/** What a lease has from its registry. */
export interface LeaseServices {
  /** Where records wait for the drivers' first requests. */
  readonly waiting: HostQueue;
  /** The lane of the connection, now that its endpoint is known; `undefined` if it is refused. */
  readonly openLane: () => Lane | undefined;
  readonly accepts: (endpoint: ConnectionEndpoint) => boolean;
  readonly counters: Counters;
  /** The lease waits no longer: it has its lane, or never gets one. */
  readonly onDecided: (lease: Lease) => void;
}

/**
 * A connection's share in its lane. Before the driver's first request there is no lane, and records wait.
 * Records that come after the release are still taken for a while.
 */
export class Lease implements ConnectionLease, ConnectionListener {
  readonly #services: LeaseServices;
  #lane: Lane | undefined = undefined;
  #queue: RecordQueue | undefined = undefined;
  /** Why there will be no lane. */
  #refusal: DropReason | undefined = undefined;
  #isReleased = false;

  constructor(services: LeaseServices) {
    this.#services = services;
  }

  get enabled(): boolean {
    return this.#refusal === undefined;
  }

  accepts(endpoint: ConnectionEndpoint): boolean {
    return this.#services.accepts(endpoint);
  }

  enqueue(record: OperationRecord): void {
    if (this.#lane !== undefined) {
      this.#lane.outbox.enqueue(record);
    } else if (this.#refusal !== undefined) {
      this.#services.counters.dropOne(this.#refusal, record);
    } else {
      const { waiting } = this.#services;
      this.#queue ??= waiting.open(() => 'never_connected');
      this.#services.counters.queued(record);
      waiting.push(this.#queue, record);
    }
  }

  flush(): void {
    this.#lane?.flush();
  }

  release(): void {
    if (this.#isReleased) {
      return;
    }
    this.#isReleased = true;
    if (this.#lane !== undefined) {
      this.#lane.detach();
    } else {
      this.refuse('never_connected', 'never_connected');
    }
  }

  /**
   * There will be no lane.
   *
   * @param reason of what waits
   * @param laterReason of what comes later
   */
  refuse(reason: DropReason, laterReason: DropReason): void {
    if (this.#lane === undefined && this.#refusal === undefined) {
      this.#refusal = laterReason;
      if (this.#queue !== undefined) {
        this.#services.counters.drop(reason, this.#services.waiting.close(this.#queue));
        this.#queue = undefined;
      }
      this.#services.onDecided(this);
    }
  }

  onEndpoint(): void {
    if (this.#lane !== undefined || this.#refusal !== undefined) {
      return;
    }
    const lane = this.#services.openLane();
    if (lane === undefined) {
      this.refuse('connection_refused', 'connection_refused');
      return;
    }
    this.#lane = lane;
    const queue = this.#queue;
    this.#queue = undefined;
    this.#services.onDecided(this);
    if (queue !== undefined) {
      const { waiting } = this.#services;
      const records = waiting.take(queue, queue.length);
      waiting.settle(records);
      waiting.close(queue);
      for (const record of records) {
        lane.outbox.enqueue(record);
      }
    }
  }

  onClose(): void {
    this.release();
  }
}
