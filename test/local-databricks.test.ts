import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Agent, fetch, type RequestInit } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type ConnectOptions,
  expectedRows,
  FLAG_NAME,
  type LocalDatabricks,
  makeClientCertificate,
  type Scenario,
  STAGED_FILE,
  type StatementTruth,
  sql,
  startConnectProxy,
  startLocalDatabricks,
  startLocalKernelRest,
  TOKEN,
} from './support/local-databricks/index.js';

type Driver = typeof import('@databricks/sql');
type Client = InstanceType<Driver['DBSQLClient']>;
type Session = Awaited<ReturnType<Client['openSession']>>;
type Operation = Awaited<ReturnType<Session['executeStatement']>>;

const here = import.meta.dirname;
const driverOf = (folder: string): Driver =>
  createRequire(join(here, folder, 'package.json'))('@databricks/sql');
const current = driverOf('..');
const silent = { log() {} };

let server: LocalDatabricks;
let clients: Client[] = [];

beforeAll(async () => {
  server = await startLocalDatabricks();
});

afterEach(async () => {
  await Promise.allSettled(clients.map((client) => client.close()));
  clients = [];
  server.faults.clear();
});

afterAll(() => server.close());

async function openClient(
  overrides: Partial<ConnectOptions> = {},
  driver = current,
  at = server,
): Promise<Client> {
  const client = new driver.DBSQLClient({ logger: silent });
  clients.push(client);
  // Verification is slow, and has a test of its own.
  await client.connect(at.connectOptions({ checkServerCertificate: false, ...overrides }));
  return client;
}

async function openSession(overrides?: Partial<ConnectOptions>, driver = current): Promise<Session> {
  return (await openClient(overrides, driver)).openSession();
}

interface Run {
  readonly operation: Operation;
  readonly rows: unknown[];
  readonly truth: StatementTruth;
}

async function run(scenario: Scenario, session?: Session): Promise<Run> {
  const operation = await (session ?? (await openSession())).executeStatement(sql(scenario));
  const truth = truthOf(operation);
  const rows = await operation.fetchAll();
  await operation.close();
  return { operation, rows, truth };
}

function truthOf(operation: Operation): StatementTruth {
  const truth = server.truth.statement(operation.id);
  if (truth === undefined) throw new Error(`the server does not know ${operation.id}`);
  return truth;
}

/** The truth about the statement that was asked for last: one that failed has no operation to ask. */
const lastTruth = (): StatementTruth | undefined => server.truth.statements.at(-1);

describe.each([
  ['current', '..'],
  ['1.17', 'drivers/v1.17'],
  ['1.16', 'drivers/v1.16'],
])('driver %s', (_name, folder) => {
  const driver = driverOf(folder);

  it.each<[string, Scenario, number, Partial<StatementTruth>]>([
    ['inline Arrow', {}, 10, { format: 'arrow', lz4: false, statusCalls: 0, fetchCalls: 0, closed: true }],
    ['inline Arrow with LZ4', { lz4: true, rowsPerPage: 500 }, 500, { format: 'arrow', lz4: true }],
    ['several inline pages', { pages: 4 }, 40, { fetchCalls: 3, httpAttempts: 5 }],
    // The driver asks once more after a page of columns, however final.
    ['columns', { format: 'column', pages: 2 }, 20, { format: 'column', fetchCalls: 2 }],
    [
      'a close in the direct results',
      { closeWithDirectResults: true },
      10,
      { httpAttempts: 1, closed: true },
    ],
    ['asynchronous, 3 polls', { polls: 3 }, 10, { statusCalls: 4, statusAnswers: 4, fetchCalls: 1 }],
    ['asynchronous, no poll', { directResults: false, pages: 2 }, 20, { statusCalls: 1, fetchCalls: 2 }],
    ['CloudFetch', { format: 'cloudfetch', pages: 3 }, 60, { format: 'cloudfetch', filesOffered: 6 }],
    ['CloudFetch with LZ4', { format: 'cloudfetch', lz4: true, filesPerPage: 1 }, 10, { lz4: true }],
    ['an empty result', { rowsPerPage: 0 }, 0, { bytes: 0, format: 'arrow' }],
    ['no result set', { resultSet: false }, 0, { metadataCalls: 0 }],
    ['no result set, asynchronous', { resultSet: false, polls: 1 }, 0, { metadataCalls: 1 }],
  ])('gets the rows: %s', async (_title, scenario, count, expected) => {
    const { rows, truth } = await run(scenario, await openSession({}, driver));
    expect(rows).toEqual(expectedRows(count));
    expect(truth).toMatchObject({ state: 'FINISHED', method: 'ExecuteStatement', rows: count, ...expected });
  });
});

describe('truth', () => {
  it('knows sessions, tokens, parameters and tags', async () => {
    const client = await openClient({ token: 'dapi-somebody-else' });
    const session = await client.openSession({ configuration: { ansi_mode: 'true' } });
    const options = { namedParameters: { a: 1 }, queryTags: { team: 'x' } };
    const operation = await session.executeStatement(sql({}), options);
    const truth = truthOf(operation);
    expect(truth).toMatchObject({
      sessionId: session.id,
      parameters: [{ name: 'a', value: '1' }],
      confOverlay: { query_tags: 'team:x' },
      queryTags: 'team:x',
    });
    await session.close();
    const sessionTruth = server.truth.sessions.find(({ id }) => id === session.id);
    expect(sessionTruth).toMatchObject({ token: 'dapi-somebody-else', configuration: { ansi_mode: 'true' } });
    expect(sessionTruth?.closedAt).toBeGreaterThan(sessionTruth?.openedAt ?? 0);
  });

  it('counts the bytes of each format as they were sent', async () => {
    const session = await openSession();
    const plain = (await run({ rowsPerPage: 1000 }, session)).truth.bytes;
    const compressed = (await run({ rowsPerPage: 1000, lz4: true }, session)).truth.bytes;
    expect(compressed).toBeLessThan(plain);
    const { truth } = await run({ format: 'cloudfetch', pages: 2 }, session);
    expect(truth.downloads.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(truth.bytes);
    // Four bytes per id, five or so characters per name.
    expect((await run({ format: 'column', rowsPerPage: 10 }, session)).truth.bytes).toBe(10 * 4 + 10 * 5);
  });

  it('knows when things happened, injected delays included', async () => {
    const scenario: Scenario = { executeDelayMs: 30, polls: 1, pollDelayMs: 20, fetchDelayMs: 25 };
    const { truth } = await run(scenario);
    const { startedAt, readyAt = 0, exhaustedAt = 0, endedAt = 0 } = truth;
    expect(readyAt - startedAt).toBeGreaterThan(65);
    expect(exhaustedAt - readyAt).toBeGreaterThan(20);
    expect(endedAt).toBeGreaterThan(exhaustedAt);
  });

  it('keeps interleaved scenarios apart', async () => {
    const session = await openSession();
    const runs = [1, 2, 3, 4, 5].map((pages) => run({ pages, polls: pages % 2 }, session));
    const counts = (await Promise.all(runs)).map(({ rows }) => rows.length);
    expect(counts).toEqual([10, 20, 30, 40, 50]);
  });

  it('gives each client what it can read', async () => {
    const session = await openSession();
    const options = { useCloudFetch: false };
    const operation = await session.executeStatement(sql({ format: 'cloudfetch' }), options);
    expect(await operation.fetchAll()).toEqual(expectedRows(10));
    expect(truthOf(operation).format).toBe('arrow');
  });

  it('is only counted with keepTruth: false', async () => {
    const forgetful = await startLocalDatabricks({ keepTruth: false });
    const session = await (await openClient({}, current, forgetful)).openSession();
    const operation = await session.executeStatement(sql({}));
    expect(forgetful.truth.statement(operation.id)).toMatchObject({ state: 'FINISHED' });
    await operation.close();
    expect(forgetful.truth.statement(operation.id)).toBeUndefined();
    expect(forgetful.truth.statements).toEqual([]);
    expect(forgetful.truth.calls.get('ExecuteStatement')).toBe(1);
    await forgetful.close();
  });

  it('is forgotten on reset, while the server goes on', async () => {
    const other = await startLocalDatabricks();
    const session = await (await openClient({}, current, other)).openSession();
    await session.executeStatement(sql({}));
    other.faults.always('ExecuteStatement', { status: 404 });
    other.reset();
    expect(other.truth.statements).toEqual([]);
    const operation = await session.executeStatement(sql({}));
    expect(await operation.fetchAll()).toHaveLength(10);
    expect(other.truth.statements).toHaveLength(1);
    await other.close();
  });
});

describe('failures', () => {
  it.each(['ERROR', 'TIMEDOUT', 'CANCELED', 'CLOSED'] as const)(
    'ends in %s, at once or after polls',
    async (state) => {
      const session = await openSession();
      const outcome = { state, sqlState: '42P01', errorCode: 7, message: 'no table */ here' };
      for (const polls of [0, 2]) {
        const operation = await session.executeStatement(sql({ outcome, polls }));
        const response = { sqlState: '42P01', errorCode: 7, displayMessage: 'no table */ here' };
        await expect(operation.fetchAll()).rejects.toMatchObject({ response });
        expect(truthOf(operation)).toMatchObject({ state, statusCalls: polls === 0 ? 0 : 3, rows: 0 });
      }
    },
  );

  it('rejects a statement with a TStatus', async () => {
    const session = await openSession();
    const executeStatus = { errorCode: 42, sqlState: '42601', message: 'syntax error' };
    const failing = session.executeStatement(sql({ executeStatus }));
    await expect(failing).rejects.toMatchObject({ code: 42, message: 'syntax error' });
    expect(lastTruth()).toMatchObject({ state: 'REJECTED', sessionId: session.id });
  });

  it('cancels a running statement', async () => {
    const session = await openSession();
    const operation = await session.executeStatement(sql({ polls: 1000 }));
    const fetching = operation.fetchAll();
    await operation.cancel();
    await expect(fetching).rejects.toThrow('canceled');
    expect(truthOf(operation)).toMatchObject({ state: 'CANCELED', cancelled: true, closed: false });
  });

  it('closes a running statement, and what a session left open', async () => {
    const session = await openSession();
    const first = await session.executeStatement(sql({ polls: 1000 }));
    await first.close();
    expect(truthOf(first)).toMatchObject({ state: 'CLOSED', closed: true });
    const second = await session.executeStatement(sql({ polls: 1000, closeDelayMs: 5 }));
    await session.close();
    expect(truthOf(second)).toMatchObject({ state: 'CLOSED', closed: true });
    expect(truthOf(second).endedAt).toBeGreaterThan(truthOf(second).startedAt);
  });

  it.each([401, 403, 404, 429, 503])('answers ExecuteStatement with HTTP %i', async (statusCode) => {
    const session = await openSession();
    const failing = session.executeStatement(sql({ http: { ExecuteStatement: { status: statusCode } } }));
    await expect(failing).rejects.toMatchObject({ statusCode });
    expect(lastTruth()).toMatchObject({ state: 'REJECTED', httpAttempts: 1, httpFailures: 1 });
  });

  it('lets an ExecuteStatement through after its faults, by SQL text', async () => {
    const session = await openSession();
    const text = sql({ http: { ExecuteStatement: { status: 503, times: 1 } } }, 'SELECT once_more');
    await expect(session.executeStatement(text)).rejects.toMatchObject({ statusCode: 503 });
    expect(await (await session.executeStatement(text)).fetchAll()).toHaveLength(10);
  });

  it.each<[string, Scenario['http']]>([
    ['503 twice', { GetOperationStatus: { status: 503, times: 2 } }],
    ['429 with Retry-After', { GetOperationStatus: { status: 429, times: 2, retryAfter: '1' } }],
    ['two resets', { GetOperationStatus: { reset: 2 } }],
  ])('has a poll tried again: %s', async (_title, http = {}) => {
    const { rows, truth } = await run({ polls: 1, http });
    expect(rows).toHaveLength(10);
    expect(truth).toMatchObject({ statusCalls: 4, statusAnswers: 2, httpFailures: 2 });
  });

  it.each<[string, Scenario, string]>([
    [
      'a poll, for good',
      { polls: 1, http: { GetOperationStatus: { status: 503 } } },
      'Max retry count exceeded',
    ],
    [
      'a fetch',
      { directResults: false, http: { FetchResults: { status: 500 } } },
      'bad HTTP status code: 500',
    ],
    ['a reset', { directResults: false, http: { FetchResults: 'reset' } }, 'ECONNRESET'],
    ['metadata', { directResults: false, http: { GetResultSetMetadata: { status: 403 } } }, 'code: 403'],
  ])('fails %s', async (_title, scenario, message) => {
    const operation = await (await openSession()).executeStatement(sql(scenario));
    await expect(operation.fetchAll()).rejects.toThrow(message);
    expect(truthOf(operation).httpFailures).toBeGreaterThan(0);
  });

  it('fails a close and a cancel', async () => {
    const session = await openSession();
    const http = { CloseOperation: { status: 403, times: 1 }, CancelOperation: { status: 404, times: 1 } };
    const operation = await session.executeStatement(sql({ http }));
    await expect(operation.close()).rejects.toMatchObject({ statusCode: 403 });
    await expect(operation.cancel()).rejects.toMatchObject({ statusCode: 404 });
    await operation.close();
    expect(truthOf(operation)).toMatchObject({ closed: true, httpFailures: 2 });
  });

  it('fails RPCs that no SQL text speaks for', async () => {
    const client = await openClient();
    server.faults.next('OpenSession', { status: 401 });
    await expect(client.openSession()).rejects.toMatchObject({ statusCode: 401 });
    server.faults.next('OpenSession', { thriftStatus: { message: 'no more sessions' } });
    await expect(client.openSession()).rejects.toMatchObject({ message: 'no more sessions' });
    server.faults.next('OpenSession', { delayMs: 30 });
    const before = performance.now();
    const session = await client.openSession();
    expect(performance.now() - before).toBeGreaterThan(25);
    server.faults.next('GetInfo', 'reset', 2);
    expect((await session.getInfo(17)).getValue()).toBe('Spark SQL');
    server.faults.always('CloseSession', { thriftStatus: { message: 'stay' } });
    await expect(session.close()).rejects.toMatchObject({ message: 'stay' });
  });
});

describe('CloudFetch', () => {
  const cloudfetch: Scenario = { format: 'cloudfetch', pages: 3, filesPerPage: 2 };

  it('serves every file once, slowly if asked', async () => {
    const { truth, rows } = await run({
      ...cloudfetch,
      downloads: { 2: { delayMs: 40 } },
      downloadDelayMs: 5,
    });
    expect(rows).toEqual(expectedRows(60));
    expect(truth.downloads.map(({ index }) => index).sort()).toEqual([0, 1, 2, 3, 4, 5]);
    for (const { index, status, attempt, startedAt, endedAt } of truth.downloads) {
      expect([status, attempt]).toEqual([200, 1]);
      expect(endedAt - startedAt).toBeGreaterThan(index === 2 ? 38 : 3);
    }
  });

  it('has downloads tried again after 503 and resets', async () => {
    const downloads = { 1: { status: 503, times: 1 }, 4: { reset: 2 } };
    const { truth, rows } = await run({ ...cloudfetch, downloads });
    expect(rows).toEqual(expectedRows(60));
    const attempts = (file: number) =>
      truth.downloads.filter(({ index }) => index === file).map(({ status }) => status);
    expect(attempts(1)).toEqual([503, 200]);
    expect(attempts(4)).toEqual([0, 0, 200]);
    expect(truth).toMatchObject({ httpFailures: 3, rows: 60 });
  });

  it.each<[string, Scenario['downloads'], string]>([
    ['403', { 3: { status: 403 } }, 'CloudFetch HTTP error 403'],
    ['an expired link', { 0: 'expired-link' }, 'CloudFetch link has expired'],
    ['resets for good', { 1: 'reset' }, 'Max retry count exceeded'],
  ])('fails a download: %s', async (_title, downloads = {}, message) => {
    const operation = await (await openSession()).executeStatement(sql({ ...cloudfetch, downloads }));
    await expect(operation.fetchAll()).rejects.toThrow(message);
    expect(truthOf(operation)).toMatchObject({ state: 'FINISHED', closed: false });
  });
});

describe('metadata calls', () => {
  it.each<[string, (session: Session) => Promise<Operation>, object]>([
    ['GetTypeInfo', (s) => s.getTypeInfo(), { TYPE_NAME: 'INT', DATA_TYPE: 4 }],
    ['GetCatalogs', (s) => s.getCatalogs(), { TABLE_CAT: 'main' }],
    ['GetSchemas', (s) => s.getSchemas(), { TABLE_SCHEM: 'default' }],
    ['GetTables', (s) => s.getTables(), { TABLE_NAME: 'rows' }],
    ['GetTableTypes', (s) => s.getTableTypes(), { TABLE_TYPE: 'TABLE' }],
    ['GetColumns', (s) => s.getColumns(), { COLUMN_NAME: 'id', DATA_TYPE: 4 }],
    ['GetFunctions', (s) => s.getFunctions({ functionName: 'abs' }), { FUNCTION_NAME: 'abs' }],
    [
      'GetPrimaryKeys',
      (s) => s.getPrimaryKeys({ schemaName: 'default', tableName: 'rows' }),
      { PK_NAME: 'rows_pk' },
    ],
    [
      'GetCrossReference',
      (s) =>
        s.getCrossReference({
          parentCatalogName: 'main',
          parentSchemaName: 'default',
          parentTableName: 'rows',
          foreignCatalogName: 'main',
          foreignSchemaName: 'default',
          foreignTableName: 'other_rows',
        }),
      { FKTABLE_NAME: 'other_rows' },
    ],
  ])('%s', async (method, call, firstRow) => {
    const operation = await call(await openSession());
    const [first] = await operation.fetchAll();
    expect(first).toMatchObject(firstRow);
    expect(truthOf(operation)).toMatchObject({ method, state: 'FINISHED', format: 'column', statusCalls: 0 });
  });

  it('act out a scenario that a fault sets', async () => {
    const session = await openSession();
    server.faults.next('GetCatalogs', { scenario: { format: 'arrow', lz4: true, polls: 1 } });
    const operation = await session.getCatalogs();
    expect(await operation.fetchAll()).toEqual([{ TABLE_CAT: 'main' }, { TABLE_CAT: 'samples' }]);
    expect(truthOf(operation)).toMatchObject({ format: 'arrow', lz4: true, statusCalls: 2 });
  });

  it('count as one statement however often they are tried', async () => {
    const session = await openSession();
    const before = server.truth.statements.length;
    server.faults.next('GetTables', { status: 503 }, 2);
    const operation = await session.getTables();
    expect(server.truth.statements.length).toBe(before + 1);
    expect(truthOf(operation)).toMatchObject({ httpAttempts: 3, httpFailures: 2, state: 'FINISHED' });
    server.faults.next('GetTables', { thriftStatus: { sqlState: '42501', message: 'not for you' } });
    await expect(session.getTables()).rejects.toMatchObject({ message: 'not for you' });
    expect(lastTruth()).toMatchObject({ method: 'GetTables', state: 'REJECTED' });
  });
});

describe('volume operations', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'local-databricks-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function stage(staging: NonNullable<Scenario['staging']>): Promise<StatementTruth> {
    const session = await openSession();
    const options = { stagingAllowedLocalPath: folder };
    return truthOf(await session.executeStatement(sql({ staging }), options));
  }

  it('GET brings the file', async () => {
    const localFile = join(folder, 'got.csv');
    const truth = await stage({ operation: 'GET', localFile });
    expect(await readFile(localFile)).toEqual(STAGED_FILE);
    expect(truth.staged).toEqual({ method: 'GET', status: 200, body: STAGED_FILE });
  });

  it('PUT takes the file', async () => {
    const localFile = join(folder, 'put.csv');
    await writeFile(localFile, 'a,b\n1,2\n');
    const truth = await stage({ operation: 'PUT', localFile });
    expect(truth.staged).toEqual({ method: 'PUT', status: 200, body: Buffer.from('a,b\n1,2\n') });
  });

  it('REMOVE deletes, and may fail', async () => {
    expect((await stage({ operation: 'REMOVE' })).staged).toMatchObject({ method: 'DELETE', status: 200 });
    await expect(stage({ operation: 'REMOVE', status: 403 })).rejects.toThrow('HTTP error 403');
    expect(lastTruth()).toMatchObject({ staged: { status: 403 }, httpFailures: 1 });
  });
});

describe('telemetry endpoint', () => {
  beforeEach(() => server.reset());
  // What answers otherwise here must not meet the driver of another test.
  afterEach(() => server.reset());

  const log = (id: string) => JSON.stringify({ frontend_log_event_id: id });

  async function send(path: string, init: RequestInit = {}) {
    const dispatcher = new Agent({ connect: { ca: server.ca } });
    try {
      const response = await fetch(`https://${server.host}:${server.port}${path}`, { ...init, dispatcher });
      return { status: response.status, headers: response.headers, text: await response.text() };
    } finally {
      await dispatcher.destroy();
    }
  }

  const post = (ids: string[], path = '/telemetry-ext', signal?: AbortSignal) =>
    send(path, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ uploadTime: 1, items: [], protoLogs: ids.map(log) }),
      ...(signal === undefined ? {} : { signal }),
    });

  it('records requests byte for byte and counts what it accepts', async () => {
    const waiting = server.telemetry.waitForLogs(3);
    const answer = await post(['a', 'b']);
    expect(JSON.parse(answer.text)).toEqual({
      errors: [],
      numSuccess: 0,
      numProtoSuccess: 2,
      numRealtimeSuccess: 0,
    });
    await post(['c'], '/telemetry-unauth');
    expect((await waiting).map(({ frontend_log_event_id }) => frontend_log_event_id)).toEqual([
      'a',
      'b',
      'c',
    ]);
    const [first, second] = server.telemetry.requests;
    expect(first).toMatchObject({ method: 'POST', headers: { authorization: `Bearer ${TOKEN}` } });
    expect(first?.body.toString()).toBe(
      JSON.stringify({ uploadTime: 1, items: [], protoLogs: [log('a'), log('b')] }),
    );
    expect(second?.path).toBe('/telemetry-unauth');
    expect(server.telemetry).toMatchObject({ requestCount: 2, logCount: 3 });
  });

  it('has one path family, the other, both or none', async () => {
    const statuses = async () => [
      (await post(['x'])).status,
      (await post(['x'], '/api/2.0/sql/telemetry-ext')).status,
      (await post(['x'], '/api/2.0/sql/telemetry-unauth')).status,
    ];
    expect(await statuses()).toEqual([200, 404, 404]);
    server.telemetry.paths('long');
    expect(await statuses()).toEqual([404, 200, 200]);
    server.telemetry.paths('both');
    expect(await statuses()).toEqual([200, 200, 200]);
    server.telemetry.paths('none');
    expect(await statuses()).toEqual([404, 404, 404]);
    expect(server.telemetry.requests).toHaveLength(12);
  });

  it('answers as told: statuses, headers, partial successes, garbage', async () => {
    server.telemetry.answer({ status: 429, retryAfter: '3' }, 1);
    server.telemetry.answer({ status: 307, location: 'https://elsewhere.test/' }, 1);
    server.telemetry.answer({ partial: 1 }, 1);
    server.telemetry.answer('garbage', 1);
    server.telemetry.answer({ status: 200, body: '{}', delayMs: 20 }, 1);
    server.telemetry.answer({ status: 503 });
    const limited = await post(['a']);
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '3']);
    const signal = AbortSignal.timeout(5000);
    const redirect = await send('/telemetry-ext', { method: 'POST', body: '{}', redirect: 'manual', signal });
    expect([redirect.status, redirect.headers.get('location')]).toEqual([307, 'https://elsewhere.test/']);
    expect(JSON.parse((await post(['b', 'c'])).text)).toMatchObject({ numProtoSuccess: 1 });
    expect((await post(['d'])).text).toContain('<html>');
    expect((await post(['e'])).text).toBe('{}');
    expect((await post(['f'])).status).toBe(503);
    expect((await post(['g'])).status).toBe(503);
    expect(server.telemetry.logs().map(({ frontend_log_event_id }) => frontend_log_event_id)).toEqual([
      'b',
      'e',
    ]);
  });

  it.each(['hang', 'hang-in-body', 'endless-body'] as const)('stalls: %s', async (behaviour) => {
    server.telemetry.answer(behaviour);
    await expect(post(['a'], '/telemetry-ext', AbortSignal.timeout(100))).rejects.toThrow('timeout');
    expect(server.telemetry.logs()).toEqual([]);
  });

  it.each(['reset', 'reset-in-body'] as const)('breaks the connection: %s', async (behaviour) => {
    server.telemetry.answer(behaviour);
    await expect(post(['a'])).rejects.toThrow(/fetch failed|terminated/);
  });

  it('refuses what is not telemetry, and waits no longer than told', async () => {
    expect((await send('/telemetry-ext', { method: 'POST', body: 'nonsense' })).status).toBe(400);
    expect((await send('/telemetry-ext')).status).toBe(405);
    expect((await send('/nowhere')).status).toBe(404);
    await expect(server.telemetry.waitForRequests(9, 10)).rejects.toThrow('2 of 9 requests');
  });

  it('serves the feature flag', async () => {
    const path = '/api/2.0/connector-service/feature-flags/NODEJS/2.1.0';
    const flags = async () => JSON.parse((await send(path)).text);
    expect(await flags()).toEqual({ flags: [{ name: FLAG_NAME, value: 'true' }], ttl_seconds: 900 });
    server.flags.set({ enabled: false, ttlSeconds: 60 });
    expect(await flags()).toEqual({ flags: [{ name: FLAG_NAME, value: 'false' }], ttl_seconds: 60 });
    server.flags.set({ value: 'TRUE' });
    expect(await flags()).toMatchObject({ flags: [{ value: 'TRUE' }] });
    server.flags.set({ enabled: 'absent' });
    expect(await flags()).toMatchObject({ flags: [] });
    server.flags.answer({ status: 503 }, 1);
    expect((await send(path)).status).toBe(503);
    await server.flags.waitForRequests(5);
    expect(server.flags.requests[0]).toMatchObject({ method: 'GET', path });
  });
});

describe('kernel backend', () => {
  let kernel: LocalDatabricks;
  beforeAll(async () => {
    kernel = await startLocalKernelRest();
  });
  afterAll(() => kernel.close());

  const open = async () => (await openClient({}, current, kernel)).openSession();
  const lastKernelTruth = () => kernel.truth.statements.at(-1);

  it.each<[string, Scenario, number, Partial<StatementTruth>]>([
    ['inline', {}, 10, { format: 'arrow', fetchCalls: 0 }],
    ['several pages with LZ4', { pages: 3, lz4: true }, 30, { lz4: true, fetchCalls: 2 }],
    ['CloudFetch', { format: 'cloudfetch', pages: 2 }, 40, { format: 'cloudfetch', filesOffered: 4 }],
    ['CloudFetch with LZ4', { format: 'cloudfetch', lz4: true }, 20, { lz4: true, filesOffered: 2 }],
    ['polls', { polls: 2 }, 10, { format: 'arrow' }],
    ['no result set', { resultSet: false }, 0, { bytes: 0 }],
  ])('gets the rows: %s', async (_title, scenario, count, expected) => {
    const session = await open();
    const operation = await session.executeStatement(sql(scenario));
    expect(await operation.fetchAll()).toEqual(expectedRows(count));
    await operation.close();
    const truth = kernel.truth.statement(operation.id);
    expect(truth).toMatchObject({ state: 'FINISHED', sessionId: session.id, rows: count, ...expected });
    // The kernel closes in the background.
    await vi.waitFor(() => expect(truth?.closed).toBe(true), 30_000);
  });

  it('learns how a statement failed', async () => {
    const session = await open();
    const outcome = { state: 'ERROR', sqlState: '42P01', message: 'no table' } as const;
    const failing = session.executeStatement(sql({ outcome })).then((operation) => operation.fetchAll());
    await expect(failing).rejects.toMatchObject({ sqlState: '42P01', message: 'no table' });
    expect(lastKernelTruth()).toMatchObject({ state: 'ERROR' });
    const refused = session.executeStatement(sql({ executeStatus: { message: 'syntax error' } }));
    await expect(refused).rejects.toThrow('syntax error');
    const forbidden = session.executeStatement(sql({ http: { ExecuteStatement: { status: 403 } } }));
    await expect(forbidden).rejects.toThrow('403');
    expect(lastKernelTruth()).toMatchObject({ state: 'REJECTED', httpFailures: 1 });
  });

  it('cancels, and passes parameters and tags', async () => {
    const session = await open();
    const options = { namedParameters: { a: 1 }, queryTags: { team: 'x' } };
    const operation = await session.executeStatement(sql({ polls: 1000 }), options);
    await operation.cancel();
    expect(kernel.truth.statement(operation.id)).toMatchObject({
      state: 'CANCELED',
      cancelled: true,
      parameters: [{ name: 'a', value: '1' }],
      queryTags: 'team:x',
    });
  });

  it('asks for metadata in SQL', async () => {
    const session = await open();
    const catalogs = await (await session.getCatalogs()).fetchAll();
    expect(catalogs).toEqual([{ TABLE_CAT: 'main' }, { TABLE_CAT: 'samples' }]);
    const table = { catalogName: 'main', schemaName: 'default', tableName: 'rows' };
    const [column] = await (await session.getColumns(table)).fetchAll();
    expect(column).toMatchObject({ COLUMN_NAME: 'id', TYPE_NAME: 'INT' });
    expect(lastKernelTruth()?.sql).toMatch(/^SHOW COLUMNS/);
  });

  it('opens and closes sessions, or not', async () => {
    const session = await open();
    await session.close();
    const truth = kernel.truth.sessions.find(({ id }) => id === session.id);
    expect(truth).toMatchObject({ token: TOKEN, closedAt: expect.any(Number) });
    kernel.faults.next('OpenSession', { status: 401 });
    await expect(open()).rejects.toThrow('401');
  });
});

describe('ways to connect', () => {
  it('asks for a client certificate where told', async () => {
    const strict = await startLocalDatabricks({ requireClientCertificate: true });
    const { cert, key } = await makeClientCertificate();
    const known = await openClient({ clientCert: cert, clientKey: key }, current, strict);
    expect((await known.openSession()).id).toMatch(/^[0-9a-f-]{36}$/);
    const stranger = await openClient({}, current, strict);
    await expect(stranger.openSession()).rejects.toThrow(/ECONNRESET|certificate|socket/i);
    await known.close();
    await strict.close();
  });

  it('is trusted by its CA, and by nothing else', async () => {
    const options = server.connectOptions();
    const trusting = new current.DBSQLClient({ logger: silent });
    clients.push(trusting);
    await trusting.connect(options);
    await trusting.openSession();
    delete options.customCaCert;
    const client = new current.DBSQLClient({ logger: silent });
    await client.connect(options);
    await expect(client.openSession()).rejects.toThrow(/certificate/);
  });

  it('is reached by any name through the CONNECT proxy, CloudFetch included', async () => {
    const proxy = await startConnectProxy(server);
    // Through a proxy the driver trusts what the process trusts, and nothing that its options say.
    const folder = await mkdtemp(join(tmpdir(), 'local-databricks-'));
    const caFile = join(folder, 'ca.pem');
    await writeFile(caFile, server.ca);
    const options = server.connectOptions({
      host: 'dbc-1.cloud.databricks.test',
      port: 443,
      proxy: { protocol: 'http', host: proxy.host, port: proxy.port },
    });
    const statement = sql({ format: 'cloudfetch' }, 'SELECT through_the_proxy');
    const script = `
      const { DBSQLClient } = require('@databricks/sql');
      const client = new DBSQLClient({ logger: { log() {} } });
      void client.connect(${JSON.stringify(options)})
        .then(() => client.openSession())
        .then((session) => session.executeStatement(${JSON.stringify(statement)}))
        .then((operation) => operation.fetchAll())
        .then((rows) => client.close().then(() => process.stdout.write(JSON.stringify(rows))));`;
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: caFile };
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], {
      cwd: join(here, '..'),
      env,
    });
    expect(JSON.parse(stdout)).toEqual(expectedRows(20));
    expect(server.truth.statements.find((known) => known.sql === statement)?.downloads).toHaveLength(2);
    expect(proxy.connects[0]).toMatchObject({ host: 'dbc-1.cloud.databricks.test', port: 443 });
    // On this route the driver's own telemetry arrives too.
    expect(server.flags.requests.at(-1)?.headers['host']).toBe('dbc-1.cloud.databricks.test');
    await rm(folder, { recursive: true });
    await proxy.close();
  });

  it('closes at once, whatever hangs', async () => {
    const stuck = await startLocalDatabricks();
    const client = await openClient({}, current, stuck);
    const session = await client.openSession();
    const hanging = session.executeStatement(sql({ http: { ExecuteStatement: 'hang' } }));
    const slow = session.executeStatement(sql({ executeDelayMs: 60_000 }));
    const settled = Promise.allSettled([hanging, slow]);
    while ((stuck.truth.calls.get('ExecuteStatement') ?? 0) < 2) await new Promise(setImmediate);
    const before = performance.now();
    await stuck.close();
    expect(performance.now() - before).toBeLessThan(10_000);
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  it('keeps going when clients send nonsense', async () => {
    const dispatcher = new Agent({ connect: { ca: server.ca } });
    const url = `https://${server.host}:${server.port}/sql/1.0/warehouses/x`;
    const headers = { 'content-type': 'application/x-thrift' };
    for (const body of ['', 'nonsense', Buffer.alloc(64)]) {
      const response = await fetch(url, { method: 'POST', headers, body, dispatcher });
      expect(response.status).toBe(500);
    }
    await dispatcher.destroy();
    expect((await run({})).rows).toHaveLength(10);
  });
});
