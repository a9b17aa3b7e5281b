import type { UserCode } from '../guard.js';

/** What an instrumentation has done so far. */
export interface InstrumentationStats {
  /** Statements whose span has not ended. */
  readonly openStatements: number;
  /** Sessions of which it can't be known by which connection they were opened: nothing of them is sent. */
  readonly unboundSessions: number;
  /** Failures of this package's own code. Each cost an observation and nothing else. */
  readonly internalErrors: number;
  /** What hooks, sanitizer, meter, sampler or span processors threw or rejected with; never a message. */
  readonly userCodeFailures: Readonly<Partial<Record<UserCode, number>>>;
}
