import { SpanKind } from '@opentelemetry/api';
import { BatchSpanProcessor, NoopSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Bench, Effort, Sample } from '../harness/bench.js';
import { loadPackage } from '../harness/subject.js';
import { nanosecondsPer, slices, turn } from '../harness/timing.js';
import { connectionContext, WORKSPACE_ID } from '../support/connection.js';
import { NoOpRecordExporter, NoOpSpanExporter } from '../support/exporters.js';
import { driverTracer, SESSION_ID } from '../support/spans.js';

const SPANS_PER_BLOCK = 20_000;
/** As many as a batch of BatchSpanProcessor, whose queue must not overflow: what is dropped costs nothing. */
const SPANS_PER_TURN = 512;
const LIMIT_NS = 250;

export const bench: Bench = {
  name: 'span',
  about:
    'What a processor adds to a real span of the SDK (start, six tags, end) that is a statement: a no-op processor, one BatchSpanProcessor with a no-op exporter, and ours, down to the record that is queued and taken by a no-op exporter. Bursts of 512 spans, with turns of the event loop between them, so that what runs in the background is counted too.',
  variants: ['no-op', 'no-op again', 'batch', 'ours'],
  rounds: 7,
  measure,
  rows: (samples) => {
    const base = samples.figure('no-op');
    const batch = samples.difference('batch', 'no-op');
    const ours = samples.difference('ours', 'no-op');
    const noise = samples.difference('no-op again', 'no-op');
    return [
      {
        what: 'ours, above a no-op processor',
        value: ours.value,
        unit: 'ns',
        spread: ours.spread,
        beside: { what: 'BatchSpanProcessor', value: batch.value },
        ratio: ours.value / batch.value,
        reach: {
          text: `≤ ${LIMIT_NS} ns, < 1 ×`,
          reached: ours.value <= LIMIT_NS && ours.value < batch.value,
        },
      },
      { what: 'the span itself, no-op processor', value: base.value, unit: 'ns', spread: base.spread },
      { what: 'A/A: no-op twice', value: noise.value, unit: 'ns', spread: noise.spread, isNoise: true },
    ];
  },
};

async function measure(variant: string, effort: Effort): Promise<Sample> {
  const { processor, check } = await processorFor(variant);
  const tracer = driverTracer(processor);
  const context = await connectionContext();
  let made = 0;
  const block = slices(effort.count(SPANS_PER_BLOCK), SPANS_PER_TURN, (count) => {
    made += count;
    for (let index = 0; index < count; index++) {
      const span = tracer.startSpan(
        'SELECT orders',
        {
          kind: SpanKind.CLIENT,
          attributes: {
            'db.system.name': 'databricks',
            'databricks.workspace.id': WORKSPACE_ID,
            'databricks.operation.type': 'EXECUTE_STATEMENT',
            'databricks.statement.type': 'QUERY',
          },
        },
        context,
      );
      span.setAttribute('databricks.session.id', SESSION_ID);
      span.setAttribute('databricks.operation.latency_ms', 120);
      span.end();
    }
  });
  const value = await nanosecondsPer(block, effort);
  await processor.forceFlush();
  await turn();
  check(made);
  return { value };
}

async function processorFor(
  variant: string,
): Promise<{ processor: SpanProcessor; check: (made: number) => void }> {
  switch (variant) {
    case 'batch': {
      const exporter = new NoOpSpanExporter();
      return { processor: new BatchSpanProcessor(exporter), check: nothingLost(exporter) };
    }
    case 'ours': {
      const { DatabricksSpanProcessor } = await loadPackage();
      const exporter = new NoOpRecordExporter();
      return { processor: new DatabricksSpanProcessor({}, exporter), check: nothingLost(exporter) };
    }
    default:
      return { processor: new NoopSpanProcessor(), check: () => undefined };
  }
}

/** A processor that drops is fast. */
function nothingLost(exporter: { readonly taken: number }): (made: number) => void {
  return (made) => {
    if (exporter.taken !== made) {
      throw new Error(`${made - exporter.taken} of ${made} were lost`);
    }
  };
}
