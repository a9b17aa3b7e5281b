import { DiagConsoleLogger, DiagLogLevel, diag } from '@opentelemetry/api';
import type { SamplerLike } from '../processor/recordDriverSpans.js';
import type { Environment } from './environmentOptions.js';
import type { Sdk } from './sdk.js';

const DEFAULT_SAMPLER = 'parentbased_always_on';
const DEFAULT_RATIO = 1;

const LOG_LEVELS: ReadonlyMap<string, DiagLogLevel> = new Map([
  ['none', DiagLogLevel.NONE],
  ['error', DiagLogLevel.ERROR],
  ['warn', DiagLogLevel.WARN],
  ['info', DiagLogLevel.INFO],
  ['debug', DiagLogLevel.DEBUG],
  ['verbose', DiagLogLevel.VERBOSE],
  ['all', DiagLogLevel.ALL],
]);

const BATCH_VARIABLES = {
  maxExportBatchSize: 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE',
  maxQueueSize: 'OTEL_BSP_MAX_QUEUE_SIZE',
  scheduledDelayMillis: 'OTEL_BSP_SCHEDULE_DELAY',
  exportTimeoutMillis: 'OTEL_BSP_EXPORT_TIMEOUT',
};

const LIMIT_VARIABLES = {
  attributeValueLengthLimit: ['OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT'],
  attributeCountLimit: ['OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT'],
  linkCountLimit: ['OTEL_SPAN_LINK_COUNT_LIMIT'],
  eventCountLimit: ['OTEL_SPAN_EVENT_COUNT_LIMIT'],
  attributePerEventCountLimit: ['OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT'],
  attributePerLinkCountLimit: ['OTEL_LINK_ATTRIBUTE_COUNT_LIMIT'],
};

/** A standard variable's text in lower case; `undefined` if it is not set, or empty, which means the same. */
export function variable(environment: Environment, name: string): string | undefined {
  return environment[name]?.trim().toLowerCase() || undefined;
}

/** Comma-separated values. */
export function listVariable(environment: Environment, name: string): readonly string[] {
  const values = (variable(environment, name) ?? '').split(',').map((value) => value.trim());
  return [...new Set(values.filter((value) => value !== ''))];
}

/** Lets the diagnostics be seen, if `OTEL_LOG_LEVEL` asks for them. */
export function logByEnvironment(environment: Environment): void {
  const text = variable(environment, 'OTEL_LOG_LEVEL');
  if (text === undefined) {
    return;
  }
  const level = LOG_LEVELS.get(text);
  diag.setLogger(new DiagConsoleLogger(), {
    logLevel: level ?? DiagLogLevel.INFO,
    suppressOverrideMessage: true,
  });
  if (level === undefined) {
    diag.error(badValue('OTEL_LOG_LEVEL', text, [...LOG_LEVELS.keys()], 'info'));
  }
}

/** The sampler that `OTEL_TRACES_SAMPLER` names. */
export function samplerByEnvironment(environment: Environment, sdk: Sdk): SamplerLike {
  const samplers: Readonly<Record<string, () => SamplerLike>> = {
    always_on: () => sdk.alwaysOn(),
    always_off: () => sdk.alwaysOff(),
    traceidratio: () => sdk.ratio(ratio(environment)),
    parentbased_always_on: () => sdk.parentBased(sdk.alwaysOn()),
    parentbased_always_off: () => sdk.parentBased(sdk.alwaysOff()),
    parentbased_traceidratio: () => sdk.parentBased(sdk.ratio(ratio(environment))),
  };
  const name = variable(environment, 'OTEL_TRACES_SAMPLER') ?? DEFAULT_SAMPLER;
  const make = Object.hasOwn(samplers, name) ? samplers[name] : undefined;
  if (make === undefined) {
    diag.error(badValue('OTEL_TRACES_SAMPLER', name, Object.keys(samplers), DEFAULT_SAMPLER));
  }
  return make?.() ?? sdk.parentBased(sdk.alwaysOn());
}

/** What `OTEL_BSP_*` say; the SDK's defaults for the rest. */
export function batchOptionsByEnvironment(environment: Environment): Readonly<Record<string, number>> {
  return numbers(environment, BATCH_VARIABLES);
}

/** What `OTEL_SPAN_*_LIMIT` and `OTEL_ATTRIBUTE_*_LIMIT` say; the SDK's defaults for the rest. */
export function spanLimitsByEnvironment(environment: Environment): Readonly<Record<string, number>> {
  return numbers(environment, LIMIT_VARIABLES);
}

export function badValue(name: string, text: string, allowed: readonly string[], used: string): string {
  return `opentelemetry-databricks-sql: ${name} is '${text}'; allowed is ${allowed.join(', ')}; ${used} is used`;
}

function ratio(environment: Environment): number {
  const text = variable(environment, 'OTEL_TRACES_SAMPLER_ARG');
  if (text === undefined) {
    return DEFAULT_RATIO;
  }
  const value = Number(text);
  if (value >= 0 && value <= 1) {
    return value;
  }
  diag.error(badValue('OTEL_TRACES_SAMPLER_ARG', text, ['a number from 0 to 1'], String(DEFAULT_RATIO)));
  return DEFAULT_RATIO;
}

/** The whole numbers among the variables, by option; of several variables for one, the first that is set. */
function numbers(
  environment: Environment,
  variables: Readonly<Record<string, string | readonly string[]>>,
): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const [option, names] of Object.entries(variables)) {
    for (const name of [names].flat().reverse()) {
      const text = variable(environment, name);
      if (text !== undefined && /^\d+$/.test(text)) {
        found[option] = Number(text);
      } else if (text !== undefined) {
        diag.error(badValue(name, text, ['a whole number'], 'the default'));
      }
    }
  }
  return found;
}
