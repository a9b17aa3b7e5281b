import { Agent, type AgentOptions } from 'node:https';
import { connect } from 'node:tls';
import { Pool } from 'undici';
import type { Bench, Effort, Row } from '../harness/bench.js';
import type { Sample } from '../harness/samples.js';
import { startServer } from '../harness/serve.js';
import { loadInternals, loadPackage } from '../harness/subject.js';
import { connectionContext } from '../support/connection.js';
import { driverExporter } from '../support/driverTelemetry.js';
import { driverMetrics, realisticRecords, USER_AGENT } from '../support/records.js';
import { statementSpans } from '../support/spans.js';

const BATCH = 100;
/** Fewer than the queue holds. */
const RECORDS = 20_000;
const WARM_UP = 100_000;
const MEASURED = 200_000;
const MS_PER_SECOND = 1_000;
const ENCODING = { uploadTimeMs: 0, userAgent: USER_AGENT, authenticated: true };

export const bench: Bench = {
  name: 'send',
  about:
    "CPU time per record, and records per second, to an HTTPS endpoint in another process that takes everything. Ours: statements through the processor's hooks, 20,000 at a time, queued, and sent by forceFlush(), in requests of 100. Beside it the driver's own exporter with requests of 100 as well, one after the other, by an agent that keeps its connection: its events and its aggregator are not in its figure, our hooks are in ours. The bytes alone: the body of one such request of ours, made beforehand, sent again and again by undici. That is the limit: nobody who sends these bytes one request after the other is faster.",
  variants: ['driver', 'ours', 'ours again', 'bytes'],
  rounds: 3,
  prepare: () => startServer('telemetrySink'),
  measure,
  rows: (samples) => {
    const row = (what: string, variant: string): Row => {
      const { value, spread } = samples.figure(variant);
      const beside = { what: "the driver's exporter", value: samples.figure('driver').value };
      return { what, value, unit: '/s', spread, beside, ratio: samples.ratio(variant, 'driver').value };
    };
    const cpu = (what: string, other: string): Row => {
      const beside = { what: other, value: samples.figure(other, 'cpu').value };
      const ratio = samples.ratio('ours', other, 'cpu').value;
      return {
        what: `CPU time per record, ${what}`,
        ...samples.figure('ours', 'cpu'),
        unit: 'µs',
        beside,
        ratio,
      };
    };
    return [
      {
        ...cpu("beside the driver's exporter", 'driver'),
        reach: { text: '≤ 1 ×', reached: samples.ratio('ours', 'driver', 'cpu').value <= 1 },
      },
      cpu('beside the bytes alone', 'bytes'),
      row('records per second, ours', 'ours'),
      row('the bytes alone', 'bytes'),
      { ...row('A/A: ours twice', 'ours again'), isNoise: true },
    ];
  },
};

async function measure(variant: string, effort: Effort, server: Record<string, string>): Promise<Sample> {
  const sender = variant === 'driver' ? driver : variant === 'bytes' ? bytes : ours;
  const send = await sender(server);
  const count = Math.ceil(effort.count(RECORDS) / BATCH) * BATCH;
  // The first connection and the compiler's work are not what is asked about.
  for (let sent = 0; sent < effort.count(WARM_UP); sent += count) {
    await send(count);
  }
  const cpu = process.cpuUsage();
  const start = performance.now();
  let sent = 0;
  for (; sent < effort.count(MEASURED); sent += count) {
    await send(count);
  }
  const seconds = (performance.now() - start) / MS_PER_SECOND;
  const { user, system } = process.cpuUsage(cpu);
  return { value: sent / seconds, cpu: (user + system) / sent };
}

/** Sends so many records. */
type Send = (count: number) => Promise<void>;

async function ours({ port, ca = '' }: Record<string, string>): Promise<Send> {
  const { DatabricksSpanProcessor } = await loadPackage();
  const processor = new DatabricksSpanProcessor({ shutdownTimeoutMs: 60_000 });
  const route = { https: true, rejectUnauthorized: true, ca: [ca] };
  const context = await connectionContext({ host: '127.0.0.1', port: Number(port), route });
  const spans = statementSpans(BATCH, 0);
  let expected = 0;
  return async (count) => {
    for (let done = 0; done < count; done += BATCH) {
      for (const { statement } of spans) {
        processor.onStart(statement, context);
        processor.onEnd(statement);
      }
    }
    await processor.forceFlush();
    expected += count;
    const { exported } = processor.stats();
    if (exported !== expected) {
      throw new Error(`only ${exported} of ${expected} arrived`);
    }
  };
}

async function driver({ port, ca = '' }: Record<string, string>): Promise<Send> {
  const exporter = driverExporter('dbc-1.cloud.databricks.test', new LoopbackAgent(Number(port), ca));
  const metrics = driverMetrics(BATCH);
  return async (count) => {
    for (let done = 0; done < count; done += BATCH) {
      await exporter.export(metrics);
    }
  };
}

async function bytes({ port, ca = '' }: Record<string, string>): Promise<Send> {
  const { encodeToBytes } = await loadInternals();
  const body = encodeToBytes(await realisticRecords(BATCH), ENCODING);
  const headers = { 'content-type': 'application/json' };
  const pool = new Pool(`https://127.0.0.1:${port}`, { connections: 1, connect: { ca } });
  return async (count) => {
    for (let done = 0; done < count; done += BATCH) {
      const answer = await pool.request({ method: 'POST', path: '/telemetry-ext', headers, body });
      await answer.body.text();
    }
  };
}

/** The driver sends to port 443 of public hosts only: this leads its connections to the local endpoint. */
class LoopbackAgent extends Agent {
  readonly #port: number;
  readonly #ca: string;

  constructor(port: number, ca: string) {
    super({ keepAlive: true } satisfies AgentOptions);
    this.#port = port;
    this.#ca = ca;
  }

  override createConnection(): ReturnType<typeof connect> {
    return connect({
      host: '127.0.0.1',
      port: this.#port,
      ca: this.#ca,
      servername: 'dbc-1.cloud.databricks.test',
    });
  }
}
