import type { LossWarner } from './lossWarner.js';

/** Why a record was dropped. */
export const DROP_REASONS = [
  /** The host's queue was full and this was its oldest record. */
  'queue_full',
  /** It could not be sent for `maxRecordAgeMs`. */
  'expired',
  /** The endpoint refused its batch for good. */
  'terminal',
  /** Its lane made room for another one. */
  'lane_evicted',
  /** Its host made room for another one. */
  'host_evicted',
  /** Left over at the deadline of `shutdown()`. */
  'shutdown',
  /** The server's feature flag is off. */
  'flag_disabled',
  /** The server's feature flag could not be had. */
  'flag_failed',
  /** The feature flag was still unknown at `shutdown()`. */
  'flag_unknown',
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

/** Dropped for what the operator chose or the server said; anything else is a loss to be told of. */
const NOT_A_LOSS: ReadonlySet<DropReason> = new Set([
  'flag_disabled',
  'flag_failed',
  'flag_unknown',
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

  constructor(warner: LossWarner) {
    this.#warner = warner;
  }

  drop(reason: DropReason, count: number): void {
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

function zeroes<Key extends string>(keys: readonly Key[]): Record<Key, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<Key, number>;
}
