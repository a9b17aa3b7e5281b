import type { IncomingMessage, ServerResponse } from 'node:http';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { DatabricksSpanProcessor, DatabricksSqlInstrumentation } from '../../src/index.js';
import { runSlowStatement, slowStatements } from '../../test/ledger/slowStatements.js';
import { connectClient, type DriverClient, loadDriver } from '../../test/support/drivers.js';
import {
  type LocalDatabricks,
  sql,
  startLocalDatabricks,
} from '../../test/support/local-databricks/index.js';

const LONG_MS = 1_200;

/** An application with both halves of this package and a Prometheus exporter, and all that can go wrong with it. */
export class Program {
  readonly #databricks: LocalDatabricks;
  readonly #client: DriverClient;
  readonly #exporter: PrometheusExporter;
  readonly #meterProvider: MeterProvider;
  readonly #tracerProvider: NodeTracerProvider;
  readonly #processor: DatabricksSpanProcessor;

  private constructor(databricks: LocalDatabricks, client: DriverClient, parts: Parts) {
    this.#databricks = databricks;
    this.#client = client;
    this.#exporter = parts.exporter;
    this.#meterProvider = parts.meterProvider;
    this.#tracerProvider = parts.tracerProvider;
    this.#processor = parts.processor;
  }

  static async start(): Promise<Program> {
    const exporter = new PrometheusExporter({ preventServerStart: true });
    const meterProvider = new MeterProvider({ readers: [exporter] });
    const processor = new DatabricksSpanProcessor({ meterProvider, flushIntervalMs: 200 });
    const tracerProvider = new NodeTracerProvider({ spanProcessors: [processor] });
    tracerProvider.register();
    const instrumentation = new DatabricksSqlInstrumentation();
    instrumentation.setTracerProvider(tracerProvider);
    instrumentation.setMeterProvider(meterProvider);
    const databricks = await startLocalDatabricks();
    const options = databricks.connectOptions({ retryDelayMin: LONG_MS / 8, retryDelayMax: LONG_MS });
    const client = await connectClient(loadDriver(), options);
    return new Program(databricks, client, { exporter, meterProvider, processor, tracerProvider });
  }

  /** Answers a scrape. */
  scrape(request: IncomingMessage, response: ServerResponse): void {
    this.#exporter.getMetricsRequestHandler(request, response);
  }

  /** The six slow statements at once, each in a catalog named as its account, and one that fails. */
  async work(): Promise<void> {
    // One request is repeated, and one record of the next is rejected.
    this.#databricks.telemetry.answer({ status: 503 }, 1);
    this.#databricks.telemetry.answer({ partial: 1 }, 1);
    const failing = this.#fail();
    await Promise.all(
      slowStatements(LONG_MS).map(async (statement) => {
        const session = await this.#client.openSession({ initialCatalog: statement.account });
        await runSlowStatement(session, statement, `SELECT id, name FROM ${statement.account}_rows`);
        await session.close();
      }),
    );
    await failing;
    await this.#processor.forceFlush();
  }

  /** A last statement, whose record the endpoint refuses for good. */
  async beRefused(): Promise<void> {
    this.#databricks.telemetry.answer({ status: 400 }, 1);
    await this.#fail();
    await this.#processor.forceFlush();
  }

  async stop(): Promise<void> {
    await this.#client.close();
    await this.#tracerProvider.shutdown();
    await this.#meterProvider.shutdown();
    await this.#databricks.close();
  }

  async #fail(): Promise<void> {
    const session = await this.#client.openSession();
    const text = sql({ outcome: { state: 'ERROR', sqlState: '42P01' } }, 'SELECT id FROM nowhere');
    await session
      .executeStatement(text)
      .then((operation) => operation.fetchAll())
      .catch(() => undefined);
    await session.close();
  }
}

interface Parts {
  readonly exporter: PrometheusExporter;
  readonly meterProvider: MeterProvider;
  readonly tracerProvider: NodeTracerProvider;
  readonly processor: DatabricksSpanProcessor;
}
