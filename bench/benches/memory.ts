import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { RecordExporter } from '../../src/exporter/contract.js';
import type { Bench, Effort, Row } from '../harness/bench.js';
import type { Sample } from '../harness/samples.js';
import { loadPackage } from '../harness/subject.js';
import { connectionContext } from '../support/connection.js';
import { type DriverExporter, driverTelemetry } from '../support/driverTelemetry.js';
import { NoOpRecordExporter } from '../support/exporters.js';
import { SESSION_ID, statementSpans } from '../support/spans.js';

const STATEMENTS = 100_000;
/** More than all caps allow by default. */
const NO_CAP = 1_000_000;
const LIMIT_BYTES = 240;

export const bench: Bench = {
  name: 'memory',
  about:
    "Bytes that are held for each of 100,000 statements in flight, and for each of 100,000 records that wait in the queue, with the caps raised: the heap (and buffers outside of it) before and after, with a full collection before each reading. The spans are there before, so neither they nor the strings in their tags count; for the driver's aggregator its ids are.",
  variants: ['in flight: ours', 'in flight: driver', 'queued: ours', 'queued: driver'],
  rounds: 3,
  nodeFlags: ['--expose-gc'],
  measure,
  rows: (samples) =>
    ['in flight', 'queued'].map((state): Row => {
      const { value, spread } = samples.figure(`${state}: ours`);
      const driver = samples.figure(`${state}: driver`).value;
      return {
        what: `per statement, ${state}`,
        value,
        unit: 'B',
        spread,
        beside: { what: "the driver's aggregator", value: driver },
        ratio: value / driver,
        guard: { max: state === 'queued' ? 2 : 1.2 },
        reach: { text: `≤ ${LIMIT_BYTES} B`, reached: value <= LIMIT_BYTES },
      };
    }),
};

async function measure(variant: string, effort: Effort): Promise<Sample> {
  const count = effort.count(STATEMENTS);
  const [state, whose] = variant.split(': ');
  const value = await (whose === 'ours'
    ? ours(count, state === 'queued')
    : driver(count, state === 'queued'));
  return { value };
}

async function ours(count: number, ended: boolean): Promise<number> {
  const { DatabricksSpanProcessor } = await loadPackage();
  const options = { maxInFlightStatements: NO_CAP, maxQueueSize: NO_CAP };
  const processor = new DatabricksSpanProcessor({ ...options, exporter: new StuckExporter() });
  const context = await connectionContext();
  const spans: ReadableSpan[] = statementSpans(count, 0).map(({ statement }) => statement);
  const bytes = await heldPer(count, () => {
    for (const span of spans) {
      processor.onStart(span, context);
      if (ended) {
        processor.onEnd(span);
      }
    }
  });
  const { openStatements, queued, inFlight } = processor.stats();
  const kept = ended ? queued + inFlight : openStatements;
  if (kept !== count || spans.length !== count) {
    throw new Error(`only ${kept} of ${count} were kept`);
  }
  return bytes;
}

async function driver(count: number, ended: boolean): Promise<number> {
  const exporter: DriverExporter = { export: () => new Promise(() => undefined) };
  const { emitter, aggregator } = driverTelemetry(exporter, {
    telemetryMaxPendingMetrics: NO_CAP,
    telemetryMaxStatementMetrics: NO_CAP,
    // Each further metric would ask for a flush, and wait for it.
    telemetryBatchSize: NO_CAP,
  });
  const ids = statementSpans(count, 0).map(({ id }) => id);
  const bytes = await heldPer(count, () => {
    for (const statementId of ids) {
      emitter.emitStatementStart({ statementId, sessionId: SESSION_ID, operationType: 'EXECUTE_STATEMENT' });
      if (ended) {
        const resultFormat = 'INLINE_ARROW';
        emitter.emitStatementComplete({
          statementId,
          sessionId: SESSION_ID,
          latencyMs: 182,
          resultFormat,
          pollCount: 2,
        });
        aggregator.completeStatement(statementId);
      }
    }
  });
  const { pendingMetricsCount, inFlightStatements } = aggregator.getStats();
  const kept = ended ? pendingMetricsCount : inFlightStatements;
  if (kept !== count || ids.length !== count) {
    throw new Error(`only ${kept} of ${count} were kept`);
  }
  return bytes;
}

/** Its first request never comes back, so everything after it waits. */
class StuckExporter extends NoOpRecordExporter {
  override openHost(): ReturnType<RecordExporter['openHost']> & object {
    return { ...super.openHost(), export: () => new Promise(() => undefined) };
  }
}

async function heldPer(count: number, hold: () => void): Promise<number> {
  const before = await held();
  hold();
  return ((await held()) - before) / count;
}

/** Bytes in use, when all garbage is gone. */
async function held(): Promise<number> {
  for (let pass = 0; pass < 3; pass++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
