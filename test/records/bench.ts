import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { DatabricksSpanProcessorOptions } from '../../src/config.js';
import { DatabricksSpanProcessor } from '../../src/processor/databricksSpanProcessor.js';
import type { OperationRecord } from '../../src/records.js';
import { CollectingExporter } from '../processor/support/collectingExporter.js';
import { connectClient, type DriverClient, type DriverSession, loadDriver } from '../support/drivers.js';
import {
  type ConnectOptions,
  type LocalDatabricks,
  type Scenario,
  sql,
  startLocalDatabricks,
} from '../support/local-databricks/index.js';
import { startTelemetry, type Telemetry, type TelemetryOptions } from '../support/telemetry.js';

/** The real driver, our instrumentation and our processor; its records are kept instead of sent. */
export interface RecordBench {
  readonly server: LocalDatabricks;
  readonly telemetry: Telemetry;
  readonly processor: DatabricksSpanProcessor;
  /** Must come first in each test. */
  start(options?: TelemetryOptions, processorOptions?: DatabricksSpanProcessorOptions): void;
  connect(overrides?: Partial<ConnectOptions>): Promise<DriverClient>;
  openSession(overrides?: Partial<ConnectOptions>): Promise<DriverSession>;
  /** Executes and reads to the end. */
  run(session: DriverSession, scenario?: Scenario, text?: string): Promise<unknown[]>;
  /** All records so far. */
  records(): Promise<readonly OperationRecord[]>;
  /** Those of statements and metadata calls. */
  statements(): Promise<readonly OperationRecord[]>;
}

export function useRecordBench(): RecordBench {
  let server: LocalDatabricks;
  let telemetry: Telemetry;
  let processor: DatabricksSpanProcessor;
  let exporter: CollectingExporter;
  let clients: DriverClient[] = [];
  const driver = loadDriver();

  beforeAll(async () => {
    server = await startLocalDatabricks();
  });
  afterEach(async () => {
    await Promise.allSettled(clients.map((client) => client.close()));
    clients = [];
    const { warnings } = telemetry;
    await telemetry.stop();
    const stats = processor.stats();
    server.reset();
    expect(warnings).toEqual([]);
    expect(stats).toMatchObject({ openStatements: 0, internalErrors: 0, invalidValues: 0 });
  });
  afterAll(() => server.close());

  const bench: RecordBench = {
    get server() {
      return server;
    },
    get telemetry() {
      return telemetry;
    },
    get processor() {
      return processor;
    },
    start(options = {}, processorOptions = {}) {
      exporter = new CollectingExporter();
      processor = new DatabricksSpanProcessor({ forceEnableTelemetry: true, ...processorOptions, exporter });
      const { processors = [], ...others } = options;
      telemetry = startTelemetry({ ...others, processors: [processor, ...processors] });
    },
    async connect(overrides) {
      const options = server.connectOptions({ checkServerCertificate: false, ...overrides });
      const client = await connectClient(driver, options);
      clients.push(client);
      return client;
    },
    async openSession(overrides) {
      return (await bench.connect(overrides)).openSession();
    },
    async run(session, scenario = {}, text = undefined) {
      return (await session.executeStatement(sql(scenario, text))).fetchAll();
    },
    async records() {
      await processor.forceFlush();
      return exporter.records;
    },
    async statements() {
      return (await bench.records()).filter(({ statementType }) => statementType !== undefined);
    },
  };
  return bench;
}
