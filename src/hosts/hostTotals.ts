import type { Counters } from './counters.js';
import type { Host } from './host.js';
import type { HostsStats } from './stats.js';

/** Puts the statistics together, with what hosts that are closed have left behind. */
export class HostTotals {
  readonly #exportRequests = new Map<string, number>();
  #breakerTransitions = 0;

  /** The host is about to be closed. */
  keep(host: Host): void {
    addAll(this.#exportRequests, host.requests());
    this.#breakerTransitions += host.breaker().transitions;
  }

  snapshot(counters: Counters, openHosts: readonly Host[], queueCapacity: number): HostsStats {
    const hosts = openHosts.map((host) => host.stats());
    const exportRequests = new Map(this.#exportRequests);
    let queued = 0;
    let inFlight = 0;
    let breakerTransitions = this.#breakerTransitions;
    for (const host of hosts) {
      addAll(exportRequests, host.exportRequests);
      queued += host.queued;
      inFlight += host.inFlight;
      breakerTransitions += host.breaker.transitions;
    }
    return {
      queued,
      inFlight,
      exported: counters.exported,
      rejected: counters.rejected,
      dropped: { ...counters.dropped },
      connections: { ...counters.connections },
      flagFetches: { ...counters.flagFetches },
      exportRequests: Object.fromEntries(exportRequests),
      breakerTransitions,
      queueCapacity,
      hosts,
    };
  }
}

function addAll(totals: Map<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [key, count] of Object.entries(counts)) {
    totals.set(key, (totals.get(key) ?? 0) + count);
  }
}
