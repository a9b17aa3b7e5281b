import type { ConnectionHandle } from '../context.js';
import type { OperationRecord } from '../records.js';
import type { ConnectionLease } from './contract.js';
import type { Lane } from './lane.js';
import type { Outbox } from './outbox.js';

/** The lease of a connection for which the gate says off. */
export const DISABLED_LEASE: ConnectionLease = Object.freeze({
  enabled: false,
  enqueue: () => undefined,
  flush: () => undefined,
  release: () => undefined,
});

/** A connection's share in its lane. Records that come after the release are still taken for a while. */
export class Lease implements ConnectionLease {
  readonly enabled = true;
  readonly #lane: Lane;
  readonly #outbox: Outbox;
  #isReleased = false;

  constructor(lane: Lane, handle: ConnectionHandle) {
    this.#lane = lane;
    this.#outbox = lane.outbox;
    lane.attach(handle);
  }

  enqueue(record: OperationRecord): void {
    this.#outbox.enqueue(record);
  }

  flush(): void {
    this.#outbox.flush();
  }

  release(): void {
    if (!this.#isReleased) {
      this.#isReleased = true;
      this.#lane.detach();
    }
  }
}
