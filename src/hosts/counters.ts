import { logDebug, logWarn } from '../log.js';
import { Observation } from '../observer.js';
import type { OperationRecord } from '../records.js';
import type { Timer } from '../runtime.js';
import type { Background } from './timing.js';

/** Why a record was dropped. */
export const DROP_REASONS = [
  /** The host's queue was full: the oldest record without an error, or the oldest if all have one. */
  'queue_full',
  /** It could not be sent for `maxRecordAgeMs`. */
  'expired',
  /** The endpoint refused its batch for good. */
  'terminal',
  /** The endpoint found it too large even by itself. */
  'too_large',
  /** Its lane made room for another one. */
  'lane_evicted',
  /** Its host made room for another one. */
  'host_evicted',
  /** Left over at the deadline of `shutdown()`. */
  'shutdown',
  /** The server's feature flag is off. */
  'flag_disabled',
  /** Nobody answered for the feature flag until the record was too old, or `shutdown()` came. */
  'flag_unknown',
  /** Its connection was refused when the driver's first request showed where it leads. */
  'connection_refused',
  /** The driver never sent a request of its connection, or not before the record was too old. */
  'never_connected',
  /** It came long after its connection was closed. */
  'connection_closed',
  /** It came after `shutdown()`. */
  'already_shutdown',
] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/** What became of a connection. */
export const CONNECTION_OUTCOMES = [
  'served',
  /** The gate says off. */
  'disabled',
  /** Host or port fail validation. */
  'refused_host',
  /** The connection's own route can't be reproduced. */
  'refused_route',
  /** The handle itself is malformed. */
  'refused_handle',
  /** The exporter failed to open the host. */
  'refused_exporter',
  /** `maxHosts` reached, all of them in use. */
  'refused_max_hosts',
  /** `maxLanes` reached, all of them in use. */
  'refused_max_lanes',
  'refused_shutdown',
] as const;
export type ConnectionOutcome = (typeof CONNECTION_OUTCOMES)[number];

/** What a request for the feature flag brought. */
export const FLAG_OUTCOMES = ['enabled', 'disabled', 'failed'] as const;
export type FlagOutcome = (typeof FLAG_OUTCOMES)[number];

/** Dropped for what the operator chose, the server said, or the driver could not do; anything else is a loss. */
const NOT_A_LOSS: ReadonlySet<DropReason> = new Set([
  'flag_disabled',
  'connection_refused',
  'never_connected',
  'already_shutdown',
]);

/** The running totals of one registry. */
export class Counters {
  exported = 0;
  rejected = 0;
  readonly dropped: Record<DropReason, number> = zeroes(DROP_REASONS);
  readonly connections: Record<ConnectionOutcome, number> = zeroes(CONNECTION_OUTCOMES);
  readonly flagFetches: Record<FlagOutcome, number> = zeroes(FLAG_OUTCOMES);
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

/** At most one warning in this time. */
export const WARN_INTERVAL_MS = 60_000;
/** The first loss waits this long for others, so that a burst is reported with its size. */
export const GATHER_MS = 1_000;

/** Warns of lost records: rarely, together, with counts by reason. */
export class LossWarner {
  readonly #background: Background;
  readonly #counts = new Map<string, number>();
  #timer: Timer | undefined = undefined;
  #warnedAt = Number.NEGATIVE_INFINITY;

  constructor(background: Background) {
    this.#background = background;
  }

  note(reason: string, count: number): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + count);
    if (this.#timer === undefined) {
      const rest = this.#warnedAt + WARN_INTERVAL_MS - this.#background.now();
      this.#timer = this.#background.after(Math.max(GATHER_MS, rest), () => this.#report());
    }
  }

  /** Reports what has not been reported yet. Nothing may be noted afterwards. */
  close(): void {
    if (this.#timer !== undefined) {
      this.#background.stop(this.#timer);
      this.#report();
    }
  }

  #report(): void {
    this.#timer = undefined;
    const text = `telemetry records lost: ${[...this.#counts].map(([reason, n]) => `${n} ${reason}`).join(', ')}`;
    this.#counts.clear();
    const now = this.#background.now();
    if (now - this.#warnedAt >= WARN_INTERVAL_MS) {
      this.#warnedAt = now;
      logWarn(text);
    } else {
      logDebug(text);
    }
  }
}

function zeroes<Key extends string>(keys: readonly Key[]): Record<Key, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<Key, number>;
}
