import { Agent, type AgentOptions } from 'node:https';
import { connect } from 'node:tls';
import type { Bench, Effort, Sample } from '../harness/bench.js';
import { startServer } from '../harness/serve.js';
import { loadPackage } from '../harness/subject.js';
import { connectionContext } from '../support/connection.js';
import { driverExporter } from '../support/driverTelemetry.js';
import { driverMetrics } from '../support/records.js';
import { statementSpans } from '../support/spans.js';

const BATCH = 100;
/** Fewer than the queue holds. */
const RECORDS = 20_000;
const LIMIT = 3;
const MS_PER_SECOND = 1_000;

export const bench: Bench = {
  name: 'send',
  about:
    "Records per second to an HTTPS endpoint in another process that takes everything. Ours: 20,000 statements through the processor's hooks, queued, and sent by forceFlush(), in requests of 100. Beside it the driver's own exporter with requests of 100 as well, one after the other, by an agent that keeps its connection.",
  variants: ['driver', 'ours', 'ours again'],
  rounds: 5,
  prepare: () => startServer('telemetrySink'),
  measure,
  rows: (samples) => {
    const ours = samples.figure('ours');
    const ratio = samples.ratio('ours', 'driver');
    const again = samples.figure('ours again');
    return [
      {
        what: 'records per second, ours',
        value: ours.value,
        unit: '/s',
        spread: ours.spread,
        beside: { what: "the driver's exporter", value: samples.figure('driver').value },
        ratio: ratio.value,
        reach: { text: `≥ ${LIMIT} ×`, reached: ratio.value >= LIMIT },
      },
      {
        what: 'A/A: ours twice',
        value: again.value,
        unit: '/s',
        spread: again.spread,
        ratio: samples.ratio('ours again', 'ours').value,
        isNoise: true,
      },
    ];
  },
};

async function measure(variant: string, effort: Effort, server: Record<string, string>): Promise<Sample> {
  const send = await (variant === 'driver' ? driver(server) : ours(server));
  const count = Math.ceil(effort.count(RECORDS) / BATCH) * BATCH;
  // The first connection and the compiler's work are not what is asked about.
  await send(count);
  const start = performance.now();
  await send(count);
  return { value: (count / (performance.now() - start)) * MS_PER_SECOND };
}

async function ours({ port, ca = '' }: Record<string, string>): Promise<(count: number) => Promise<void>> {
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

async function driver({ port, ca = '' }: Record<string, string>): Promise<(count: number) => Promise<void>> {
  const exporter = driverExporter('dbc-1.cloud.databricks.test', new LoopbackAgent(Number(port), ca));
  const metrics = driverMetrics(BATCH);
  return async (count) => {
    for (let done = 0; done < count; done += BATCH) {
      await exporter.export(metrics);
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
