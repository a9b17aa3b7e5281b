import type { CopyCounts, HostStats, HostsStats } from '../stats.js';
import type { Counters } from './counters.js';

/** Puts the statistics together, with what hosts that are closed have left behind. */
export class HostTotals {
  readonly #exportRequests = new Map<string, number>();
  #breakerTransitions = 0;

  /** The host is about to be closed. */
  keep({ breaker, exportRequests }: HostStats): void {
    addAll(this.#exportRequests, exportRequests);
    this.#breakerTransitions += breaker.transitions;
  }

  snapshot(
    counters: Counters,
    now: {
      readonly hosts: readonly HostStats[];
      readonly waiting: number;
      readonly queueCapacity: number;
      readonly userCodeFailures: HostsStats['userCodeFailures'];
      readonly copies: CopyCounts | undefined;
    },
  ): HostsStats {
    const { hosts } = now;
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
