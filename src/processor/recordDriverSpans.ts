import type { Attributes, Context, Link, SpanKind } from '@opentelemetry/api';
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
 * @param sampler your sampler; its decisions, and so those of child spans, stay as they are
 */
export function recordDriverSpans<Sampler extends SamplerLike>(sampler: Sampler): Sampler {
  if (typeof sampler?.shouldSample !== 'function') {
    throw new TypeError('recordDriverSpans: the argument must be a sampler');
  }
  const recording: SamplerLike = {
    shouldSample(context, traceId, spanName, spanKind, attributes, links) {
      const result = sampler.shouldSample(context, traceId, spanName, spanKind, attributes, links);
      return result.decision === NOT_RECORD && attributes[Tag.dbSystemName] === DB_SYSTEM
        ? { ...result, decision: RECORD }
        : result;
    },
    toString: () => `RecordDriverSpans{${sampler.toString()}}`,
  };
  return recording as Sampler;
}
