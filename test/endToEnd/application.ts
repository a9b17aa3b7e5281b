import { createRequire } from 'node:module';
import { context, trace } from '@opentelemetry/api';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import {
  DatabricksSpanProcessor,
  type DatabricksSpanProcessorOptions,
  DatabricksSqlInstrumentation,
} from '../../src/index.js';
import { expectedRows, type LocalDatabricks, type Scenario, sql } from '../support/local-databricks/index.js';
import type { ConnectOptions } from '../support/local-databricks/types.js';

type Driver = typeof import('@databricks/sql');
export type Client = InstanceType<Driver['DBSQLClient']>;

const driver = createRequire(import.meta.url)('@databricks/sql') as Driver;

/** An application that uses the real driver under an OpenTelemetry set-up with our processor. */
export class Application {
  readonly processor: DatabricksSpanProcessor;
  readonly #instrumentation = new DatabricksSqlInstrumentation();
  readonly #provider: NodeTracerProvider;

  constructor(options: DatabricksSpanProcessorOptions = {}) {
    this.processor = new DatabricksSpanProcessor({ flushIntervalMs: 20, ...options });
    this.#provider = new NodeTracerProvider({ spanProcessors: [this.processor] });
    this.#provider.register();
    this.#instrumentation.setTracerProvider(this.#provider);
  }

  async connect(
    db: LocalDatabricks,
    options: Partial<ConnectOptions> & Record<string, unknown> = {},
  ): Promise<Client> {
    const client = newClient();
    await client.connect(db.connectOptions({ checkServerCertificate: false, ...options }));
    return client;
  }

  /** Opens a connection, runs one query and closes; @returns its rows */
  async query(
    db: LocalDatabricks,
    options: Record<string, unknown> = {},
    scenario: Scenario = {},
  ): Promise<unknown> {
    const client = await this.connect(db, options);
    const session = await client.openSession();
    const operation = await session.executeStatement(sql(scenario));
    const rows = await operation.fetchAll();
    await session.close();
    await client.close();
    return rows;
  }

  async stop(): Promise<void> {
    this.#instrumentation.disable();
    await this.#provider.shutdown();
    trace.disable();
    context.disable();
  }
}

export function newClient(): Client {
  return new driver.DBSQLClient({ logger: { log: () => undefined } as never });
}

/** The rows of a default scenario. */
export const ROWS = expectedRows(10);
