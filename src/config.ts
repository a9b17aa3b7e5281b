import type { Writable } from 'node:stream';
import type { MeterProvider } from '@opentelemetry/api';
import { isOwnExporter, type TelemetryExporter } from './exporterMark.js';
import { checked, flag, group, integer, MAX_TIMER_MS, strings, value } from './optionKinds.js';
import { type OptionOwner, type OptionsOf, type Resolved, resolveOptions } from './optionTable.js';
import { withholdOption } from './tags/index.js';
import { INSTRUMENTATION_SCOPE } from './version.js';

/** What a token provider may return: the token, with its expiry where that is known. */
export interface AccessToken {
  readonly token: string;
  /** Epoch milliseconds at which the token expires. Without it a token is used until the server refuses it. */
  readonly expiresAt?: number;
}

/**
 * The user's own source of tokens, instead of the headers that the driver last used: one token for all hosts, or a
 * function that gives the token for a host; `undefined`: there is none for it.
 */
export type TokenProvider =
  | string
  | ((host: string) => string | AccessToken | undefined | Promise<string | AccessToken | undefined>);

/** Options of the circuit breaker that each host has. It counts HTTP attempts, retries included. */
export interface CircuitBreakerOptions {
  /** Consecutive failures (5xx, 429, network, timeout) after which it opens. Default 5. */
  readonly failureThreshold?: number;
  /**
   * Milliseconds for which it stays open, by chance up to a quarter more (a minute at most), longer if `Retry-After`
   * asks, up to 15 minutes. Also how long a lane pauses after a 4xx. Default 60000.
   */
  readonly openMs?: number;
  /** Consecutive successes, one request at a time, after which it closes. Default 2. */
  readonly successThreshold?: number;
}

/** Options of `DatabricksExporter`. */
export interface DatabricksExporterOptions {
  /**
   * False: records go to the unauthenticated path, without credentials, ids, system configuration or
   * connection parameters. Default true.
   */
  readonly authenticatedExport?: boolean;
  /** See CircuitBreakerOptions. */
  readonly circuitBreaker?: CircuitBreakerOptions;
  /** Attempts after the first, within one export, before the batch goes back to its queue. Default 3. */
  readonly maxRetries?: number;
  /**
   * Path of a file, or a stream, to which every request body that was sent is copied, one JSON document per line,
   * with time, host, path and outcome. The file is made for its owner only; at 64 MiB it becomes the one older
   * file, `<path>.1`. Default: nothing is copied.
   */
  readonly copyTo?: string | Writable | undefined;
}

/** Options of `DatabricksSpanProcessor`. Times in milliseconds. */
export interface DatabricksSpanProcessorOptions extends DatabricksExporterOptions {
  /**
   * False: nothing is sent, the feature flag is not asked for. True, or left out: the server's feature flag
   * decides.
   */
  readonly enableTelemetry?: boolean;
  /** True: the server's flag is not asked. Meant for Databricks' own services; see the roll-out page. */
  readonly forceEnableTelemetry?: boolean;
  /**
   * Used in place of the headers that the driver itself last sent. The function gets the host, may
   * be asynchronous and may give `{ token, expiresAt }` (epoch milliseconds). A token goes to every host that the
   * processor serves, unless the function decides by host.
   */
  readonly tokenProvider?: TokenProvider;
  /** Records per request. Default 100. */
  readonly batchSize?: number;
  /** Longest wait for a batch to fill. The first one falls anywhere in the interval. Default 5000. */
  readonly flushIntervalMs?: number;
  /** Records that wait per host; with more, the oldest is dropped. Default 20480. */
  readonly maxQueueSize?: number;
  /** Age at which a record that could not be sent is dropped. Default 900000. */
  readonly maxRecordAgeMs?: number;
  /**
   * Hosts at one time. With more, the least recently used one without connections makes room; if all have
   * some, the connection is not served. Default 100.
   */
  readonly maxHosts?: number;
  /**
   * Lanes at one time per host, in the same way as `maxHosts`: one for each static token, org and route, one for
   * every other connection. Default 2000.
   */
  readonly maxLanes?: number;
  /**
   * In place of the `DatabricksExporter` that the processor makes of its own options: a `DryRunExporter`, or a
   * `DatabricksExporter` with options of its own.
   */
  readonly exporter?: TelemetryExporter;
  /** Instrumentation scopes whose spans are served. */
  readonly instrumentationScopes?: readonly string[];
  /**
   * Tags that Databricks is not to get, by their names in the table of tags. They are left out of every record.
   * Default [].
   */
  readonly withhold?: readonly string[];
  /** Operations in flight; with more, the oldest is emitted as incomplete. Default 20480. */
  readonly maxInFlightStatements?: number;
  /** Age at which, a second later, an operation in flight is emitted as incomplete. Default 3600000. */
  readonly statementTtlMs?: number;
  /** One deadline for all of `shutdown()`, and for `forceFlush()`. Default 2000. */
  readonly shutdownTimeoutMs?: number;
  /**
   * Where the processor's own metrics go. Left out: to the global meter provider, as soon as there is one.
   * False: nowhere.
   */
  readonly meterProvider?: MeterProvider | false;
}

const MINUTE_MS = 60_000;

export const CIRCUIT_BREAKER_OPTIONS = {
  failureThreshold: integer({ default: 5, min: 1, max: 1_000 }),
  openMs: integer({ default: MINUTE_MS, min: 1, max: MAX_TIMER_MS }),
  successThreshold: integer({ default: 2, min: 1, max: 1_000 }),
} satisfies OptionsOf<CircuitBreakerOptions>;

export const EXPORTER_OPTIONS = {
  authenticatedExport: flag({
    default: true,
    variable: 'DATABRICKS_OTEL_AUTHENTICATED_EXPORT',
    unreadable: false,
  }),
  circuitBreaker: group(CIRCUIT_BREAKER_OPTIONS),
  maxRetries: integer({ default: 3, min: 0, max: 20 }),
  copyTo: value<string | Writable>('the path of a file, or a writable stream', { accepts: isCopyTarget }),
} satisfies OptionsOf<DatabricksExporterOptions>;

/** Those of the gate, queue and batches. */
export const HOST_OPTIONS = {
  enableTelemetry: flag({ variable: 'DATABRICKS_OTEL_ENABLE_TELEMETRY', unreadable: false }),
  forceEnableTelemetry: flag({ variable: 'DATABRICKS_OTEL_FORCE_ENABLE_TELEMETRY' }),
  tokenProvider: value<TokenProvider>('a token without white space, or a function that gives one', {
    isSecret: true,
    accepts: isTokenProvider,
  }),
  batchSize: integer({ default: 100, min: 1, max: 10_000, variable: 'DATABRICKS_OTEL_BATCH_SIZE' }),
  flushIntervalMs: integer({
    default: 5_000,
    min: 1,
    max: MAX_TIMER_MS,
    variable: 'DATABRICKS_OTEL_FLUSH_INTERVAL_MS',
  }),
  maxQueueSize: integer({ default: 20_480, min: 1, variable: 'DATABRICKS_OTEL_MAX_QUEUE_SIZE' }),
  maxRecordAgeMs: integer({ default: 15 * MINUTE_MS, min: 1, max: MAX_TIMER_MS }),
  maxHosts: integer({ default: 100, min: 1 }),
  maxLanes: integer({ default: 2_000, min: 1 }),
};

export const PROCESSOR_OPTIONS = {
  ...HOST_OPTIONS,
  ...EXPORTER_OPTIONS,
  exporter: value<TelemetryExporter>('a DatabricksExporter or a DryRunExporter', { accepts: isOwnExporter }),
  instrumentationScopes: strings({ default: [INSTRUMENTATION_SCOPE] }),
  withhold: checked('a list of names in [tags.md](tags.md)', { default: [], check: withholdOption }),
  maxInFlightStatements: integer({ default: 20_480, min: 1 }),
  statementTtlMs: integer({ default: 60 * MINUTE_MS, min: 1, max: MAX_TIMER_MS }),
  shutdownTimeoutMs: integer({
    default: 2_000,
    min: 1,
    max: MAX_TIMER_MS,
    variable: 'DATABRICKS_OTEL_SHUTDOWN_TIMEOUT_MS',
  }),
  meterProvider: value<MeterProvider | false>('a MeterProvider or false', { accepts: isMeterProvider }),
} satisfies OptionsOf<DatabricksSpanProcessorOptions>;

/** OpenTelemetry's names for options that the processor has too. */
export const OPENTELEMETRY_NAMES: Readonly<Record<string, string>> = {
  maxExportBatchSize: 'batchSize',
  scheduledDelayMillis: 'flushIntervalMs',
  exportIntervalMillis: 'flushIntervalMs',
  forceFlushTimeoutMillis: 'shutdownTimeoutMs',
};

const PROCESSOR_OWNER: OptionOwner<typeof PROCESSOR_OPTIONS> = {
  owner: 'DatabricksSpanProcessor',
  table: PROCESSOR_OPTIONS,
  foreign: OPENTELEMETRY_NAMES,
  call: 'new DatabricksSpanProcessor({ exporter: new DryRunExporter() })',
};

export type ResolvedExporterOptions = Resolved<typeof EXPORTER_OPTIONS>;
export type ResolvedHostOptions = Resolved<typeof HOST_OPTIONS>;
export interface ResolvedProcessorOptions
  extends Omit<
    Resolved<typeof PROCESSOR_OPTIONS>,
    'exporter' | keyof typeof HOST_OPTIONS | keyof DatabricksExporterOptions
  > {
  /** The options for an exporter that the processor makes. */
  readonly exporter: ResolvedExporterOptions;
  readonly hosts: ResolvedHostOptions;
  /** The exporter that the user gave. */
  readonly givenExporter: TelemetryExporter | undefined;
}

/** @throws TypeError that names the option, what was wrong and what is allowed */
export function resolveExporterOptions(options?: DatabricksExporterOptions): ResolvedExporterOptions {
  return resolveOptions({ owner: 'DatabricksExporter', table: EXPORTER_OPTIONS }, options);
}

/** @throws TypeError that names the option, what was wrong and what is allowed */
export function resolveProcessorOptions(options?: DatabricksSpanProcessorOptions): ResolvedProcessorOptions {
  const { exporter, ...resolved } = resolveOptions(PROCESSOR_OWNER, options);
  const { authenticatedExport, circuitBreaker, maxRetries, copyTo } = resolved;
  return {
    ...resolved,
    exporter: { authenticatedExport, circuitBreaker, maxRetries, copyTo },
    hosts: resolved,
    givenExporter: exporter,
  };
}

function isTokenProvider(given: unknown): boolean {
  return typeof given === 'string' ? given !== '' && !/[\s\p{Cc}]/u.test(given) : typeof given === 'function';
}

function isCopyTarget(given: unknown): boolean {
  if (typeof given === 'string') {
    return given !== '' && !given.includes('\0');
  }
  const { write, on } = (given ?? {}) as Partial<Writable>;
  return typeof write === 'function' && typeof on === 'function';
}

function isMeterProvider(given: unknown): boolean {
  if (given === false) {
    return true;
  }
  try {
    return typeof (given as MeterProvider | null)?.getMeter === 'function';
  } catch {
    return false;
  }
}
