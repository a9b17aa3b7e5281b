import type { Attributes, Context, Span } from '@opentelemetry/api';
import type { DriverFailure } from './driverErrors.js';
import type { ResponseInfo } from './instrumentationConfig.js';

/** How a statement ended. */
export interface StatementEnd {
  /** `databricks.operation.latency_ms`, unrounded. */
  readonly latencyMs: number;
  readonly endedAt: number;
  readonly failure: DriverFailure | undefined;
  readonly response: ResponseInfo;
}

/** What a statement's life needs of its surroundings. */
export interface StatementOwner<Statement> {
  readonly statementGraceMs: number;
  /** Whether `db.response.returned_rows` is wanted. */
  readonly recordReturnedRows: boolean;
  /** Right before the span ends: metrics, the user's hook. */
  onStatementEnd(statement: Statement, end: StatementEnd): void;
  /** Never throws. */
  endSpan(span: Span | undefined, endedAt: number): void;
  onInternalError(error: unknown): void;
}

/** What a statement begins with. */
export interface StatementStart {
  readonly span: Span;
  /** Parent of the inner spans. */
  readonly context: Context;
  /** What is active while the driver sends something for the statement. */
  readonly activeContext: Context;
  /** The driver's method. */
  readonly method: string;
  /** The span's attributes as it started. */
  readonly attributes: Attributes;
  /** The span's start, in monotonic milliseconds. */
  readonly startedAt: number;
  readonly isKernel: boolean;
  /** Whether somebody wants inner spans. */
  readonly hasInnerSpans: boolean;
}
