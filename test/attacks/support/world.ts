import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { DatabricksSpanProcessorOptions } from '../../../src/config.js';
import { DatabricksSpanProcessor } from '../../../src/processor/databricksSpanProcessor.js';
import type { DriverVersion } from '../../support/drivers.js';
import { type DriverClient, type DriverSession, loadDriver, newClient } from '../../support/drivers.js';
import {
  type ConnectOptions,
  type LocalDatabricks,
  type RecordedRequest,
  sql,
  startLocalDatabricks,
} from '../../support/local-databricks/index.js';
import { startTelemetry, type Telemetry, type TelemetryOptions } from '../../support/telemetry.js';

/** Two workspaces of different owners, the real driver, and telemetry that is really sent. */
export interface World {
  readonly a: LocalDatabricks;
  readonly b: LocalDatabricks;
  readonly processor: DatabricksSpanProcessor;
  readonly telemetry: Telemetry;
  /** Must come before anything is observed. */
  start(processorOptions?: DatabricksSpanProcessorOptions, options?: TelemetryOptions): void;
  newClient(): DriverClient;
  connect(options: ConnectOptions, client?: DriverClient): Promise<DriverClient>;
  /** Opens a session, runs a statement to its end, and leaves the session open. */
  use(client: DriverClient, request?: Parameters<DriverClient['openSession']>[0]): Promise<DriverSession>;
  run(session: DriverSession): Promise<void>;
  /** Sends what there is to send, and gives it back by the workspace that got it. */
  sent(): Promise<{ readonly a: Sent; readonly b: Sent }>;
}

/** Requests of ours that one workspace got. */
export interface Sent {
  /** Bearer tokens of all of them, flag requests included; sorted, each once. */
  readonly tokens: readonly string[];
  /** Ids of the sessions that the logs name; sorted, each once. */
  readonly sessions: readonly string[];
  /** Ids of the statements, in their order. */
  readonly statements: readonly string[];
  /** `x-databricks-org-id` of all of them; sorted, each once. */
  readonly orgs: readonly string[];
  readonly requests: readonly RecordedRequest[];
}

/** To connect to a workspace as somebody. */
export function as(db: LocalDatabricks, token: string, more: object = {}): ConnectOptions {
  return db.connectOptions({ token, checkServerCertificate: false, ...more } as Partial<ConnectOptions>);
}

/**
 * After each test, whatever it was about: a workspace got from us no token that the driver has not sent it, and
 * no session that it has not opened.
 */
export function useWorld(version: DriverVersion = '2.1'): World {
  const driver = loadDriver(version);
  let a: LocalDatabricks;
  let b: LocalDatabricks;
  let telemetry: Telemetry | undefined;
  let processor: DatabricksSpanProcessor;
  let clients: DriverClient[] = [];

  beforeAll(async () => {
    [a, b] = await Promise.all([startLocalDatabricks(), startLocalDatabricks()]);
  });
  beforeEach(() => {
    telemetry = undefined;
  });
  afterEach(async () => {
    await Promise.allSettled(clients.map((client) => client.close()));
    clients = [];
    await processor?.forceFlush();
    await telemetry?.stop();
    await processor?.shutdown();
    const strayed = [a, b].map((db) => {
      const { tokens, sessions } = sentTo(db);
      return {
        tokens: tokens.filter((token) => !db.truth.tokens.has(token)),
        sessions: sessions.filter((id) => !db.truth.sessions.some((session) => session.id === id)),
      };
    });
    a.reset();
    b.reset();
    expect(strayed).toEqual([
      { tokens: [], sessions: [] },
      { tokens: [], sessions: [] },
    ]);
  });
  afterAll(() => Promise.all([a.close(), b.close()]));

  const world: World = {
    get a() {
      return a;
    },
    get b() {
      return b;
    },
    get processor() {
      return processor;
    },
    get telemetry() {
      if (telemetry === undefined) {
        throw new Error('not started');
      }
      return telemetry;
    },
    start(processorOptions = {}, options = {}) {
      // A busy machine is slow to connect, and no test here is about deadlines.
      processor = new DatabricksSpanProcessor({ shutdownTimeoutMs: 15_000, ...processorOptions });
      telemetry = startTelemetry({ ...options, processors: [...(options.processors ?? []), processor] });
    },
    newClient() {
      const client = newClient(driver);
      clients.push(client);
      return client;
    },
    async connect(options, client = world.newClient()) {
      await client.connect(options);
      return client;
    },
    async use(client, request) {
      const session = await client.openSession(request);
      await world.run(session);
      return session;
    },
    async run(session) {
      await (await session.executeStatement(sql({}))).fetchAll();
    },
    async sent() {
      await processor.forceFlush();
      return { a: sentTo(a), b: sentTo(b) };
    },
  };
  return world;
}

function sentTo({ telemetry, flags }: LocalDatabricks): Sent {
  const requests = [...flags.requests, ...telemetry.requests];
  const logs = telemetry.logs().map(({ entry }) => entry?.sql_driver_log);
  return {
    requests,
    tokens: distinct(requests.map(({ headers }) => headers['authorization']?.replace('Bearer ', ''))),
    orgs: distinct(requests.map(({ headers }) => headers['x-databricks-org-id'])),
    sessions: distinct(logs.map((log) => log?.session_id)),
    statements: logs.map((log) => log?.sql_statement_id).filter((id) => id !== undefined),
  };
}

function distinct(values: ReadonlyArray<string | undefined>): string[] {
  return [...new Set(values)].filter((value) => value !== undefined).sort();
}
