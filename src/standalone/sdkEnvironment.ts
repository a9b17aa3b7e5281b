import { logError } from '../log.js';
import { describeValue } from '../optionErrors.js';
import type { SamplerLike } from '../processor/recordDriverSpans.js';
import type { Sdk } from './sdk.js';

const DEFAULT_SAMPLER = 'parentbased_always_on';
const DEFAULT_RATIO = 1;

/** Comma-separated values of a standard variable, in lower case, each once. */
export function listVariable({ core }: Sdk, name: string): readonly string[] {
  return [...new Set((core.getStringListFromEnv?.(name) ?? []).map((value) => value.toLowerCase()))];
}

/** A standard variable's text in lower case; `undefined` if it is not set. */
export function textVariable({ core }: Sdk, name: string): string | undefined {
  return core.getStringFromEnv?.(name)?.trim().toLowerCase();
}

/** @param consequence what becomes of it */
export function logBadValue(
  name: string,
  text: string,
  allowed: readonly string[],
  consequence: string,
): void {
  logError(`${name} is ${describeValue(text)}; allowed is ${allowed.join(', ')}; ${consequence}`);
}

/** The sampler that `OTEL_TRACES_SAMPLER` names. The SDK has no way to ask for it, so as to wrap it. */
export function samplerByEnvironment(sdk: Sdk): SamplerLike {
  const samplers: Readonly<Record<string, () => SamplerLike>> = {
    always_on: () => sdk.alwaysOn(),
    always_off: () => sdk.alwaysOff(),
    traceidratio: () => sdk.ratio(ratio(sdk)),
    parentbased_always_on: () => sdk.parentBased(sdk.alwaysOn()),
    parentbased_always_off: () => sdk.parentBased(sdk.alwaysOff()),
    parentbased_traceidratio: () => sdk.parentBased(sdk.ratio(ratio(sdk))),
  };
  const name = textVariable(sdk, 'OTEL_TRACES_SAMPLER') ?? DEFAULT_SAMPLER;
  const make = Object.hasOwn(samplers, name) ? samplers[name] : undefined;
  if (make === undefined) {
    logBadValue('OTEL_TRACES_SAMPLER', name, Object.keys(samplers), `${DEFAULT_SAMPLER} is used`);
  }
  return make?.() ?? sdk.parentBased(sdk.alwaysOn());
}

function ratio(sdk: Sdk): number {
  const name = 'OTEL_TRACES_SAMPLER_ARG';
  const value = sdk.core.getNumberFromEnv?.(name) ?? DEFAULT_RATIO;
  if (value >= 0 && value <= 1) {
    return value;
  }
  logBadValue(name, String(value), ['a number from 0 to 1'], `${DEFAULT_RATIO} is used`);
  return DEFAULT_RATIO;
}

/** What `OTEL_BSP_*` say, for an SDK that does not read them by itself. */
export function batchOptionsByEnvironment(sdk: Sdk): Readonly<Record<string, number>> {
  return numbers(sdk, {
    maxExportBatchSize: ['OTEL_BSP_MAX_EXPORT_BATCH_SIZE'],
    maxQueueSize: ['OTEL_BSP_MAX_QUEUE_SIZE'],
    scheduledDelayMillis: ['OTEL_BSP_SCHEDULE_DELAY'],
    exportTimeoutMillis: ['OTEL_BSP_EXPORT_TIMEOUT'],
  });
}

/** What `OTEL_SPAN_*_LIMIT` and `OTEL_ATTRIBUTE_*_LIMIT` say, for an SDK that does not read them by itself. */
export function spanLimitsByEnvironment(sdk: Sdk): Readonly<Record<string, number>> {
  return numbers(sdk, {
    attributeValueLengthLimit: [
      'OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT',
      'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT',
    ],
    attributeCountLimit: ['OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT'],
    linkCountLimit: ['OTEL_SPAN_LINK_COUNT_LIMIT'],
    eventCountLimit: ['OTEL_SPAN_EVENT_COUNT_LIMIT'],
    attributePerEventCountLimit: [
      'OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT',
      'OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT',
    ],
    attributePerLinkCountLimit: [
      'OTEL_SPAN_ATTRIBUTE_PER_LINK_COUNT_LIMIT',
      'OTEL_LINK_ATTRIBUTE_COUNT_LIMIT',
    ],
  });
}

/** The numbers among the variables, by option; of several variables for one, the first that is set. */
function numbers(
  { core, readsEnvironment }: Sdk,
  variables: Readonly<Record<string, readonly string[]>>,
): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const [option, names] of readsEnvironment ? [] : Object.entries(variables)) {
    for (const name of names.toReversed()) {
      const number = core.getNumberFromEnv?.(name);
      if (number !== undefined && number >= 0) {
        found[option] = number;
      }
    }
  }
  return found;
}
