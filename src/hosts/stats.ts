import type { BreakerSnapshot } from '../exporter/contract.js';
import type { ConnectionOutcome, DropReason, FlagOutcome } from './counters.js';
import type { FlagState } from './featureFlag.js';

/** What the hosts of a processor have done since its start, and their state now. */
export interface HostsStats {
  /** Records that wait. */
  readonly queued: number;
  /** Records in requests under way. */
  readonly inFlight: number;
  /** Records that Databricks took. */
  readonly exported: number;
  /** Records that Databricks got and did not keep. */
  readonly rejected: number;
  /** Records that were dropped, by reason. */
  readonly dropped: Readonly<Record<DropReason, number>>;
  readonly connections: Readonly<Record<ConnectionOutcome, number>>;
  /** Requests for the feature flag by what they brought. */
  readonly flagFetches: Readonly<Record<FlagOutcome, number>>;
  /** Export requests by outcome, an HTTP status or an error code, of closed hosts as well. */
  readonly exportRequests: Readonly<Record<string, number>>;
  /** How often a circuit breaker changed its state, of closed hosts as well. */
  readonly breakerTransitions: number;
  /** Records that may wait per host. */
  readonly queueCapacity: number;
  /** The hosts that are open now. */
  readonly hosts: readonly HostStats[];
}

/** One host's state now. */
export interface HostStats {
  readonly host: string;
  readonly port: number;
  readonly connections: number;
  readonly lanes: number;
  /** Lanes that wait after a failure of their own. */
  readonly pausedLanes: number;
  readonly queued: number;
  readonly inFlight: number;
  readonly breaker: BreakerSnapshot;
  readonly flags: readonly FlagStats[];
  /** Export requests by outcome, an HTTP status or an error code. */
  readonly exportRequests: Readonly<Record<string, number>>;
}

/** One feature flag's state now. */
export interface FlagStats {
  readonly orgId: string | undefined;
  readonly driverVersion: string;
  readonly state: FlagState;
}
