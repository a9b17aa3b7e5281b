import { ROOT_CONTEXT } from '@opentelemetry/api';
import { BatchSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { SpanProcessorLike } from '../../src/spanShape.js';
import type { Bench, Effort, Row } from '../harness/bench.js';
import type { Sample } from '../harness/samples.js';
import { loadPackage } from '../harness/subject.js';
import { nanosecondsPer, slices, turn } from '../harness/timing.js';
import { NoOpSpanExporter } from '../support/exporters.js';
import { ALL_TAGS, driverTracer, makeStatementSpan, readable } from '../support/spans.js';

const SPANS_PER_BLOCK = 51_200;
/** As many as a batch of BatchSpanProcessor. */
const SPANS_PER_TURN = 512;
const POOL = 1_024;

export const bench: Bench = {
  name: 'local',
  about:
    "What exportLocal adds in front of a BatchSpanProcessor with a no-op exporter: spans of the SDK through both hooks. Spans with six tags, one of them for Databricks only or none: every tag's name is looked up once, and where one is for Databricks only, a view without it is made. Spans of statements with all tags that the instrumentation writes: each of the names that are for Databricks only is asked for once.",
  variants: [
    'plain',
    'plain again',
    'plain, exportLocal',
    'hidden',
    'hidden, exportLocal',
    'statement',
    'statement, exportLocal',
  ],
  rounds: 5,
  measure,
  rows: (samples) => {
    const row = (what: string, kind: string, limit: number): Row => {
      const { value, spread } = samples.difference(`${kind}, exportLocal`, kind);
      return {
        what,
        value,
        unit: 'ns',
        spread,
        beside: { what: 'BatchSpanProcessor alone', value: samples.figure(kind).value },
        ratio: samples.ratio(`${kind}, exportLocal`, kind).value,
        guard: { max: 25 },
        reach: { text: `≤ ${limit} ns`, reached: value <= limit },
      };
    };
    const noise = samples.difference('plain again', 'plain');
    return [
      row('exportLocal adds, with a Databricks-only tag', 'hidden', 200),
      row('exportLocal adds, without one', 'plain', 100),
      row('exportLocal adds to a statement with all tags', 'statement', 300),
      { what: 'A/A: without it twice', value: noise.value, unit: 'ns', spread: noise.spread, isNoise: true },
    ];
  },
};

async function measure(variant: string, effort: Effort): Promise<Sample> {
  const { exportLocal } = await loadPackage();
  const exporter = new NoOpSpanExporter();
  const batch = new BatchSpanProcessor(exporter) as SpanProcessorLike;
  const processor = variant.endsWith('exportLocal') ? exportLocal(batch) : batch;
  const spans = variant.startsWith('statement') ? makeStatements() : makeSpans(variant.startsWith('hidden'));
  let led = 0;
  const block = slices(effort.count(SPANS_PER_BLOCK), SPANS_PER_TURN, (count) => {
    for (let index = 0; index < count; index++) {
      const span = spans[led++ % POOL];
      if (span !== undefined) {
        processor.onStart(span, ROOT_CONTEXT);
        processor.onEnd(span);
      }
    }
  });
  const value = await nanosecondsPer(block, effort);
  await processor.forceFlush();
  await turn();
  if (exporter.taken !== led) {
    throw new Error(`${led - exporter.taken} of ${led} spans were lost`);
  }
  return { value };
}

function makeSpans(withHidden: boolean): ReadableSpan[] {
  const tracer = driverTracer();
  return Array.from({ length: POOL }, (_, index) => {
    const span = tracer.startSpan('openSession', {
      kind: 2,
      attributes: {
        'db.system.name': 'databricks',
        'server.address': 'dbc-1.cloud.databricks.test',
        'databricks.operation.type': 'CREATE_SESSION',
        [withHidden ? 'databricks.auth.type' : 'databricks.mode']: withHidden ? 'pat' : 'THRIFT',
      },
    });
    span.setAttribute('db.operation.name', 'openSession');
    span.setAttribute('databricks.operation.latency_ms', index);
    span.end();
    return readable(span);
  });
}

function makeStatements(): ReadableSpan[] {
  const tracer = driverTracer();
  return Array.from({ length: POOL }, () => makeStatementSpan(tracer, ROOT_CONTEXT, 0, ALL_TAGS));
}
