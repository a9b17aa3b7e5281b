/** A program with an inspector: the real driver, a Databricks workspace on loopback, what the tests look at. */
import { createRequire } from 'node:module';
import { trace } from '@opentelemetry/api';
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import {
  DatabricksSpanProcessor,
  type DatabricksSpanProcessorOptions,
  DatabricksSqlInstrumentation,
  type DatabricksSqlInstrumentationConfig,
  exportLocal,
} from '../../src/index.js';
import { type Inspector, startInspector } from '../../src/inspector/index.js';
import {
  type LocalDatabricks,
  type Scenario,
  sql,
  startLocalDatabricks,
} from '../support/local-databricks/index.js';

type Driver = typeof import('@databricks/sql');
type Client = InstanceType<Driver['DBSQLClient']>;
type Session = Awaited<ReturnType<Client['openSession']>>;

const driver = createRequire(import.meta.url)('@databricks/sql') as Driver;

export interface ProgramOptions {
  readonly processor?: DatabricksSpanProcessorOptions;
  readonly instrumentation?: DatabricksSqlInstrumentationConfig;
  /** Tags that the user's own backend is not to get. */
  readonly withholdLocally?: readonly string[];
}

export class Program {
  readonly databricks: LocalDatabricks;
  readonly processor: DatabricksSpanProcessor;
  readonly inspector: Inspector;
  readonly #instrumentation: DatabricksSqlInstrumentation;
  readonly #provider: NodeTracerProvider;
  readonly #clients: Client[] = [];

  static async start(options: ProgramOptions = {}): Promise<Program> {
    const databricks = await startLocalDatabricks();
    const processor = new DatabricksSpanProcessor({ flushIntervalMs: 100, ...options.processor });
    const local = exportLocal(new SimpleSpanProcessor(new InMemorySpanExporter()), {
      ...(options.withholdLocally === undefined ? {} : { withhold: options.withholdLocally }),
    });
    const inspector = await startInspector(processor, { local });
    return new Program(databricks, processor, inspector, local, options);
  }

  private constructor(
    databricks: LocalDatabricks,
    processor: DatabricksSpanProcessor,
    inspector: Inspector,
    local: ReturnType<typeof exportLocal>,
    options: ProgramOptions,
  ) {
    this.databricks = databricks;
    this.processor = processor;
    this.inspector = inspector;
    this.#provider = new NodeTracerProvider({ spanProcessors: [local, processor] });
    this.#provider.register();
    this.#instrumentation = new DatabricksSqlInstrumentation(options.instrumentation);
    this.#instrumentation.setTracerProvider(this.#provider);
  }

  /** Runs `work` in a session of its own. */
  async session(work: (session: Session) => Promise<void>): Promise<void> {
    const client = await this.#connect({});
    const session = await client.openSession();
    await work(session);
    await session.close();
    await client.close();
  }

  /** A connection that stays open until the program ends, with a session. */
  async stay(options: object = {}): Promise<Session> {
    const client = await this.#connect(options);
    this.#clients.push(client);
    return client.openSession();
  }

  async #connect(options: object): Promise<Client> {
    const client = new driver.DBSQLClient({ logger: { log: () => undefined } as never });
    const connectOptions = this.databricks.connectOptions({ checkServerCertificate: false });
    await client.connect({ ...connectOptions, ...options });
    return client;
  }

  /** Runs a statement; one that fails is no error here. */
  async query(session: Session, scenario: Scenario, text: string): Promise<void> {
    const operation = await session.executeStatement(sql(scenario, text));
    await operation.fetchAll().catch(() => undefined);
    await operation.close();
  }

  /** Stops the program, not its workspace. */
  async end(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map((client) => client.close()));
    this.#instrumentation.disable();
    await this.#provider.shutdown();
    trace.disable();
    await this.inspector.close();
  }

  async stop(): Promise<void> {
    await this.end();
    await this.databricks.close();
  }
}
