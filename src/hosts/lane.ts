import type { ConnectionEndpoint, ConnectionHandle, ConnectionListener } from '../connectionHandle.js';
import type { ExportDestination } from '../exporter/contract.js';
import type { ObservedLane } from '../observer.js';
import type { OperationRecord } from '../records.js';
import type { Counters, DropReason } from './counters.js';
import type { Credentials } from './credentials.js';
import type { FeatureFlag } from './featureFlag.js';
import type { HostQueue } from './hostQueue.js';
import { Outbox, type OutboxServices } from './outbox.js';
import type { RecordQueue } from './recordQueue.js';
import { Wakeup } from './timing.js';

/** Flushes that are asked for are at least this far apart: failing statements ask for one each. */
export const FLUSH_GAP_MS = 1_000;
/** How long a lane without connections is kept, for what comes late and for who comes back. */
export const LINGER_MS = 60_000;

export interface LaneServices extends OutboxServices {
  /** The lane has had no connection for a while and has nothing to send. */
  readonly onIdle: (lane: Lane) => void;
}

/** What makes a lane. */
export interface LaneIdentity {
  readonly key: string;
  readonly destination: ExportDestination;
  readonly credentials: Credentials;
  /** `undefined` if telemetry is forced. */
  readonly flag: FeatureFlag | undefined;
  /** Makes the credentials follow a connection of the lane. */
  readonly watch: (handle: ConnectionHandle) => void;
}

/** The connections whose records may share a request, and the outbox that they share. */
export class Lane {
  readonly key: string;
  readonly outbox: Outbox;
  readonly #identity: LaneIdentity;
  readonly #services: LaneServices;
  readonly #lingerEnd: Wakeup;
  readonly #nextFlush: Wakeup;
  #flushedAt = Number.NEGATIVE_INFINITY;
  #connections = 0;
  #isClosed = false;

  constructor(identity: LaneIdentity, services: LaneServices) {
    this.key = identity.key;
    this.outbox = new Outbox(identity, services);
    this.#identity = identity;
    this.#services = services;
    this.#lingerEnd = new Wakeup(services.background, () => this.#onLingerEnd());
    this.#nextFlush = new Wakeup(services.background, () => this.flush());
    // Should it never be attached to, it goes as well.
    this.#lingerEnd.in(LINGER_MS);
  }

  /** Whether the feature flag is not asked. */
  get isForced(): boolean {
    return this.#identity.flag === undefined;
  }

  get connections(): number {
    return this.#connections;
  }

  /** Its state now, for people. @param number how they call it */
  observed(number: number): ObservedLane {
    const { queued, inFlight, isPaused } = this.outbox;
    const flag = this.#identity.flag?.stats();
    return { number, connections: this.#connections, queued, inFlight, isPaused, flag };
  }

  attach(handle: ConnectionHandle): void {
    this.#identity.watch(handle);
    this.#lingerEnd.cancel();
    this.#connections++;
    this.outbox.isUnattended = false;
    this.outbox.askAhead();
  }

  /** The last connection that leaves has what is queued sent, in the background. */
  detach(): void {
    if (this.#isClosed) {
      return;
    }
    this.#connections--;
    if (this.#connections === 0) {
      this.outbox.isUnattended = true;
      this.outbox.hurry();
      this.#lingerEnd.in(LINGER_MS);
    }
  }

  /** Sends what is queued soon; how soon depends on when that was asked for last. */
  flush(): void {
    const now = this.#services.background.now();
    const earliest = this.#flushedAt + FLUSH_GAP_MS;
    if (now >= earliest) {
      this.#flushedAt = now;
      this.outbox.hurry();
    } else if (!this.#isClosed) {
      this.#nextFlush.at(earliest);
    }
  }

  /** @see Outbox.close */
  close(reason: DropReason, laterReason: DropReason): void {
    this.#isClosed = true;
    this.#lingerEnd.cancel();
    this.#nextFlush.cancel();
    this.outbox.close(reason, laterReason);
  }

  #onLingerEnd(): void {
    if (this.outbox.isEmpty) {
      this.#services.onIdle(this);
    } else {
      this.#lingerEnd.in(LINGER_MS);
    }
  }
}

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
