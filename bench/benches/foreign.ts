import { type Context, ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import { NoopSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { SpanProcessorLike } from '../../src/spanShape.js';
import type { Bench, Effort } from '../harness/bench.js';
import type { Sample } from '../harness/samples.js';
import { loadPackage } from '../harness/subject.js';
import { nanosecondsPer } from '../harness/timing.js';
import { NoOpRecordExporter } from '../support/exporters.js';
import { foreignTracer, readable } from '../support/spans.js';

const SPANS = 1_000;
const PASSES = 2_000;
const LIMIT_NS = 10;

export const bench: Bench = {
  name: 'foreign',
  about:
    "What a span of another library pays for our being registered: a thousand of the SDK's spans, led through both hooks of ours and of a no-op processor. What is left of it is one call and one comparison of the scope's name.",
  variants: ['no-op', 'no-op again', 'ours'],
  rounds: 5,
  measure,
  rows: (samples) => {
    const ours = samples.difference('ours', 'no-op');
    const noise = samples.difference('no-op again', 'no-op');
    return [
      {
        what: 'ours, both hooks, above no-op hooks',
        value: ours.value,
        unit: 'ns',
        spread: ours.spread,
        beside: { what: 'no-op hooks', value: samples.figure('no-op').value },
        reach: { text: `≤ ${LIMIT_NS} ns`, reached: ours.value <= LIMIT_NS },
      },
      { what: 'A/A: no-op twice', value: noise.value, unit: 'ns', spread: noise.spread, isNoise: true },
    ];
  },
};

async function measure(variant: string, effort: Effort): Promise<Sample> {
  const processor = await processorFor(variant);
  const spans = foreignSpans();
  const passes = effort.count(PASSES);
  const block = {
    operations: passes * spans.length,
    run: () => {
      for (let pass = 0; pass < passes; pass++) {
        lead(spans, processor, ROOT_CONTEXT);
      }
    },
  };
  return { value: await nanosecondsPer(block, effort) };
}

function lead(spans: readonly ReadableSpan[], processor: SpanProcessorLike, context: Context): void {
  for (const span of spans) {
    processor.onStart(span, context);
    processor.onEnd(span);
  }
}

async function processorFor(variant: string): Promise<SpanProcessorLike> {
  const { DatabricksSpanProcessor } = await loadPackage();
  return variant === 'ours'
    ? new DatabricksSpanProcessor({ exporter: new NoOpRecordExporter() })
    : (new NoopSpanProcessor() as SpanProcessorLike);
}

function foreignSpans(): ReadableSpan[] {
  const tracer = foreignTracer();
  return Array.from({ length: SPANS }, () => {
    const span = tracer.startSpan('GET', {
      kind: SpanKind.CLIENT,
      attributes: { 'http.request.method': 'GET', 'url.full': 'https://example.test/', 'server.port': 443 },
    });
    span.setAttribute('http.response.status_code', 200);
    span.end();
    return readable(span);
  });
}
