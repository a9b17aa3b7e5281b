import { type Attributes, ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';
import { recordDriverSpans } from '../../src/processor/recordDriverSpans.js';

const DRIVER = { 'db.system.name': 'databricks' };
const OTHER = { 'db.system.name': 'postgresql' };

function decide(sampler: Sampler, attributes: Attributes): SamplingDecision {
  return recordDriverSpans(sampler).shouldSample(
    ROOT_CONTEXT,
    'ffffffff000000000000000000000000',
    'SELECT',
    SpanKind.CLIENT,
    attributes,
    [],
  ).decision;
}

describe('recordDriverSpans', () => {
  it.each([
    ['AlwaysOff', new AlwaysOffSampler()],
    ['a ratio that leaves the trace out', new TraceIdRatioBasedSampler(0.01)],
    ['ParentBased', new ParentBasedSampler({ root: new AlwaysOffSampler() })],
  ])('%s: driver spans are recorded without being sampled, others stay dropped', (_name, sampler) => {
    expect(decide(sampler, DRIVER)).toBe(SamplingDecision.RECORD);
    expect(decide(sampler, OTHER)).toBe(SamplingDecision.NOT_RECORD);
    expect(decide(sampler, {})).toBe(SamplingDecision.NOT_RECORD);
  });

  it('leaves what the sampler samples as it is', () => {
    expect(decide(new AlwaysOnSampler(), DRIVER)).toBe(SamplingDecision.RECORD_AND_SAMPLED);
    expect(decide(new AlwaysOnSampler(), OTHER)).toBe(SamplingDecision.RECORD_AND_SAMPLED);
  });

  it('keeps the rest of the sampler’s answer, and names both', () => {
    const attributes = { ratio: 0.5 };
    const sampler: Sampler = {
      shouldSample: () => ({ decision: SamplingDecision.NOT_RECORD, attributes }),
      toString: () => 'Mine',
    };
    const recording = recordDriverSpans(sampler);

    expect(recording.shouldSample(ROOT_CONTEXT, '', '', SpanKind.CLIENT, DRIVER, []).attributes).toBe(
      attributes,
    );
    expect(recording.toString()).toBe('RecordDriverSpans{Mine}');
  });

  it.each<readonly [string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['returns nothing', () => undefined],
    ['returns a promise', () => Promise.resolve({ decision: SamplingDecision.RECORD_AND_SAMPLED })],
  ])(
    'a sampler that %s: driver spans are recorded, others dropped, and it is counted',
    (_name, shouldSample) => {
      const sampler = { shouldSample, toString: shouldSample } as unknown as Sampler;
      const recording = recordDriverSpans(sampler);
      const decisionOf = (attributes: Attributes) =>
        recording.shouldSample(ROOT_CONTEXT, '', '', SpanKind.CLIENT, attributes, []).decision;

      expect(decisionOf(DRIVER)).toBe(SamplingDecision.RECORD);
      expect(decisionOf(OTHER)).toBe(SamplingDecision.NOT_RECORD);
      expect(recording.stats()).toEqual({ userCodeFailures: { sampler: 2 } });
      expect(recording.toString()).toMatch(/^RecordDriverSpans/);
    },
  );

  it('a sampler that never fails: nothing is counted', () => {
    const recording = recordDriverSpans(new AlwaysOnSampler() as Sampler);
    recording.shouldSample(ROOT_CONTEXT, '', '', SpanKind.CLIENT, DRIVER, []);
    expect(recording.stats()).toEqual({ userCodeFailures: {} });
  });

  it('refuses what is no sampler', () => {
    expect(() => recordDriverSpans({} as Sampler)).toThrow(/the argument is an object; allowed is a sampler/);
  });
});
