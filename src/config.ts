import type { Writable } from 'node:stream';
import type { MeterProvider } from '@opentelemetry/api';
import {
  booleanOption,
  functionOption,
  integerOption,
  MAX_TIMER_MS,
  optionError,
  rejectUnknownOptions,
  stringListOption,
} from './optionChecks.js';
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

export interface CircuitBreakerOptions {
  /** Consecutive failed HTTP attempts after which the breaker opens. Default 5. */
  readonly failureThreshold?: number;
  /** Milliseconds for which it stays open, longer if `Retry-After` asks. Default 60000. */
  readonly openMs?: number;
  /** Consecutive successes in half-open after which it closes. Default 2. */
  readonly successThreshold?: number;
}

/** Options of the exporter. Times in milliseconds. */
export interface DatabricksExporterOptions {
  /** False: post to the unauthenticated path, without credentials, ids or configuration. Default true. */
  readonly authenticatedExport?: boolean;
  readonly circuitBreaker?: CircuitBreakerOptions;
  /** Further attempts after the first. Default 3. */
  readonly maxRetries?: number;
  /**
   * Path of a file, or a stream, to which every request body that was sent is copied, one JSON document per line,
   * with time, host, path and outcome. The file is made for its owner only; at 64 MiB it becomes the one older
   * file, `<path>.1`. Default: nothing is copied.
   */
  readonly copyTo?: string | Writable | undefined;
}

/** Options of the sharing of hosts: gate, queue, batches. Times in milliseconds. */
export interface HostOptions {
  /** False: nothing is sent. True or left out: the server's feature flag decides. */
  readonly enableTelemetry?: boolean;
  /** @internal True: on without asking the server. See the roll-out page. */
  readonly forceEnableTelemetry?: boolean;
  /**
   * A static token, or a function that gives one for a host. It is sent to every host that the processor serves.
   * Default: the headers that the driver itself last used.
   */
  readonly tokenProvider?: TokenProvider;
  /** Records per request. Default 100. */
  readonly batchSize?: number;
  /** Time between two flushes of a lane. Default 5000. */
  readonly flushIntervalMs?: number;
  /** Records that wait per host; more, and the oldest go. Default 20480. */
  readonly maxQueueSize?: number;
  /** Age at which a record that could not be sent is dropped. Default 900000. */
  readonly maxRecordAgeMs?: number;
  /** Hosts at one time. Default 100. */
  readonly maxHosts?: number;
  /**
   * Lanes at one time per host: one for each static token, org and route, one for every other connection.
   * Default 2000.
   */
  readonly maxLanes?: number;
}

/** Options of `DatabricksSpanProcessor`. Times in milliseconds. */
export interface DatabricksSpanProcessorOptions extends DatabricksExporterOptions, HostOptions {
  /** Instrumentation scopes whose spans are served. Default: this package's instrumentation. */
  readonly instrumentationScopes?: readonly string[];
  /** Tags that Databricks is not to get, by their names in the table of tags. Default: none. */
  readonly withhold?: readonly string[];
  /** Statements in flight; more, and the oldest is emitted as incomplete. Default 20480. */
  readonly maxInFlightStatements?: number;
  /** Age at which, a second later, a statement in flight is emitted as incomplete. Default 3600000. */
  readonly statementTtlMs?: number;
  /** One deadline for all of `shutdown()`, and for `forceFlush()`'s network. Default 2000. */
  readonly shutdownTimeoutMs?: number;
  /** Where the processor's own metrics go. Default: nowhere. */
  readonly meterProvider?: MeterProvider;
}

export interface ResolvedExporterOptions {
  readonly authenticatedExport: boolean;
  readonly circuitBreaker: Required<CircuitBreakerOptions>;
  readonly maxRetries: number;
  readonly copyTo: string | Writable | undefined;
}

export interface ResolvedHostOptions {
  readonly enableTelemetry: boolean | undefined;
  readonly forceEnableTelemetry: boolean | undefined;
  readonly tokenProvider: TokenProvider | undefined;
  readonly authenticatedExport: boolean;
  readonly batchSize: number;
  readonly flushIntervalMs: number;
  readonly maxQueueSize: number;
  readonly maxRecordAgeMs: number;
  readonly maxHosts: number;
  readonly maxLanes: number;
}

export interface ResolvedProcessorOptions {
  readonly exporter: ResolvedExporterOptions;
  readonly hosts: ResolvedHostOptions;
  readonly instrumentationScopes: readonly string[];
  readonly withhold: readonly string[];
  readonly maxInFlightStatements: number;
  readonly statementTtlMs: number;
  readonly shutdownTimeoutMs: number;
  readonly meterProvider: MeterProvider | undefined;
}

const MINUTE_MS = 60_000;

const EXPORTER_OPTIONS = [
  'authenticatedExport',
  'circuitBreaker',
  'maxRetries',
  'copyTo',
] as const satisfies ReadonlyArray<keyof DatabricksExporterOptions>;

const PROCESSOR_OPTIONS = [
  ...EXPORTER_OPTIONS,
  'enableTelemetry',
  'forceEnableTelemetry',
  'tokenProvider',
  'batchSize',
  'flushIntervalMs',
  'maxQueueSize',
  'maxRecordAgeMs',
  'maxHosts',
  'maxLanes',
  'instrumentationScopes',
  'withhold',
  'maxInFlightStatements',
  'statementTtlMs',
  'shutdownTimeoutMs',
  'meterProvider',
] as const satisfies ReadonlyArray<keyof DatabricksSpanProcessorOptions>;

/** @throws TypeError that names the option, what was wrong and what is allowed */
export function resolveExporterOptions(options: DatabricksExporterOptions = {}): ResolvedExporterOptions {
  rejectUnknownOptions('DatabricksExporter', options, EXPORTER_OPTIONS);
  return exporterOptions(options);
}

/** @throws TypeError that names the option, what was wrong and what is allowed */
export function resolveProcessorOptions(
  options: DatabricksSpanProcessorOptions = {},
): ResolvedProcessorOptions {
  rejectUnknownOptions('DatabricksSpanProcessor', options, PROCESSOR_OPTIONS);
  if (options.meterProvider !== undefined && typeof options.meterProvider?.getMeter !== 'function') {
    throw optionError('meterProvider', options.meterProvider, 'a MeterProvider');
  }
  return {
    exporter: exporterOptions(options),
    hosts: hostOptions(options),
    instrumentationScopes: stringListOption('instrumentationScopes', options.instrumentationScopes, [
      INSTRUMENTATION_SCOPE,
    ]),
    withhold: withholdOption('DatabricksSpanProcessor', options.withhold),
    maxInFlightStatements: integerOption('maxInFlightStatements', options.maxInFlightStatements, 20_480, 1),
    statementTtlMs: integerOption('statementTtlMs', options.statementTtlMs, 60 * MINUTE_MS, 1, MAX_TIMER_MS),
    shutdownTimeoutMs: integerOption('shutdownTimeoutMs', options.shutdownTimeoutMs, 2_000, 1, MAX_TIMER_MS),
    meterProvider: options.meterProvider,
  };
}

function exporterOptions(options: DatabricksExporterOptions): ResolvedExporterOptions {
  const breaker = options.circuitBreaker;
  rejectUnknownOptions('circuitBreaker', breaker, ['failureThreshold', 'openMs', 'successThreshold']);
  return {
    authenticatedExport: booleanOption('authenticatedExport', options.authenticatedExport, true),
    circuitBreaker: {
      failureThreshold: integerOption(
        'circuitBreaker.failureThreshold',
        breaker?.failureThreshold,
        5,
        1,
        1_000,
      ),
      openMs: integerOption('circuitBreaker.openMs', breaker?.openMs, MINUTE_MS, 1, MAX_TIMER_MS),
      successThreshold: integerOption(
        'circuitBreaker.successThreshold',
        breaker?.successThreshold,
        2,
        1,
        1_000,
      ),
    },
    maxRetries: integerOption('maxRetries', options.maxRetries, 3, 0, 20),
    copyTo: copyOption(options.copyTo),
  };
}

function hostOptions(options: DatabricksSpanProcessorOptions): ResolvedHostOptions {
  return {
    enableTelemetry: booleanOption('enableTelemetry', options.enableTelemetry, undefined),
    forceEnableTelemetry: booleanOption('forceEnableTelemetry', options.forceEnableTelemetry, undefined),
    tokenProvider: tokenProviderOption(options.tokenProvider),
    authenticatedExport: booleanOption('authenticatedExport', options.authenticatedExport, true),
    batchSize: integerOption('batchSize', options.batchSize, 100, 1, 10_000),
    flushIntervalMs: integerOption('flushIntervalMs', options.flushIntervalMs, 5_000, 1, MAX_TIMER_MS),
    maxQueueSize: integerOption('maxQueueSize', options.maxQueueSize, 20_480, 1),
    maxRecordAgeMs: integerOption('maxRecordAgeMs', options.maxRecordAgeMs, 15 * MINUTE_MS, 1, MAX_TIMER_MS),
    maxHosts: integerOption('maxHosts', options.maxHosts, 100, 1),
    maxLanes: integerOption('maxLanes', options.maxLanes, 2_000, 1),
  };
}

function copyOption(value: string | Writable | undefined): string | Writable | undefined {
  const isPath = typeof value === 'string' && value !== '' && !value.includes('\0');
  if (value === undefined || isPath) {
    return value;
  }
  if (typeof value === 'string' || typeof value?.write !== 'function' || typeof value.on !== 'function') {
    throw optionError('copyTo', value, 'the path of a file or a writable stream');
  }
  return value;
}

function tokenProviderOption(value: TokenProvider | undefined): TokenProvider | undefined {
  if (typeof value === 'string') {
    if (value === '' || /[\s\p{Cc}]/u.test(value)) {
      throw optionError('tokenProvider', value, 'a token without white space, or a function that gives one');
    }
    return value;
  }
  return functionOption('tokenProvider', value);
}
