import type { BreakerSnapshot } from '../exporter/contract.js';
import type { CopyCounts } from '../exporter/requestCopy.js';
import type { UserCode } from '../guard.js';
import type { ConnectionOutcome, Counters, DropReason, FlagOutcome } from './counters.js';

/** What the hosts of a processor have done since its start, and their state now. */
export interface HostsStats {
  /** Records that wait, those for a driver's first request included. */
  readonly queued: number;
  /** Records that wait for the first request of their connection's driver. */
  readonly waitingForConnection: number;
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
  /** How often what the user gave threw or rejected, by what it is. */
  readonly userCodeFailures: Readonly<Partial<Record<UserCode, number>>>;
  /** Requests that `copyTo` has copied or could not copy; `undefined` without it. */
  readonly copies: CopyCounts | undefined;
  /** The hosts that are open now. */
  readonly hosts: readonly HostStats[];
}

/** One host's state now. */
export interface HostStats {
  readonly host: string;
  readonly port: number;
  readonly connections: number;
  /** Queues of connections whose records may share a request. */
  readonly lanes: number;
  /** Lanes that don't ask for the feature flag, by `forceEnableTelemetry`. */
  readonly forcedLanes: number;
  /** Lanes that wait after a failure of their own, or for credentials. */
  readonly pausedLanes: number;
  readonly queued: number;
  readonly inFlight: number;
  readonly breaker: BreakerSnapshot;
  readonly flags: readonly FlagStats[];
  /** Export requests by outcome, an HTTP status or an error code. */
  readonly exportRequests: Readonly<Record<string, number>>;
}

/**
 * - `unknown`: nobody has answered yet; records wait
 * - `enabled`, `disabled`: the last good answer, kept when a later question fails
 */
export type FlagState = 'unknown' | 'enabled' | 'disabled';

/** One feature flag's state now. */
export interface FlagStats {
  readonly orgId: string | undefined;
  readonly driverVersion: string;
  readonly state: FlagState;
  /** Epoch milliseconds of the last good answer. */
  readonly answeredAt: number | undefined;
  /** Epoch milliseconds before which it is not asked for again. */
  readonly nextRequestAt: number | undefined;
}

/** A host as far as statistics go. */
export interface CountedHost {
  stats(): HostStats;
}

/** Puts the statistics together, with what hosts that are closed have left behind. */
export class HostTotals {
  readonly #exportRequests = new Map<string, number>();
  #breakerTransitions = 0;

  /** The host is about to be closed. */
  keep(host: CountedHost): void {
    const { breaker, exportRequests } = host.stats();
    addAll(this.#exportRequests, exportRequests);
    this.#breakerTransitions += breaker.transitions;
  }

  snapshot(
    counters: Counters,
    now: {
      readonly hosts: readonly CountedHost[];
      readonly waiting: number;
      readonly queueCapacity: number;
      readonly userCodeFailures: HostsStats['userCodeFailures'];
      readonly copies: CopyCounts | undefined;
    },
  ): HostsStats {
    const hosts = now.hosts.map((host) => host.stats());
    const exportRequests = new Map(this.#exportRequests);
    for (const host of hosts) {
      addAll(exportRequests, host.exportRequests);
    }
    return {
      queued: sum(hosts, ({ queued }) => queued) + now.waiting,
      waitingForConnection: now.waiting,
      inFlight: sum(hosts, ({ inFlight }) => inFlight),
      exported: counters.exported,
      rejected: counters.rejected,
      dropped: { ...counters.dropped },
      connections: { ...counters.connections },
      flagFetches: { ...counters.flagFetches },
      exportRequests: Object.fromEntries(exportRequests),
      breakerTransitions: sum(hosts, ({ breaker }) => breaker.transitions) + this.#breakerTransitions,
      queueCapacity: now.queueCapacity,
      userCodeFailures: now.userCodeFailures,
      copies: now.copies,
      hosts,
    };
  }
}

function sum(hosts: readonly HostStats[], figureOf: (host: HostStats) => number): number {
  return hosts.reduce((total, host) => total + figureOf(host), 0);
}

function addAll(totals: Map<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [key, count] of Object.entries(counts)) {
    totals.set(key, (totals.get(key) ?? 0) + count);
  }
}
