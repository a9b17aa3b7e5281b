import type { ConnectionHandle } from '../context.js';
import type { OperationRecord } from '../records.js';
import type { ConnectionLease } from './contract.js';
import type { Lane } from './lane.js';

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
  #isReleased = false;

  constructor(lane: Lane, handle: ConnectionHandle) {
    this.#lane = lane;
    lane.attach(handle);
  }

  enqueue(record: OperationRecord): void {
    this.#lane.outbox.enqueue(record);
  }

  flush(): void {
    this.#lane.outbox.flush();
  }

  release(): void {
    if (!this.#isReleased) {
      this.#isReleased = true;
      this.#lane.detach();
    }
  }
}
