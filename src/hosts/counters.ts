import type { LossWarner } from '../lossWarner.js';
import { Observation } from '../observer.js';
import type { OperationRecord } from '../records.js';
import type { ConnectionOutcome, DropReason, HostsStats } from '../stats.js';

/** Dropped for what the operator chose, the server said, or the driver could not do; anything else is a loss. */
const NOT_A_LOSS: ReadonlySet<DropReason> = new Set([
  'flag_disabled',
  'connection_refused',
  'never_connected',
  'already_shutdown',
]);

export const NONE_DROPPED: Readonly<Record<DropReason, number>> = {
  queue_full: 0,
  expired: 0,
  terminal: 0,
  too_large: 0,
  lane_evicted: 0,
  host_evicted: 0,
  shutdown: 0,
  flag_disabled: 0,
  flag_unknown: 0,
  connection_refused: 0,
  never_connected: 0,
  connection_closed: 0,
  already_shutdown: 0,
};
export const NO_CONNECTIONS: Readonly<Record<ConnectionOutcome, number>> = {
  served: 0,
  disabled: 0,
  refused_host: 0,
  refused_route: 0,
  refused_handle: 0,
  refused_exporter: 0,
  refused_max_hosts: 0,
  refused_max_lanes: 0,
  refused_shutdown: 0,
};
export const NO_FLAG_FETCHES: HostsStats['flagFetches'] = { enabled: 0, disabled: 0, failed: 0 };

/** The running totals of one registry. */
export class Counters {
  exported = 0;
  rejected = 0;
  readonly dropped: Record<DropReason, number> = { ...NONE_DROPPED };
  readonly connections: Record<ConnectionOutcome, number> = { ...NO_CONNECTIONS };
  readonly flagFetches: Record<keyof HostsStats['flagFetches'], number> = { ...NO_FLAG_FETCHES };
  readonly #warner: LossWarner;
  readonly #observation: Observation;

  constructor(warner: LossWarner, observation: Observation = new Observation()) {
    this.#warner = warner;
    this.#observation = observation;
  }

  /** A record has been queued. */
  queued(record: OperationRecord): void {
    this.#observation.observer?.onQueued(record);
  }

  drop(reason: DropReason, records: readonly OperationRecord[]): void {
    this.#count(reason, records.length);
    this.#observation.observer?.onDropped(records, reason);
  }

  dropOne(reason: DropReason, record: OperationRecord): void {
    this.#count(reason, 1);
    this.#observation.observer?.onDropped([record], reason);
  }

  #count(reason: DropReason, count: number): void {
    if (count === 0) {
      return;
    }
    this.dropped[reason] += count;
    if (!NOT_A_LOSS.has(reason)) {
      this.#warner.note(reason, count);
    }
  }

  /** The server took a batch, but did not keep all of it. */
  reject(count: number): void {
    if (count > 0) {
      this.rejected += count;
      this.#warner.note('rejected', count);
    }
  }
}
