import type { Context } from '@opentelemetry/api';
import type { SpanProcessorLike } from '../../src/processor/spanShape.js';
import type { Bench, Effort, Sample } from '../harness/bench.js';
import { loadPackage } from '../harness/subject.js';
import { type Block, nanosecondsPer, slices } from '../harness/timing.js';
import { connectionContext } from '../support/connection.js';
import { driverTelemetry, emitStatement, NoOpDriverExporter } from '../support/driverTelemetry.js';
import { NoOpRecordExporter } from '../support/exporters.js';
import { SESSION_ID, type StatementSpans, statementSpans } from '../support/spans.js';

const STATEMENTS_PER_BLOCK = 10_000;
/** Half a batch of the driver's telemetry, which drops what comes faster than it flushes. */
const STATEMENTS_PER_TURN = 50;
const POOL = 1_000;
const DOWNLOADS = 3;

export const bench: Bench = {
  name: 'statement',
  about:
    "One statement with three downloads on its way to a queued record: its six spans (statement, execute, wait, downloads) through our hooks, and the same events through the driver's own emitter and aggregator. The spans are made beforehand by the SDK, with all tags that the instrumentation writes. Both exporters take everything and do nothing; nothing is lost on either side.",
  variants: ['driver', 'driver again', 'ours'],
  rounds: 7,
  measure,
  rows: (samples) => {
    const ours = samples.figure('ours');
    const driver = samples.figure('driver');
    const ratio = samples.ratio('ours', 'driver');
    const noise = samples.ratio('driver again', 'driver');
    return [
      {
        what: 'ours',
        value: ours.value,
        unit: 'ns',
        spread: ours.spread,
        beside: { what: "the driver's aggregator", value: driver.value },
        ratio: ratio.value,
        reach: { text: '≤ 1 ×', reached: ratio.value <= 1 },
      },
      {
        what: 'A/A: the driver twice',
        value: samples.figure('driver again').value,
        unit: 'ns',
        spread: samples.figure('driver again').spread,
        ratio: noise.value,
        isNoise: true,
      },
    ];
  },
};

async function measure(variant: string, effort: Effort): Promise<Sample> {
  const { block, lost } =
    variant === 'ours' ? await ours(effort) : driver(effort, statementSpans(POOL, DOWNLOADS));
  const value = await nanosecondsPer(block, effort);
  if (lost() !== 0) {
    throw new Error(`${variant}: ${lost()} records were lost`);
  }
  return { value };
}

async function ours(effort: Effort): Promise<{ block: Block; lost: () => number }> {
  const { DatabricksSpanProcessor } = await loadPackage();
  const processor = new DatabricksSpanProcessor({}, new NoOpRecordExporter());
  const context = await connectionContext();
  const pool = statementSpans(POOL, DOWNLOADS);
  let next = 0;
  const block = slices(effort.count(STATEMENTS_PER_BLOCK), STATEMENTS_PER_TURN, (count) => {
    for (let index = 0; index < count; index++) {
      const spans = pool[next++ % POOL];
      if (spans !== undefined) {
        leadThrough(processor, context, spans);
      }
    }
  });
  const lost = () => {
    const { dropped, lateChildren } = processor.stats();
    return Object.values(dropped).reduce((sum, count) => sum + count, lateChildren);
  };
  return { block, lost };
}

function driver(effort: Effort, pool: readonly StatementSpans[]): { block: Block; lost: () => number } {
  const telemetry = driverTelemetry(new NoOpDriverExporter());
  let next = 0;
  const block = slices(effort.count(STATEMENTS_PER_BLOCK), STATEMENTS_PER_TURN, (count) => {
    for (let index = 0; index < count; index++) {
      emitStatement(telemetry, pool[next++ % POOL]?.id ?? '', SESSION_ID, DOWNLOADS);
    }
  });
  return { block, lost: () => telemetry.aggregator.getStats().droppedMetrics };
}

/** In the order in which the instrumentation starts and ends them. */
export function leadThrough(processor: SpanProcessorLike, context: Context, spans: StatementSpans): void {
  const { statement, execute, wait, downloads } = spans;
  processor.onStart(statement, context);
  processor.onStart(execute, context);
  processor.onEnd(execute);
  processor.onStart(wait, context);
  processor.onEnd(wait);
  for (const download of downloads) {
    processor.onStart(download, context);
    processor.onEnd(download);
  }
  processor.onEnd(statement);
}
