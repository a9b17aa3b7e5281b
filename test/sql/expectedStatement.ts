import type { StatementSummary } from '../../src/instrumentation/sql/index.js';

/** A statement with its exact sanitized text and summary. */
export interface ExpectedStatement extends StatementSummary {
  readonly name: string;
  readonly sql: string;
  readonly text: string;
}
