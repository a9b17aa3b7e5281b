import { diag } from '@opentelemetry/api';
import { type DatabricksSpanProcessorOptions, resolveProcessorOptions } from '../config.js';
import { DryRunExporter, type DryRunExporterOptions } from '../exporter/dryRunExporter.js';
import {
  type DatabricksSqlInstrumentationConfig,
  resolveInstrumentationConfig,
} from '../instrumentation/instrumentationConfig.js';
import { choiceOption } from '../optionChecks.js';
import type { ExportLocalOptions } from '../processor/exportLocal.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** How the text of a variable becomes the value of an option; what is no such value stays a text. */
type Parser = (text: string) => unknown;

type Variables<Options> = Readonly<
  Partial<Record<keyof Options, readonly [variable: string, parse: Parser]>>
>;

const WORDS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['yes', true],
  ['on', true],
  ['false', false],
  ['0', false],
  ['no', false],
  ['off', false],
]);

const toText: Parser = (text) => text;
const toChoice: Parser = (text) => text.toLowerCase();
const toSwitch: Parser = (text) => WORDS.get(text.toLowerCase()) ?? text;
const toInteger: Parser = (text) => (/^\d+$/.test(text) ? Number(text) : text);

const INSTRUMENTATION: Variables<DatabricksSqlInstrumentationConfig> = {
  queryText: ['DATABRICKS_OTEL_QUERY_TEXT', toChoice],
  queryTextMaxLength: ['DATABRICKS_OTEL_QUERY_TEXT_MAX_LENGTH', toInteger],
  recordQueryParameters: ['DATABRICKS_OTEL_RECORD_QUERY_PARAMETERS', toSwitch],
  recordReturnedRows: ['DATABRICKS_OTEL_RECORD_RETURNED_ROWS', toSwitch],
  requireParentSpan: ['DATABRICKS_OTEL_REQUIRE_PARENT_SPAN', toSwitch],
  suppressNestedSpans: ['DATABRICKS_OTEL_SUPPRESS_NESTED_SPANS', toSwitch],
  traceparentQueryTag: ['DATABRICKS_OTEL_TRACEPARENT_QUERY_TAG', toSwitch],
  driverTelemetry: ['DATABRICKS_OTEL_DRIVER_TELEMETRY', toChoice],
};

const PROCESSOR: Variables<DatabricksSpanProcessorOptions> = {
  enableTelemetry: ['DATABRICKS_OTEL_ENABLE_TELEMETRY', toSwitch],
  authenticatedExport: ['DATABRICKS_OTEL_AUTHENTICATED_EXPORT', toSwitch],
  batchSize: ['DATABRICKS_OTEL_BATCH_SIZE', toInteger],
  flushIntervalMs: ['DATABRICKS_OTEL_FLUSH_INTERVAL_MS', toInteger],
  maxQueueSize: ['DATABRICKS_OTEL_MAX_QUEUE_SIZE', toInteger],
  shutdownTimeoutMs: ['DATABRICKS_OTEL_SHUTDOWN_TIMEOUT_MS', toInteger],
};

const LOCAL: Variables<ExportLocalOptions> = {
  detail: ['DATABRICKS_OTEL_DETAIL', toChoice],
};

const DRY_RUN: Variables<DryRunExporterOptions> = {
  file: ['DATABRICKS_OTEL_DRY_RUN', toText],
};

export interface EnvironmentOptions {
  readonly instrumentation: DatabricksSqlInstrumentationConfig;
  readonly processor: DatabricksSpanProcessorOptions;
  readonly local: ExportLocalOptions;
  /** With a file: records are written to it instead of being sent. */
  readonly dryRun: DryRunExporterOptions;
}

/** Our `DATABRICKS_OTEL_*`. A bad value is told of, and the default holds. */
export function readEnvironmentOptions(environment: Environment): EnvironmentOptions {
  return {
    instrumentation: readOptions(environment, INSTRUMENTATION, resolveInstrumentationConfig),
    processor: readOptions(environment, PROCESSOR, resolveProcessorOptions),
    local: readOptions(environment, LOCAL, ({ detail }) =>
      choiceOption('detail', detail, 'statements', ['statements', 'operations']),
    ),
    dryRun: readOptions(environment, DRY_RUN, (options) => new DryRunExporter(options)),
  };
}

/** @param check throws if the one option that it is given has a value that is not allowed */
function readOptions<Options extends object>(
  environment: Environment,
  variables: Variables<Options>,
  check: (options: Options) => unknown,
): Options {
  const options: Record<string, unknown> = {};
  for (const [name, [variable, parse]] of Object.entries<readonly [string, Parser]>(variables as never)) {
    const text = environment[variable]?.trim() ?? '';
    if (text !== '') {
      const value = parse(text);
      try {
        check({ [name]: value } as Options);
        options[name] = value;
      } catch (error) {
        diag.error(`opentelemetry-databricks-sql: ${variable}: ${(error as Error).message}; it is ignored`);
      }
    }
  }
  return options as Options;
}
