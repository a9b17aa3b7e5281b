import type { BreakerChange, ObservedConnections, ObservedFlag, VerdictCount } from '../observer.js';

export type Counts = Readonly<Record<string, number>>;

/** What is read of a processor's statistics. */
export interface ObservedStats {
  readonly queued: number;
  readonly inFlight: number;
  readonly exported: number;
  readonly rejected: number;
  readonly openStatements: number;
  readonly invalidValues: number;
  readonly internalErrors: number;
  readonly queueCapacity: number;
  readonly dropped: Counts;
  readonly connections: Counts;
  readonly hosts: readonly ObservedHost[];
}

export interface ObservedHost {
  readonly host: string;
  readonly port: number;
  readonly connections: number;
  readonly lanes: number;
  readonly pausedLanes: number;
  readonly forcedLanes?: number;
  readonly queued: number;
  readonly inFlight: number;
  readonly breaker: { readonly state: string; readonly openSince: number | undefined };
  readonly flags: readonly ObservedFlag[];
  readonly exportRequests: Counts;
}

export function authority({ host, port }: { readonly host: string; readonly port: number }): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]:${port}` : `${host}:${port}`;
}

export function nonZero(counts: Counts): Array<[string, number]> {
  return Object.entries(counts).filter(([, count]) => count > 0);
}

/** What is kept although nobody looks, and what can be asked for: a part of the processor's `Observation`. */
export interface Kept {
  readonly breakerChanges: readonly BreakerChange[];
  readonly breakersKnownSince: number;
  /** Whether there has been no change that is not kept. */
  readonly isBreakerHistoryWhole: boolean;
  readonly verdicts: readonly VerdictCount[];
  /** Tags that Databricks does not get. */
  readonly withheld: ReadonlySet<string>;
  /** Whether logs say whose they are. */
  readonly authenticated: boolean;
  readonly connections: (max: number) => ObservedConnections;
}
