import type { Attributes, Context, Link, SpanKind } from '@opentelemetry/api';
import { Guard } from '../guard.js';
import { describeValue } from '../optionErrors.js';
import type { ProcessorStats } from '../stats.js';
import { DB_SYSTEM, Tag } from '../tags/index.js';

/** The SDK's SamplingDecision, of which both majors have the same numbers. */
const NOT_RECORD = 0;
const RECORD = 1;

/** A sampler of either SDK, as far as it is called. */
export interface SamplerLike<Result extends { decision: number } = { decision: number }> {
  shouldSample(
    context: Context,
    traceId: string,
    spanName: string,
    spanKind: SpanKind,
    attributes: Attributes,
    links: Link[],
  ): Result;
  toString(): string;
}

/**
 * Lets the driver's spans be recorded, though not sampled, where the sampler would drop them: Databricks
 * gets a record of every statement, your backend exactly what the sampler chose.
 *
 * A sampler that throws counts as one that drops, and is counted in `stats()`.
 *
 * @param sampler your sampler; its decisions, and so those of child spans, stay as they are
 * @throws TypeError if that is no sampler
 */
export function recordDriverSpans<Sampler extends SamplerLike>(
  sampler: Sampler,
): Sampler & { stats(): Pick<ProcessorStats, 'userCodeFailures'> } {
  if (typeof sampler?.shouldSample !== 'function') {
    throw new TypeError(`recordDriverSpans: the argument is ${describeValue(sampler)}; allowed is a sampler`);
  }
  const guard = new Guard();
  const recording: SamplerLike & { stats(): Pick<ProcessorStats, 'userCodeFailures'> } = {
    shouldSample(context, traceId, spanName, spanKind, attributes, links) {
      let result: { decision: number };
      try {
        result = sampler.shouldSample(context, traceId, spanName, spanKind, attributes, links);
        if (typeof result.decision !== 'number') {
          throw new TypeError('no decision');
        }
      } catch {
        guard.note('sampler');
        result = { decision: NOT_RECORD };
      }
      return result.decision === NOT_RECORD && attributes[Tag.dbSystemName] === DB_SYSTEM
        ? { ...result, decision: RECORD }
        : result;
    },
    toString: () => `RecordDriverSpans{${guard.call('sampler', () => sampler.toString())}}`,
    stats: () => ({ userCodeFailures: guard.failures() }),
  };
  return recording as Sampler & { stats(): Pick<ProcessorStats, 'userCodeFailures'> };
}
