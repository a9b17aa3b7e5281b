import { BatchSpanProcessor, NoopSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Bench, Effort, Row } from '../harness/bench.js';
import type { Sample } from '../harness/samples.js';
import { loadPackage } from '../harness/subject.js';
import { type Block, nanosecondsPer, slices, turn } from '../harness/timing.js';
import { connectionContext } from '../support/connection.js';
import { NoOpRecordExporter, NoOpSpanExporter } from '../support/exporters.js';
import { driverTracer, endPlainStatement, startPlainStatement } from '../support/spans.js';

const SPANS_PER_BLOCK = 20_000;
/** As many as a batch of BatchSpanProcessor, whose queue must not overflow: what is dropped costs nothing. */
const SPANS_PER_TURN = 512;
const LIMIT_NS = 250;
/** Room for a whole block, where it comes at once; ours has it by default. */
const BURST_OPTIONS = { maxQueueSize: 20_480 };

export const bench: Bench = {
  name: 'span',
  about:
    'What a processor adds to a real span of the SDK (start, six tags, end) that is a statement: a no-op processor, one BatchSpanProcessor with a no-op exporter, and ours, down to the record that is queued and taken by a no-op exporter. Steadily: 512 spans, then a turn of the event loop, in which both send what they have. At once: 20,000 spans, then a flush. Steadily, BatchSpanProcessor only puts a span into a list, and no record is made for that. What it costs is that spans which wait outlive collections of garbage, as they do in an application, where a batch takes seconds to fill; a span is several times as large as a record. The young generation has its full size from the start, as in an application that has run for a while: growing, it takes the caches from whoever makes it grow.',
  variants: ['no-op', 'no-op again', 'batch', 'ours', 'no-op, at once', 'batch, at once', 'ours, at once'],
  rounds: 5,
  nodeFlags: ['--min-semi-space-size=16'],
  measure,
  rows: (samples) => {
    const row = (what: string, how: string): Row => {
      const batch = samples.difference(`batch${how}`, `no-op${how}`);
      const { value, spread } = samples.difference(`ours${how}`, `no-op${how}`);
      return {
        what,
        value,
        unit: 'ns',
        spread,
        beside: { what: 'BatchSpanProcessor', value: batch.value },
        ratio: value / batch.value,
      };
    };
    const base = samples.figure('no-op');
    const steadily: Row = {
      what: 'ours adds, steadily',
      ...samples.difference('ours', 'no-op'),
      unit: 'ns',
      beside: { what: 'the span itself', value: base.value },
      ratio: samples.ratio('ours', 'no-op').value,
      guard: { max: 2.5 },
    };
    const atOnce = { ...row('ours adds, 20,000 at once', ', at once'), guard: { max: 2 } };
    const noise = samples.difference('no-op again', 'no-op');
    return [
      {
        ...steadily,
        reach: { text: `≤ ${LIMIT_NS} ns`, reached: steadily.value <= LIMIT_NS },
      },
      { ...atOnce, reach: { text: '< 1 ×', reached: isLess(atOnce) } },
      { what: 'the span itself, no-op processor', value: base.value, unit: 'ns', spread: base.spread },
      { what: 'A/A: no-op twice', value: noise.value, unit: 'ns', spread: noise.spread, isNoise: true },
    ];
  },
};

function isLess({ value, beside }: Row): boolean {
  return beside !== undefined && value < beside.value;
}

async function measure(variant: string, effort: Effort): Promise<Sample> {
  const [kind = '', how] = variant.split(', ');
  const { processor, check } = await processorFor(kind, how !== undefined);
  const tracer = driverTracer(processor);
  const context = await connectionContext();
  const perBlock = effort.count(SPANS_PER_BLOCK);
  let made = 0;
  const make = (count: number) => {
    made += count;
    for (let index = 0; index < count; index++) {
      endPlainStatement(startPlainStatement(tracer, context));
    }
  };
  const atOnce: Block = {
    operations: perBlock,
    run: () => {
      make(perBlock);
      return processor.forceFlush();
    },
  };
  const block = how === undefined ? slices(perBlock, SPANS_PER_TURN, make) : atOnce;
  const value = await nanosecondsPer(block, effort);
  await processor.forceFlush();
  await turn();
  check(made);
  return { value };
}

async function processorFor(
  kind: string,
  atOnce: boolean,
): Promise<{ processor: SpanProcessor; check: (made: number) => void }> {
  switch (kind) {
    case 'batch': {
      const exporter = new NoOpSpanExporter();
      return {
        processor: new BatchSpanProcessor(exporter, atOnce ? BURST_OPTIONS : {}),
        check: nothingLost(exporter),
      };
    }
    case 'ours': {
      const { DatabricksSpanProcessor } = await loadPackage();
      const exporter = new NoOpRecordExporter();
      return { processor: new DatabricksSpanProcessor({ exporter }), check: nothingLost(exporter) };
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
