import { SpanStatusCode } from '@opentelemetry/api';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { expectedRows, type Scenario, sql } from '../support/local-databricks/index.js';
import { numberTag } from '../support/telemetry.js';
import { rejection, useBench } from './bench.js';

const bench = useBench();
const { execute, openSession } = bench;

const DELAY_MS = 40;
/** How exactly timers and rounding keep to a delay. */
const EARLY_MS = 2;

const ended = (): number => bench.telemetry.statements().length;
const tags = () => bench.statement().attributes;
const failed = (): boolean => bench.statement().status.code === SpanStatusCode.ERROR;

let begunAt = 0;
beforeEach(() => {
  begunAt = performance.now();
});

/** No less than the server's delay, and no more than the test has taken so far. */
function expectBetween(value: number, atLeast: number): void {
  expect(value).toBeGreaterThanOrEqual(atLeast - EARLY_MS);
  expect(value).toBeLessThanOrEqual(performance.now() - begunAt + EARLY_MS);
}

describe('executeStatement rejects: the span ends there, failed', () => {
  it.each<[string, Scenario, string]>([
    ['an HTTP status', { http: { ExecuteStatement: { status: 403 } } }, '403'],
    ['a status that could be tried again', { http: { ExecuteStatement: { status: 503 } } }, '503'],
    ['a TStatus error', { executeStatus: { errorCode: 1, message: 'no', sqlState: '42000' } }, 'StatusError'],
    ['a reset socket', { http: { ExecuteStatement: 'reset' } }, 'ECONNRESET'],
  ])('%s', async (_title, scenario, code) => {
    await rejection(execute(scenario));
    expect(ended()).toBe(1);
    expect(failed()).toBe(true);
    expect(tags()['error.type']).toBe(code);
    expect(tags()['databricks.statement.id']).toBeUndefined();
    expect(tags()['databricks.result.ready_latency_ms']).toBeUndefined();
  });

  it('in a session that is closed, without a request', async () => {
    const session = await openSession();
    await session.close();
    await rejection(session.executeStatement('SELECT 1'));
    expect(tags()['error.type']).toBe('HiveDriverError');
  });

  it('its latency is that of the request that failed', async () => {
    await rejection(execute({ executeDelayMs: DELAY_MS, executeStatus: { message: 'no' } }));
    expectBetween(numberTag(tags(), 'databricks.operation.latency_ms'), DELAY_MS);
  });
});

describe('all rows are read: the span ends with the last, closed or not', () => {
  it.each<[string, Scenario, number]>([
    ['one inline page', {}, 10],
    ['several inline pages', { pages: 3 }, 30],
    ['columns', { format: 'column', pages: 2 }, 20],
    ['CloudFetch', { format: 'cloudfetch', pages: 2 }, 40],
    ['asynchronous', { polls: 1, pages: 2 }, 20],
    ['an empty result', { rowsPerPage: 0 }, 0],
    ['closed by the server with the results', { closeWithDirectResults: true }, 10],
  ])('by fetchAll: %s', async (_title, scenario, count) => {
    const operation = await execute(scenario);
    expect(ended()).toBe(0);
    expect(await operation.fetchAll()).toEqual(expectedRows(count));
    expect(ended()).toBe(1);
    expect(failed()).toBe(false);
    expect(tags()).toMatchObject({
      'databricks.statement.id': operation.id,
      'db.response.returned_rows': count,
    });
    await operation.close();
    await operation.close();
    expect(ended()).toBe(1);
  });

  it('by fetchChunk and hasMoreRows, which finds that there is nothing more', async () => {
    const operation = await execute({ pages: 2 });
    expect(await operation.fetchChunk({ maxRows: 15 })).toHaveLength(15);
    expect(await operation.hasMoreRows()).toBe(true);
    expect(await operation.fetchChunk({ maxRows: 15 })).toHaveLength(5);
    expect(ended()).toBe(0);
    expect(await operation.hasMoreRows()).toBe(false);
    expect(ended()).toBe(1);
    expect(tags()['db.response.returned_rows']).toBe(20);
  });

  it.each(['rows', 'chunks'] as const)('by iterating over %s, and by a stream of them', async (mode) => {
    const session = await openSession();
    for (const source of ['iterator', 'stream']) {
      const operation = await session.executeStatement(sql({ pages: 2 }));
      const iterable = mode === 'rows' ? operation.iterateRows() : operation.iterateChunks();
      const rows: unknown[] = [];
      for await (const item of source === 'stream' ? operation.toNodeStream({ mode }) : iterable) {
        rows.push(item);
      }
      expect(rows.flat()).toEqual(expectedRows(20));
    }
    expect(
      bench.telemetry.statements().map(({ attributes }) => attributes['db.response.returned_rows']),
    ).toEqual([20, 20]);
  });

  it('application time counts as consumption, and not as latency', async () => {
    const start = performance.now();
    const operation = await execute({
      executeDelayMs: DELAY_MS,
      directResults: false,
      fetchDelayMs: DELAY_MS,
    });
    const idleFrom = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 3 * DELAY_MS));
    const idleMs = performance.now() - idleFrom;
    await operation.fetchChunk({ maxRows: 1 });
    const withoutIdleMs = performance.now() - start - idleMs;
    await new Promise((resolve) => setTimeout(resolve, 2 * DELAY_MS));
    await operation.fetchAll();
    const latency = numberTag(tags(), 'databricks.operation.latency_ms');
    const ready = numberTag(tags(), 'databricks.result.ready_latency_ms');
    expectBetween(latency, DELAY_MS);
    expectBetween(ready, 2 * DELAY_MS);
    expect(ready).toBeLessThanOrEqual(withoutIdleMs + EARLY_MS);
    expect(latency).toBeLessThanOrEqual(ready);
    expectBetween(numberTag(tags(), 'databricks.result.consumption_latency_ms'), 2 * DELAY_MS);
  });
});

describe('a statement without a result set ends when it is known to have finished, else at close', () => {
  it('known from the answer to executeStatement', async () => {
    await execute({ resultSet: false });
    expect(ended()).toBe(1);
    expect(failed()).toBe(false);
    expect(tags()['databricks.result.format']).toBeUndefined();
    expect(tags()['databricks.result.ready_latency_ms']).toBeUndefined();
  });

  it.each(['finished', 'fetchAll', 'getSchema'] as const)('learned by %s', async (method) => {
    const operation = await execute({ resultSet: false, polls: 1, pollDelayMs: DELAY_MS });
    expect(ended()).toBe(0);
    await operation[method]();
    expect(ended()).toBe(1);
    expect(numberTag(tags(), 'databricks.operation.latency_ms')).toBeGreaterThanOrEqual(2 * DELAY_MS);
    expect(tags()['databricks.poll.count']).toBe(2);
  });

  it('never asked: at close', async () => {
    const operation = await execute({ resultSet: false, polls: 1 });
    await operation.close();
    expect(ended()).toBe(1);
    expect(tags()['databricks.poll.count']).toBe(0);
  });

  it('said to have none while it runs: rows that nobody asked the server for do not end it', async () => {
    const operation = await execute({ resultSet: false, polls: 1 });
    Object.assign(Reflect.get(operation, 'backend').operationHandle, { hasResultSet: false });
    expect(await operation.fetchChunk()).toEqual([]);
    expect(ended()).toBe(0);
    await operation.finished();
    expect(ended()).toBe(1);
  });
});

describe('closed by the application before it was read: the span ends when close settles', () => {
  it('with a request', async () => {
    const operation = await execute({ pages: 3, closeDelayMs: DELAY_MS });
    await operation.fetchChunk({ maxRows: 1 });
    const closing = operation.close();
    expect(ended()).toBe(0);
    await closing;
    expect(ended()).toBe(1);
    expect(failed()).toBe(false);
    expect(tags()).toMatchObject({ 'db.response.returned_rows': 1 });
    expectBetween(numberTag(tags(), 'databricks.result.consumption_latency_ms'), DELAY_MS);
  });

  it('without a request, as the direct results brought the close', async () => {
    const operation = await execute({ closeWithDirectResults: true });
    expect(ended()).toBe(0);
    await operation.close();
    expect(ended()).toBe(1);
    expect(bench.server.truth.calls.get('CloseOperation')).toBeUndefined();
    expect(failed()).toBe(false);
  });

  it('unanswered: the latency is what the application spent in the driver before it gave up', async () => {
    const operation = await execute({ polls: 1_000, pollDelayMs: DELAY_MS, closeDelayMs: 5 * DELAY_MS });
    await operation.status();
    const inDriverMs = performance.now() - begunAt;
    await new Promise((resolve) => setTimeout(resolve, 2 * DELAY_MS));
    await operation.close();
    const latency = numberTag(tags(), 'databricks.operation.latency_ms');
    expect(latency).toBeGreaterThanOrEqual(DELAY_MS - EARLY_MS);
    expect(latency).toBeLessThanOrEqual(inDriverMs + EARLY_MS);
    expect(tags()['databricks.poll.count']).toBe(1);
  });

  it('while a fetch is in flight, which then rejects: no error', async () => {
    const operation = await execute({ directResults: false, fetchDelayMs: 800 });
    const fetching = rejection(operation.fetchChunk());
    await vi.waitFor(() => expect(bench.truth().fetchCalls).toBe(1), { interval: 2, timeout: 30_000 });
    await operation.close();
    expect(ended()).toBe(1);
    expect(await fetching).toMatchObject({ errorCode: 'CLOSED' });
    expect(failed()).toBe(false);
    expect(tags()['error.type']).toBeUndefined();
  });

  it('while it is being closed, what other calls reject with is no error', async () => {
    const http = { FetchResults: { status: 503 } } as const;
    const operation = await execute({ directResults: false, closeDelayMs: 300, http });
    const closing = operation.close();
    await rejection(operation.fetchChunk());
    expect(ended()).toBe(0);
    await closing;
    expect(ended()).toBe(1);
    expect(failed()).toBe(false);
  });

  it('and closed again, and cancelled: the span ends once', async () => {
    const operation = await execute({});
    await Promise.allSettled([operation.close(), operation.close()]);
    await operation.cancel();
    await operation.close();
    expect(ended()).toBe(1);
  });
});

describe('cancelled by the application: the span ends when cancel resolves, without an error', () => {
  it('while a fetch polls', async () => {
    const operation = await execute({ polls: 1_000 });
    const fetching = rejection(operation.fetchAll());
    await vi.waitFor(() => expect(bench.truth().statusCalls).toBeGreaterThan(0), {
      interval: 2,
      timeout: 30_000,
    });
    await operation.cancel();
    expect(ended()).toBe(1);
    expect(await fetching).toMatchObject({ errorCode: 'CANCELED' });
    await operation.close();
    expect(ended()).toBe(1);
    expect(failed()).toBe(false);
  });

  it('before anything was fetched', async () => {
    const operation = await execute({ polls: 1_000 });
    await operation.cancel();
    expect(ended()).toBe(1);
    expect(failed()).toBe(false);
  });
});

describe('the server says that it is over: the span ends at the rejection, failed', () => {
  const STATES = { ERROR: 'ERROR', TIMEDOUT: 'TIMEOUT', CANCELED: 'CANCELED', CLOSED: 'CLOSED' } as const;

  describe.each(['ERROR', 'TIMEDOUT', 'CANCELED', 'CLOSED'] as const)('%s', (state) => {
    it.each(['fetchAll', 'finished', 'getSchema', 'getMetadata'] as const)(
      'met by %s, after polls',
      async (method) => {
        const operation = await execute({ polls: 1, outcome: { state, sqlState: '57014' } });
        expect(ended()).toBe(0);
        await rejection(operation[method as 'finished']());
        expect(ended()).toBe(1);
        expect(failed()).toBe(true);
        expect(tags()).toMatchObject({
          'error.type': '57014',
          'db.response.status_code': '57014',
          'databricks.statement.id': operation.id,
          'databricks.poll.count': 2,
        });
        await operation.close();
        expect(ended()).toBe(1);
      },
    );

    it('met at once, without a SQLSTATE: the state is the code', async () => {
      const operation = await execute({ outcome: { state } });
      await rejection(operation.fetchAll());
      expect(tags()['error.type']).toBe(STATES[state]);
      expect(tags()['db.response.status_code']).toBeUndefined();
    });

    it('told by status() or the first answer, and then closed: the close bears it', async () => {
      const session = await openSession();
      for (const polls of [0, 1]) {
        const operation = await session.executeStatement(
          sql({ polls, outcome: { state, sqlState: '42P01' } }),
        );
        await operation.status();
        await operation.status();
        await operation.close();
      }
      expect(bench.telemetry.statements().map(({ attributes }) => attributes['error.type'])).toEqual([
        '42P01',
        '42P01',
      ]);
    });
  });

  it('told by the first answer and never asked about: failed, after the grace time', async () => {
    await bench.restart({ config: { statementGraceMs: 20 } });
    await execute({ outcome: { state: 'ERROR', sqlState: '42P01' } });
    expect(ended()).toBe(0);
    await vi.waitFor(() => expect(ended()).toBe(1), { interval: 2, timeout: 30_000 });
    expect(tags()['error.type']).toBe('42P01');
  });
});

describe('a terminal failure: the span ends at the rejection, failed', () => {
  it.each<[string, Scenario, string]>([
    ['while polling', { polls: 3, http: { GetOperationStatus: { status: 403 } } }, '403'],
    ['while fetching', { directResults: false, http: { FetchResults: { status: 404 } } }, '404'],
    [
      'while asking for metadata',
      { directResults: false, http: { GetResultSetMetadata: { status: 401 } } },
      '401',
    ],
    ['while downloading', { format: 'cloudfetch', downloads: { 1: { status: 403 } } }, '403'],
    ['an expired link', { format: 'cloudfetch', downloads: { 0: 'expired-link' } }, 'LINK_EXPIRED'],
  ])('%s', async (_title, scenario, code) => {
    const operation = await execute(scenario);
    expect(ended()).toBe(0);
    await rejection(operation.fetchAll());
    expect(ended()).toBe(1);
    expect(tags()['error.type']).toBe(code);
    expect(failed()).toBe(true);
    await operation.close();
    expect(ended()).toBe(1);
  });
});

describe('a failure that trying again may overcome keeps the statement open', () => {
  const once: Scenario = { directResults: false, http: { FetchResults: { status: 503, times: 1 } } };
  const always: Scenario = { directResults: false, http: { FetchResults: { status: 503 } } };

  it('overcome: it counts as a retry and is no error', async () => {
    const operation = await execute(once);
    await rejection(operation.fetchAll());
    expect(ended()).toBe(0);
    expect(await operation.fetchAll()).toEqual(expectedRows(10));
    expect(ended()).toBe(1);
    expect(failed()).toBe(false);
    expect(tags()['error.type']).toBeUndefined();
    expect(tags()['databricks.retry.count']).toBe(1);
  });

  it('closed: at close, with the error', async () => {
    const operation = await execute(always);
    await rejection(operation.fetchAll());
    expect(ended()).toBe(0);
    await operation.close();
    expect(ended()).toBe(1);
    expect(tags()['error.type']).toBe('503');
  });

  it('left alone: after statementGraceMs, with the error', async () => {
    await bench.restart({ config: { statementGraceMs: 30 } });
    const operation = await execute(always);
    await rejection(operation.fetchAll());
    const rejectedAt = performance.now();
    expect(ended()).toBe(0);
    await vi.waitFor(() => expect(ended()).toBe(1), { interval: 2, timeout: 30_000 });
    expect(performance.now() - rejectedAt).toBeGreaterThan(25);
    expect(tags()['error.type']).toBe('503');
    await operation.close();
    expect(ended()).toBe(1);
  });

  it('failed for good in the end: with that error', async () => {
    const operation = await execute({
      directResults: false,
      polls: 1,
      http: { GetOperationStatus: { status: 503, times: 5 } },
      outcome: { state: 'ERROR', sqlState: '42P01' },
    });
    await rejection(operation.finished());
    expect(ended()).toBe(0);
    await rejection(operation.finished());
    expect(ended()).toBe(1);
    expect(tags()['error.type']).toBe('42P01');
  });

  it('tried again for longer than the grace time: it is not over while somebody tries', async () => {
    await bench.restart({ config: { statementGraceMs: 30 } });
    const operation = await execute({ ...once, fetchDelayMs: 100 });
    await rejection(operation.fetchAll());
    expect(await operation.fetchAll()).toHaveLength(10);
    expect(failed()).toBe(false);
    expect(tags()['db.response.returned_rows']).toBe(10);
  });

  it('a poll that works again overcomes a poll that failed', async () => {
    await bench.restart({ config: { statementGraceMs: 20 } });
    const operation = await execute({
      directResults: false,
      polls: 1_000,
      http: { GetOperationStatus: { status: 503, times: 5 } },
    });
    await rejection(operation.status());
    await operation.status();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(ended()).toBe(0);
    await operation.cancel();
    expect(failed()).toBe(false);
    // Four retries by the driver, one by the application.
    expect(tags()['databricks.retry.count']).toBe(5);
  });
});

describe('nobody reads on: the span ends at the close of the operation, the session or the client', () => {
  it('for await … break', async () => {
    const operation = await execute({ pages: 3 });
    for await (const _row of operation.iterateRows()) {
      break;
    }
    expect(ended()).toBe(0);
    await operation.close();
    expect(ended()).toBe(1);
  });

  it('for await … break with autoClose: the driver closes', async () => {
    const operation = await execute({ pages: 3 });
    for await (const _row of operation.iterateRows({ autoClose: true })) {
      break;
    }
    await vi.waitFor(() => expect(ended()).toBe(1), { interval: 2, timeout: 30_000 });
  });

  it('finished() only', async () => {
    const session = await openSession();
    const operation = await session.executeStatement(sql({ polls: 1 }));
    await operation.finished();
    expect(ended()).toBe(0);
    await session.close();
    expect(ended()).toBe(1);
    expect(tags()['databricks.poll.count']).toBe(2);
    expect(failed()).toBe(false);
  });

  it('session.close closes every one', async () => {
    const session = await openSession();
    await Promise.all([1, 2, 3].map(() => session.executeStatement(sql({ pages: 2 }))));
    expect(ended()).toBe(0);
    await session.close();
    expect(ended()).toBe(3);
  });

  it('client.close closes every one', async () => {
    const client = await bench.connect();
    const sessions = [await client.openSession(), await client.openSession()];
    await Promise.all(sessions.map((session) => session.executeStatement(sql({ pages: 2 }))));
    expect(ended()).toBe(0);
    await client.close();
    expect(ended()).toBe(2);
    expect(bench.telemetry.open.size).toBe(0);
  });
});

describe('nothing ever comes: the span ends as incomplete', () => {
  const incomplete = () =>
    bench.telemetry.statements().map(({ attributes }) => attributes['databricks.operation.incomplete']);

  it('after statementTtlMs, each at its own age', async () => {
    await bench.restart({ config: { statementTtlMs: 600 } });
    const session = await openSession();
    const startedAt = performance.now();
    await session.executeStatement(sql({ pages: 2 }));
    await new Promise((resolve) => setTimeout(resolve, 300));
    await session.executeStatement(sql({ pages: 2 }));
    expect(ended()).toBe(0);
    await vi.waitFor(() => expect(ended()).toBe(1), { interval: 2, timeout: 30_000 });
    expect(performance.now() - startedAt).toBeGreaterThan(595);
    await vi.waitFor(() => expect(ended()).toBe(2), { interval: 2, timeout: 30_000 });
    expect(performance.now() - startedAt).toBeGreaterThan(895);
    expect(incomplete()).toEqual([true, true]);
    expect(bench.telemetry.open.size).toBe(0);
  });

  it('the oldest first, beyond maxInFlightStatements', async () => {
    await bench.restart({ config: { maxInFlightStatements: 2 } });
    const session = await openSession();
    const operations = [];
    for (let i = 0; i < 4; i++) {
      operations.push(await session.executeStatement(sql({ pages: 2 })));
    }
    expect(
      bench.telemetry.statements().map(({ attributes }) => attributes['databricks.statement.id']),
    ).toEqual(operations.slice(0, 2).map(({ id }) => id));
    expect(incomplete()).toEqual([true, true]);
    await session.close();
    expect(incomplete()).toEqual([true, true, undefined, undefined]);
  });

  it('when the instrumentation is disabled; the application goes on unobserved', async () => {
    const operation = await execute({ pages: 2 });
    bench.telemetry.instrumentation.disable();
    expect(incomplete()).toEqual([true]);
    expect(await operation.fetchAll()).toHaveLength(20);
    await operation.close();
    expect(ended()).toBe(1);
  });
});

describe('op.close() or cancel() fails: the span ends at the rejection, failed', () => {
  it.each(['CloseOperation', 'CancelOperation'] as const)('%s', async (rpc) => {
    const operation = await execute({ http: { [rpc]: { status: 403, times: 1 } }, pages: 2 });
    const end = () => (rpc === 'CloseOperation' ? operation.close() : operation.cancel());
    await rejection(end());
    expect(ended()).toBe(1);
    expect(failed()).toBe(true);
    expect(tags()['error.type']).toBe('403');
    await end();
    expect(ended()).toBe(1);
  });

  it('session.close gives up on it: both bear the failure', async () => {
    const session = await openSession();
    await session.executeStatement(sql({ http: { CloseOperation: { status: 403, times: 1 } } }));
    await rejection(session.close());
    const [statement, close] = bench.telemetry.operations().slice(-2);
    expect(statement?.attributes['error.type']).toBe('403');
    expect(close?.attributes).toMatchObject({
      'databricks.operation.type': 'DELETE_SESSION',
      'error.type': '403',
    });
    await session.close();
    expect(bench.telemetry.operations().at(-1)?.attributes['error.type']).toBeUndefined();
  });
});
