import type { Span } from '@opentelemetry/api';
import { callback, choice, flag, integer, MAX_TIMER_MS, value } from '../optionKinds.js';
import { type OptionsOf, type Resolved, resolveOptions } from '../optionTable.js';
import { isOwnProcessor, type TelemetryProcessor } from '../processorMark.js';

const HOUR_MS = 3_600_000;

/** What a `requestHook` is told. */
export interface RequestInfo {
  /** The driver's method, for example `executeStatement`. */
  readonly operation: string;
  /** The SQL text as the application gave it, for `executeStatement`. */
  readonly statement?: string;
  /** The options or the request that the application gave. */
  readonly request?: unknown;
}

/** What a `responseHook` is told when an operation ends. */
export interface ResponseInfo {
  /** As in `RequestInfo`. */
  readonly operation: string;
  /** The statement's id, where the server has given one. */
  readonly statementId?: string;
  /** Rows handed to the application so far. */
  readonly returnedRows?: number;
  /** What the driver rejected with, or the server's status response that it had no chance to reject with. */
  readonly error?: unknown;
}

/** Options of `DatabricksSqlInstrumentation`. Times in milliseconds. */
export interface DatabricksSqlInstrumentationConfig {
  /** False: nothing is patched until `enable()`. Default true. */
  enabled?: boolean;
  /**
   * `db.query.text`: none; literals, paths, settings and principals replaced by `?` (text of a parameterised
   * statement is kept); as it is. Default 'sanitized'.
   */
  queryText?: 'off' | 'sanitized' | 'raw';
  /** Characters of query text that are kept. Default 4096. */
  queryTextMaxLength?: number;
  /**
   * Your own sanitizer, in place of the built-in one, for statements without parameters. If it throws or gives
   * no string, no text is recorded.
   */
  sanitizer?: (statement: string) => string;
  /**
   * `db.query.parameter.<key>`: the values of parameters, at most 100 per statement and 1024 characters each.
   * Default false.
   */
  recordQueryParameters?: boolean;
  /**
   * `db.response.returned_rows`: the number of rows that the application got. The metric of that name is recorded
   * in any case. Default false.
   */
  recordReturnedRows?: boolean;
  /** Called with the span and a `RequestInfo` when an operation starts. */
  requestHook?: (span: Span, request: RequestInfo) => void;
  /** Called with the span and a `ResponseInfo` right before an operation's span ends. */
  responseHook?: (span: Span, response: ResponseInfo) => void;
  /** True: no span, and so no record, for what is called without an active span. Default false. */
  requireParentSpan?: boolean;
  /** True: other instrumentations make no spans of the driver's HTTP requests. Default false. */
  suppressNestedSpans?: boolean;
  /**
   * True: each statement carries its trace and span id to the warehouse as query tags. See
   * [query-history.md](query-history.md). Default false.
   */
  traceparentQueryTag?: boolean;
  /**
   * A `DatabricksSpanProcessor` that gets every operation directly, beside a tracer provider that is not yours to
   * set up (another agent's), without sampling, or without any tracer provider. Flush and shut it down yourself.
   * Left out: the processor is registered with the tracer provider.
   */
  processor?: { readonly [Symbol.toStringTag]: 'DatabricksSpanProcessor' };
  /**
   * Whether the driver's own telemetry is switched off for connections that a `DatabricksSpanProcessor` serves.
   * Default 'replace'.
   */
  driverTelemetry?: 'replace' | 'keep';
  /** How long a statement stays open after a failure that trying again may overcome. Default 5000. */
  statementGraceMs?: number;
  /**
   * Age at which a statement that was neither read to its end nor closed is ended as incomplete.
   * Default 3600000.
   */
  statementTtlMs?: number;
  /** Statements in flight; with more, the oldest is ended as incomplete. Default 20480. */
  maxInFlightStatements?: number;
}

export const INSTRUMENTATION_OPTIONS = {
  enabled: flag({ default: true }),
  queryText: choice(['off', 'sanitized', 'raw'], {
    default: 'sanitized',
    variable: 'DATABRICKS_OTEL_QUERY_TEXT',
    unreadable: 'off',
  }),
  queryTextMaxLength: integer({
    default: 4_096,
    min: 1,
    max: 65_536,
    variable: 'DATABRICKS_OTEL_QUERY_TEXT_MAX_LENGTH',
  }),
  sanitizer: callback<(statement: string) => string>(),
  recordQueryParameters: flag({ default: false, variable: 'DATABRICKS_OTEL_RECORD_QUERY_PARAMETERS' }),
  recordReturnedRows: flag({ default: false, variable: 'DATABRICKS_OTEL_RECORD_RETURNED_ROWS' }),
  requestHook: callback<(span: Span, request: RequestInfo) => void>(),
  responseHook: callback<(span: Span, response: ResponseInfo) => void>(),
  requireParentSpan: flag({ default: false, variable: 'DATABRICKS_OTEL_REQUIRE_PARENT_SPAN' }),
  suppressNestedSpans: flag({ default: false, variable: 'DATABRICKS_OTEL_SUPPRESS_NESTED_SPANS' }),
  traceparentQueryTag: flag({ default: false, variable: 'DATABRICKS_OTEL_TRACEPARENT_QUERY_TAG' }),
  processor: value<TelemetryProcessor>('a DatabricksSpanProcessor', { accepts: isOwnProcessor }),
  driverTelemetry: choice(['replace', 'keep'], {
    default: 'replace',
    variable: 'DATABRICKS_OTEL_DRIVER_TELEMETRY',
  }),
  statementGraceMs: integer({ default: 5_000, min: 0, max: MAX_TIMER_MS }),
  statementTtlMs: integer({ default: HOUR_MS, min: 1, max: MAX_TIMER_MS }),
  maxInFlightStatements: integer({ default: 20_480, min: 1 }),
} satisfies OptionsOf<DatabricksSqlInstrumentationConfig>;

/** Names that OpenTelemetry's other database instrumentations have for options of this one. */
export const OTHER_INSTRUMENTATIONS_NAMES: Readonly<Record<string, string>> = {
  enhancedDatabaseReporting: 'recordQueryParameters',
  dbStatementSerializer: 'sanitizer',
  maskStatementHook: 'sanitizer',
  addSqlCommenterCommentToQueries: 'traceparentQueryTag',
};

/** The configuration with all defaults. */
export type ResolvedInstrumentationConfig = Resolved<typeof INSTRUMENTATION_OPTIONS>;

/** @throws TypeError that names the option, what was wrong and what is allowed */
export function resolveInstrumentationConfig(
  config?: DatabricksSqlInstrumentationConfig,
): ResolvedInstrumentationConfig {
  return resolveOptions(
    {
      owner: 'DatabricksSqlInstrumentation',
      table: INSTRUMENTATION_OPTIONS,
      foreign: OTHER_INSTRUMENTATIONS_NAMES,
    },
    config,
  );
}
