import type { Bench, Effort } from '../harness/bench.js';
import type { Sample } from '../harness/samples.js';
import { loadPackage } from '../harness/subject.js';
import { connectionContext } from '../support/connection.js';
import { driverTelemetry, emitStatement, NoOpDriverExporter } from '../support/driverTelemetry.js';
import { NoOpRecordExporter } from '../support/exporters.js';
import { SESSION_ID, statementSpans } from '../support/spans.js';

const STATEMENTS = 20_000;

export const bench: Bench = {
  name: 'burst',
  about:
    "20,000 statements that complete in one synchronous burst, with default options: records that reach the exporter when all has been flushed. The driver's aggregator keeps 500 at a time while it flushes; ours has room for 20,480.",
  variants: ['driver', 'ours'],
  rounds: 1,
  measure,
  rows: (samples) => {
    const ours = samples.figure('ours', 'lost');
    return [
      {
        what: 'lost of 20,000, ours',
        value: ours.value,
        unit: '',
        spread: Number.NaN,
        beside: { what: "the driver's aggregator", value: samples.figure('driver', 'lost').value },
        reach: { text: 'none', reached: ours.value === 0 },
      },
    ];
  },
};

async function measure(variant: string, effort: Effort): Promise<Sample> {
  const spans = statementSpans(effort.count(STATEMENTS), 0);
  const taken = variant === 'ours' ? await ours(spans) : await driver(spans);
  return { lost: spans.length - taken };
}

async function ours(spans: ReturnType<typeof statementSpans>): Promise<number> {
  const { DatabricksSpanProcessor } = await loadPackage();
  const exporter = new NoOpRecordExporter();
  const processor = new DatabricksSpanProcessor({ exporter });
  const context = await connectionContext();
  for (const { statement } of spans) {
    processor.onStart(statement, context);
    processor.onEnd(statement);
  }
  await processor.shutdown();
  return exporter.taken;
}

async function driver(spans: ReturnType<typeof statementSpans>): Promise<number> {
  const exporter = new NoOpDriverExporter();
  const telemetry = driverTelemetry(exporter);
  for (const { id } of spans) {
    emitStatement(telemetry, id, SESSION_ID, 0);
  }
  // One flush may be under way: the second takes what has come since.
  await telemetry.aggregator.flush();
  await telemetry.aggregator.flush();
  return exporter.taken;
}
