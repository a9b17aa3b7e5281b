import { Wakeup } from '../background.js';
import type { ConnectionHandle } from '../connectionHandle.js';
import type { ObservedLane } from '../observer.js';
import type { DropReason } from '../stats.js';
import { Outbox, type OutboxIdentity, type OutboxServices } from './outbox.js';
import type { Shareable } from './sharedMembers.js';

/** Flushes that are asked for are at least this far apart: failing statements ask for one each. */
export const FLUSH_GAP_MS = 1_000;
/** How long a lane without connections is kept, for what comes late and for who comes back. */
export const LINGER_MS = 60_000;

export interface LaneServices extends OutboxServices {
  /** The lane has had no connection for a while and has nothing to send. */
  readonly onIdle: (lane: Lane) => void;
}

/** What makes a lane. */
export interface LaneIdentity extends OutboxIdentity {
  readonly key: string;
  /** Makes the credentials follow a connection of the lane. */
  readonly watch: (handle: ConnectionHandle) => void;
}

/** The connections whose records may share a request, and the outbox that they share. */
export class Lane implements Shareable {
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
    return this.#identity.flag.isForced;
  }

  get connections(): number {
    return this.#connections;
  }

  get isEmpty(): boolean {
    return this.outbox.queued + this.outbox.inFlight === 0;
  }

  /** Its state now, for people. @param number how they call it */
  observed(number: number): ObservedLane {
    const { queued, inFlight, isPaused } = this.outbox;
    const flag = this.#identity.flag.stats();
    return { number, connections: this.#connections, queued, inFlight, isPaused, flag };
  }

  attach(handle: ConnectionHandle): void {
    this.#identity.watch(handle);
    this.#lingerEnd.cancel();
    this.#connections++;
    this.outbox.isUnattended = false;
    this.#identity.flag.askAhead(this.#identity);
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
    if (this.isEmpty) {
      this.#services.onIdle(this);
    } else {
      this.#lingerEnd.in(LINGER_MS);
    }
  }
}
