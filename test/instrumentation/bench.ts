import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import {
  connectClient,
  type DriverClient,
  type DriverOperation,
  type DriverSession,
  type DriverVersion,
  loadDriver,
} from '../support/drivers.js';
import {
  type ConnectOptions,
  type LocalDatabricks,
  type Scenario,
  type StatementTruth,
  sql,
  startLocalDatabricks,
} from '../support/local-databricks/index.js';
import { only, startTelemetry, type Telemetry, type TelemetryOptions } from '../support/telemetry.js';

export type Backend = 'thrift' | 'kernel';

/** The real driver against the local server, watched. */
export interface Bench {
  readonly server: LocalDatabricks;
  readonly telemetry: Telemetry;
  connect(overrides?: Partial<ConnectOptions>): Promise<DriverClient>;
  openSession(overrides?: Partial<ConnectOptions>): Promise<DriverSession>;
  /** In a session of its own. */
  execute(scenario: Scenario, text?: string): Promise<DriverOperation>;
  /** The one statement that has ended. */
  statement(): ReadableSpan;
  /** What the server knows of the statement that came last. */
  truth(): StatementTruth;
  /** Starts the instrumentation anew, otherwise. */
  restart(options: TelemetryOptions): Promise<void>;
}

/**
 * Makes a bench for the tests of a file or a `describe`. After each test: nobody warned of anything, a write
 * to an ended span included, no statement is left, and no promise was left rejected.
 */
export function useBench(version: DriverVersion = '2.1', backend: Backend = 'thrift'): Bench {
  const driver = loadDriver(version);
  let server: LocalDatabricks;
  let telemetry: Telemetry;
  let clients: DriverClient[] = [];
  const unhandled: unknown[] = [];
  const onUnhandled = (reason: unknown): void => {
    unhandled.push(reason);
  };

  beforeAll(async () => {
    server = await startLocalDatabricks();
    process.on('unhandledRejection', onUnhandled);
  });
  beforeEach(() => {
    telemetry = startTelemetry();
  });
  afterEach(async () => {
    await Promise.allSettled(clients.map((client) => client.close()));
    clients = [];
    const { warnings, instrumentation } = telemetry;
    const { openStatements } = instrumentation.stats();
    await telemetry.stop();
    server.reset();
    expect(warnings).toEqual([]);
    expect(openStatements).toBe(0);
    expect(unhandled.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    process.off('unhandledRejection', onUnhandled);
    await server.close();
  });

  const bench: Bench = {
    get server() {
      return server;
    },
    get telemetry() {
      return telemetry;
    },
    async connect(overrides = {}) {
      const options =
        backend === 'kernel' ? server.kernelConnectOptions(overrides) : server.connectOptions(overrides);
      const client = await connectClient(driver, {
        ...options,
        ...('checkServerCertificate' in overrides ? {} : { checkServerCertificate: false }),
      });
      clients.push(client);
      return client;
    },
    async openSession(overrides) {
      return (await bench.connect(overrides)).openSession();
    },
    async execute(scenario, text) {
      return (await bench.openSession()).executeStatement(sql(scenario, text));
    },
    statement: () => only(telemetry.statements()),
    truth: () => {
      const truth = server.truth.statements.at(-1);
      if (truth === undefined) {
        throw new Error('the server has seen no statement');
      }
      return truth;
    },
    async restart(options) {
      await telemetry.stop();
      telemetry = startTelemetry(options);
    },
  };
  return bench;
}

/** The rejection that must come. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`expected a rejection, not ${String(value)}`);
    },
    (error: unknown) => error,
  );
}
