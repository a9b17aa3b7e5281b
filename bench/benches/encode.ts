import { randomUUID } from 'node:crypto';
import type { OperationRecord } from '../../src/records.js';
import { referenceBody } from '../../test/exporter/support/reference.js';
import type { Bench, Effort, Row } from '../harness/bench.js';
import type { Sample } from '../harness/samples.js';
import { loadInternals } from '../harness/subject.js';
import { nanosecondsPer } from '../harness/timing.js';
import { type DriverMetric, driverExporter } from '../support/driverTelemetry.js';
import { driverMetrics, fullRecords, realisticRecords, USER_AGENT } from '../support/records.js';

const BATCH = 100;
const BATCHES_PER_BLOCK = 100;
const NS_PER_US = 1_000;
const OPTIONS = { uploadTimeMs: 1_795_207_060_000, userAgent: USER_AGENT, authenticated: true };

export const bench: Bench = {
  name: 'encode',
  about:
    "100 records to the bytes of a request body, their event ids included: records of statements (a third with files, a tenth failed) and records with every field at once. Beside it the same bytes by nested JSON.stringify, and what the driver's exporter does with its own metrics of the same statements. The encoder is not exported by the package: it is measured in a bundle of its own.",
  variants: ['ours', 'ours again', 'stringify', 'driver', 'ours, all fields', 'stringify, all fields'],
  rounds: 3,
  measure,
  rows: (samples) => {
    const noise = samples.ratio('ours again', 'ours');
    const row = (what: string, variant: string, beside: string, title: string, limit: number): Row => {
      const { value, spread } = samples.figure(variant);
      return {
        what,
        value,
        unit: 'µs',
        spread,
        beside: { what: title, value: samples.figure(beside).value },
        ratio: samples.ratio(variant, beside).value,
        guard: { max: 0.35 },
        reach: { text: `≤ ${limit} µs`, reached: value <= limit },
      };
    };
    const driver = samples.figure('driver');
    return [
      row('100 records of statements', 'ours', 'stringify', 'JSON.stringify', 60),
      {
        what: "the same by the driver's exporter",
        value: driver.value,
        unit: 'µs',
        spread: driver.spread,
        beside: { what: 'ours', value: samples.figure('ours').value },
        ratio: samples.ratio('driver', 'ours').value,
      },
      row('100 records with all fields', 'ours, all fields', 'stringify, all fields', 'JSON.stringify', 100),
      {
        what: 'A/A: ours twice',
        value: samples.figure('ours again').value,
        unit: 'µs',
        spread: samples.figure('ours again').spread,
        ratio: noise.value,
        isNoise: true,
      },
    ];
  },
};

async function measure(variant: string, effort: Effort): Promise<Sample> {
  const encode = await encoderOf(variant);
  const batches = effort.count(BATCHES_PER_BLOCK);
  let length = 0;
  const block = {
    operations: batches,
    run: () => {
      for (let index = 0; index < batches; index++) {
        length += encode();
      }
    },
  };
  const ns = await nanosecondsPer(block, effort);
  if (length === 0) {
    throw new Error('nothing was encoded');
  }
  return { value: ns / NS_PER_US };
}

/** @returns encodes a batch anew and tells its length in bytes */
async function encoderOf(variant: string): Promise<() => number> {
  if (variant === 'driver') {
    return driverEncoder(driverMetrics(BATCH));
  }
  const records = await (variant.endsWith('all fields') ? fullRecords(BATCH) : realisticRecords(BATCH));
  const { encodeToBytes } = await loadInternals();
  const encode = variant.startsWith('stringify') ? stringify : encodeToBytes;
  return () => {
    for (const record of records) {
      record.eventId = undefined;
    }
    return encode(records, OPTIONS).length;
  };
}

function stringify(records: readonly OperationRecord[], options: typeof OPTIONS): Buffer {
  for (const record of records) {
    record.eventId = randomUUID();
  }
  return Buffer.from(referenceBody(records, options), 'latin1');
}

/** What the driver's exporter does before it sends. */
function driverEncoder(metrics: readonly DriverMetric[]): () => number {
  const exporter = driverExporter('dbc-1.cloud.databricks.test') as unknown as {
    toTelemetryLog(metric: DriverMetric, authenticated: boolean, userAgent: string): object;
  };
  return () => {
    const logs = metrics.map((metric) => exporter.toTelemetryLog(metric, true, USER_AGENT));
    const body = JSON.stringify({
      uploadTime: Date.now(),
      items: [],
      protoLogs: logs.map((log) => JSON.stringify(log)),
    });
    return Buffer.from(body).length;
  };
}
