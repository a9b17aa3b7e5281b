import type { HostsStats } from '../hosts/stats.js';

/** What `DatabricksSpanProcessor.stats()` tells: counts since the start, and the state now. */
export interface ProcessorStats extends HostsStats {
  /** Operations whose span has started and not ended. */
  readonly openStatements: number;
  /** Operations emitted as incomplete because too many were in flight. */
  readonly evicted: number;
  /** Operations emitted as incomplete because they were older than `statementTtlMs`. */
  readonly expired: number;
  /** Records of operations that did not end by themselves, the evicted and expired among them. */
  readonly incomplete: number;
  /** Spans of downloads that ended after their statement, or without one. */
  readonly lateChildren: number;
  /** Failed downloads beyond those kept per statement. */
  readonly failedDownloadsDropped: number;
  /** Tag values that did not fit their kind and were dropped. */
  readonly invalidValues: number;
  /** Errors inside this package that were swallowed. Should be 0. */
  readonly internalErrors: number;
}

export class ProcessorCounters {
  evicted = 0;
  expired = 0;
  incomplete = 0;
  lateChildren = 0;
  failedDownloadsDropped = 0;
  internalErrors = 0;
}
