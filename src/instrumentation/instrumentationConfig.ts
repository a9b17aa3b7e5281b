import type { Span } from '@opentelemetry/api';
import type { InstrumentationConfig } from '@opentelemetry/instrumentation';
import {
  booleanOption,
  choiceOption,
  functionOption,
  integerOption,
  MAX_TIMER_MS,
  rejectUnknownOptions,
} from '../optionChecks.js';

/** What a `requestHook` is told. */
export interface RequestInfo {
  /** The driver's method, for example `executeStatement`. */
  readonly operation: string;
  /** The SQL text, for `executeStatement`. */
  readonly statement?: string;
  /** The options or the request that the application gave. */
  readonly request?: unknown;
}

/** What a `responseHook` is told when an operation ends. */
export interface ResponseInfo {
  readonly operation: string;
  readonly statementId?: string;
  /** Rows handed to the application so far. */
  readonly returnedRows?: number;
  /** What the driver rejected with, or the server's status response that it had no chance to reject with. */
  readonly error?: unknown;
}

/** Options of `DatabricksSqlInstrumentation`. Times in milliseconds. */
export interface DatabricksSqlInstrumentationConfig extends InstrumentationConfig {
  /**
   * `off`: no query text. `sanitized`: literals replaced by `?`, unless the statement is parameterised.
   * `raw`: as it is. Default `sanitized`.
   */
  queryText?: 'off' | 'sanitized' | 'raw';
  /** Characters of query text that are kept. Default 4096. */
  queryTextMaxLength?: number;
  /** Your own sanitizer, used instead of the built-in one. If it throws, no text is recorded. */
  sanitizer?: (statement: string) => string;
  /** Record the values of parameters as `db.query.parameter.<key>`. Default false. */
  recordQueryParameters?: boolean;
  /** Record the number of rows that the application got as `db.response.returned_rows`. Default false. */
  recordReturnedRows?: boolean;
  /** Called when the span of an operation has started. */
  requestHook?: (span: Span, request: RequestInfo) => void;
  /** Called right before the span of an operation ends. */
  responseHook?: (span: Span, response: ResponseInfo) => void;
  /** Make spans only where there is a parent span. Default false. */
  requireParentSpan?: boolean;
  /** Keep other instrumentations from making spans of the driver's HTTP requests. Default false. */
  suppressNestedSpans?: boolean;
  /** Send the ids of the statement's span to the warehouse as a query tag. Default false. */
  traceparentQueryTag?: boolean;
  /**
   * `replace`: the driver's own telemetry is switched off for connections that a
   * DatabricksSpanProcessor serves. `keep`: it is left as it is. Default `replace`.
   */
  driverTelemetry?: 'replace' | 'keep';
  /** How long a statement stays open after a failure that trying again may overcome. Default 5000. */
  statementGraceMs?: number;
  /** Age at which a statement that was never read to its end or closed is ended. Default 3600000. */
  statementTtlMs?: number;
  /** Statements in flight; more, and the oldest is ended. Default 20480. */
  maxInFlightStatements?: number;
}

/** The configuration with all defaults. */
export interface ResolvedInstrumentationConfig extends InstrumentationConfig {
  queryText: 'off' | 'sanitized' | 'raw';
  queryTextMaxLength: number;
  sanitizer: ((statement: string) => string) | undefined;
  recordQueryParameters: boolean;
  recordReturnedRows: boolean;
  requestHook: DatabricksSqlInstrumentationConfig['requestHook'] | undefined;
  responseHook: DatabricksSqlInstrumentationConfig['responseHook'] | undefined;
  requireParentSpan: boolean;
  suppressNestedSpans: boolean;
  traceparentQueryTag: boolean;
  driverTelemetry: 'replace' | 'keep';
  statementGraceMs: number;
  statementTtlMs: number;
  maxInFlightStatements: number;
}

const HOUR_MS = 3_600_000;

const OPTIONS = [
  'enabled',
  'queryText',
  'queryTextMaxLength',
  'sanitizer',
  'recordQueryParameters',
  'recordReturnedRows',
  'requestHook',
  'responseHook',
  'requireParentSpan',
  'suppressNestedSpans',
  'traceparentQueryTag',
  'driverTelemetry',
  'statementGraceMs',
  'statementTtlMs',
  'maxInFlightStatements',
] as const satisfies ReadonlyArray<keyof DatabricksSqlInstrumentationConfig>;

/** @throws TypeError that names the option, what was wrong and what is allowed */
export function resolveInstrumentationConfig(
  config: DatabricksSqlInstrumentationConfig = {},
): ResolvedInstrumentationConfig {
  rejectUnknownOptions('DatabricksSqlInstrumentation', config, OPTIONS);
  return {
    enabled: booleanOption('enabled', config.enabled, true),
    queryText: choiceOption('queryText', config.queryText, 'sanitized', ['off', 'sanitized', 'raw']),
    queryTextMaxLength: integerOption('queryTextMaxLength', config.queryTextMaxLength, 4_096, 1, 65_536),
    sanitizer: functionOption('sanitizer', config.sanitizer),
    recordQueryParameters: booleanOption('recordQueryParameters', config.recordQueryParameters, false),
    recordReturnedRows: booleanOption('recordReturnedRows', config.recordReturnedRows, false),
    requestHook: functionOption('requestHook', config.requestHook),
    responseHook: functionOption('responseHook', config.responseHook),
    requireParentSpan: booleanOption('requireParentSpan', config.requireParentSpan, false),
    suppressNestedSpans: booleanOption('suppressNestedSpans', config.suppressNestedSpans, false),
    traceparentQueryTag: booleanOption('traceparentQueryTag', config.traceparentQueryTag, false),
    driverTelemetry: choiceOption('driverTelemetry', config.driverTelemetry, 'replace', ['replace', 'keep']),
    statementGraceMs: integerOption('statementGraceMs', config.statementGraceMs, 5_000, 0, MAX_TIMER_MS),
    statementTtlMs: integerOption('statementTtlMs', config.statementTtlMs, HOUR_MS, 1, MAX_TIMER_MS),
    maxInFlightStatements: integerOption('maxInFlightStatements', config.maxInFlightStatements, 20_480, 1),
  };
}
