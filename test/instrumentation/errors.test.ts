import { SpanStatusCode } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { type DriverFailure, describeFailure } from '../../src/instrumentation/driverErrors.js';
import { type Scenario, sql } from '../support/local-databricks/index.js';
import { only } from '../support/telemetry.js';
import { rejection, useBench } from './bench.js';

const bench = useBench();

/** Free text in a server's answer: it must be on no span, in no form. */
const CANARY = 'TABLE_OR_VIEW_NOT_FOUND secret_catalog.secret_schema /Volumes/secret';

/** What the application saw, and the one span that tells of it. */
async function fail(scenario: Scenario) {
  const session = await bench.openSession();
  const error = await rejection(
    session.executeStatement(sql(scenario)).then((operation) => operation.fetchAll()),
  );
  await session.close().catch(() => undefined);
  const span = bench.statement();
  expect(span.status).toEqual({ code: SpanStatusCode.ERROR });
  expect(span.events).toEqual([]);
  const { 'db.query.text': _sql, ...attributes } = span.attributes;
  expect(JSON.stringify(attributes)).not.toContain('secret');
  return { error, span, attributes };
}

describe('what an error looks like, and the code that it gets', () => {
  it('an HTTP status: THTTPException', async () => {
    const { error, attributes } = await fail({ http: { ExecuteStatement: { status: 429 } } });
    expect(error).toMatchObject({ statusCode: 429 });
    expect(attributes).toMatchObject({ 'error.type': '429', 'db.response.status_code': '429' });
  });

  it('retries exhausted: the status of the last attempt', async () => {
    const { error, attributes } = await fail({ polls: 1, http: { GetOperationStatus: { status: 502 } } });
    expect(error).not.toHaveProperty('statusCode');
    expect(attributes).toMatchObject({ 'error.type': '502', 'databricks.retry.count': 4 });
  });

  it('retries exhausted by resets: so much, as the driver keeps no more', async () => {
    const { attributes } = await fail({ polls: 1, http: { GetOperationStatus: 'reset' } });
    expect(attributes).toMatchObject({ 'error.type': 'ATTEMPTS_EXCEEDED', 'databricks.retry.count': 4 });
    expect(attributes['db.response.status_code']).toBeUndefined();
  });

  it('a TStatus error: StatusError, which is no Error and has no SQLSTATE', async () => {
    const { error, attributes } = await fail({
      executeStatus: { errorCode: 42, sqlState: '42601', message: CANARY },
    });
    expect(error).not.toBeInstanceOf(Error);
    expect(attributes['error.type']).toBe('StatusError');
  });

  it('an operation that failed: its SQLSTATE', async () => {
    const { error, attributes } = await fail({
      polls: 1,
      outcome: { state: 'ERROR', sqlState: '42P01', errorCode: 7, message: CANARY },
    });
    expect((error as Error).name).toBe('Error');
    expect((error as Error).message).toBe(CANARY);
    expect(attributes).toMatchObject({ 'error.type': '42P01', 'db.response.status_code': '42P01' });
  });

  it.each<[string, Scenario['downloads'], string]>([
    ['an HTTP status', { 1: { status: 404 } }, '404'],
    ['a link that expired', { 1: 'expired-link' }, 'LINK_EXPIRED'],
    ['a status, retried for good', { 1: { status: 500 } }, '500'],
    ['resets, retried for good', { 1: 'reset' }, 'ECONNRESET'],
  ])('a failed CloudFetch download, a plain Error: %s', async (_title, downloads = {}, code) => {
    const { span, attributes } = await fail({ format: 'cloudfetch', downloads });
    expect(attributes['error.type']).toBe(code);
    const downloaded = bench.telemetry.inner(span, 'download');
    const failed = only(downloaded.filter(({ status }) => status.code === SpanStatusCode.ERROR));
    expect(failed.attributes).toMatchObject({ 'databricks.chunk.index': 1, 'error.type': code });
    expect(downloaded.map(({ attributes: { 'databricks.chunk.index': index } }) => index).sort()).toEqual([
      0, 1,
    ]);
  });

  it('the rejection of another call of the same operation: the same code', async () => {
    const operation = await bench.execute({ polls: 1, outcome: { state: 'ERROR', sqlState: '22012' } });
    await Promise.all([rejection(operation.fetchAll()), rejection(operation.finished())]);
    expect(bench.statement().attributes['error.type']).toBe('22012');
  });
});

describe('calls that are no statements', () => {
  it.each([
    ['an HTTP status', { status: 401 }, '401'],
    ['a TStatus error', { thriftStatus: { message: CANARY } }, 'StatusError'],
    ['a reset socket', 'reset', 'ECONNRESET'],
  ] as const)('openSession: %s', async (_title, fault, code) => {
    const client = await bench.connect();
    bench.server.faults.always('OpenSession', fault);
    await rejection(client.openSession());
    const span = bench.telemetry.operations().at(-1);
    expect(span?.attributes).toMatchObject({
      'error.type': code,
      'databricks.operation.type': 'CREATE_SESSION',
    });
    expect(span?.status.code).toBe(SpanStatusCode.ERROR);
    expect(JSON.stringify(span?.attributes)).not.toContain('secret');
  });

  it('getInfo, a metadata call and session.close', async () => {
    const session = await bench.openSession();
    for (const [rpc, call] of [
      ['GetInfo', () => session.getInfo(17)],
      ['GetTables', () => session.getTables({})],
      ['CloseSession', () => session.close()],
    ] as const) {
      bench.server.faults.next(rpc, { status: 403 });
      await rejection(call());
      expect(bench.telemetry.operations().at(-1)?.attributes['error.type']).toBe('403');
    }
  });

  it('connect, refused by the driver itself', async () => {
    const failing = bench.connect({
      authType: 'custom',
      provider: { authenticate: () => Promise.reject(new Error('no')) },
    } as never);
    const client = await failing;
    await rejection(client.openSession());
    expect(bench.telemetry.operations().at(-1)?.attributes['error.type']).toBe('Error');
  });
});

describe('failures that were overcome are retries, and no errors', () => {
  it.each<[string, Scenario, number]>([
    ['polls', { polls: 2, http: { GetOperationStatus: { status: 503, times: 2 } } }, 2],
    ['metadata', { directResults: false, http: { GetResultSetMetadata: { reset: 1 } } }, 1],
    [
      'downloads, counted over all files',
      { format: 'cloudfetch', filesPerPage: 3, downloads: { 0: { status: 503, times: 1 }, 2: { reset: 2 } } },
      3,
    ],
    ['a close', { pages: 2, http: { CloseOperation: { status: 500, times: 1 } } }, 1],
  ])('%s', async (title, scenario, retries) => {
    const operation = await bench.execute(scenario);
    await (title === 'a close' ? operation.close() : operation.fetchAll());
    const span = bench.statement();
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(span.attributes['error.type']).toBeUndefined();
    expect(span.attributes['databricks.retry.count']).toBe(retries);
    const truth = bench.truth();
    expect(truth.httpFailures).toBe(retries);
  });

  it('a metadata call that was retried', async () => {
    const session = await bench.openSession();
    bench.server.faults.next('GetCatalogs', { status: 503 }, 2);
    await (await session.getCatalogs()).fetchAll();
    expect(bench.statement().attributes).toMatchObject({ 'databricks.retry.count': 2 });
    expect(bench.statement().attributes['error.type']).toBeUndefined();
  });

  it('of one statement are not counted for another that runs beside it', async () => {
    const session = await bench.openSession();
    await Promise.all(
      [0, 1, 2, 3].map(async (times) => {
        const http = times === 0 ? {} : { GetOperationStatus: { status: 503, times } };
        await (await session.executeStatement(sql({ polls: 1, http }, `SELECT ${times}`))).fetchAll();
      }),
    );
    const retries = bench.telemetry
      .statements()
      .map(({ attributes }) => attributes['databricks.retry.count']);
    expect(retries.sort()).toEqual([0, 1, 2, 3]);
  });
});

describe('describeFailure', () => {
  it.each<[string, unknown, Partial<DriverFailure>]>([
    ['a string', 'boom', { code: '_OTHER', mayRecover: true }],
    ['nothing', undefined, { code: '_OTHER' }],
    ['an object without a class', Object.create(null), { code: '_OTHER' }],
    ['a class of the application', new (class Secret extends Error {})('x'), { code: 'Secret' }],
    ['L1: a code that is text', { code: 'token dapi123 expired' }, { code: '_OTHER' }],
    ['L1: a code that looks like a name', { code: 'dapi0123456789' }, { code: '_OTHER' }],
    [
      'L1: an errno that is text',
      Object.assign(new TypeError('x'), { errno: 'secret' }),
      { code: 'TypeError' },
    ],
    ['L1: a name that somebody has set', { name: 'secret' }, { code: '_OTHER' }],
    [
      'L1: a class whose name is no name',
      new (Object.defineProperty(class extends Error {}, 'name', { value: 'token of Jane Doe' }))('x'),
      { code: 'Error' },
    ],
    [
      'L1: a class whose name is too long',
      new (Object.defineProperty(class extends Error {}, 'name', { value: 'X'.repeat(65) }))('x'),
      { code: 'Error' },
    ],
    [
      'L1: something that only pretends to have a class',
      { constructor: { name: 'secret' } },
      { code: '_OTHER' },
    ],
    ['an error code of the driver that is listed', { errorCode: 'LINK_EXPIRED' }, { code: 'LINK_EXPIRED' }],
    ['a status out of range', { statusCode: 999 }, { code: '_OTHER', statusCode: undefined }],
    ['a malformed SQLSTATE', { sqlState: "42'--" }, { code: '_OTHER', statusCode: undefined }],
    [
      'a cause inside',
      new Error('x', { cause: { code: 'ECONNREFUSED' } }),
      { code: 'ECONNREFUSED', mayRecover: true },
    ],
    ['a status of the kernel', { kernelMetadata: { httpStatus: 503 } }, { code: '503', mayRecover: true }],
    [
      'a hostile getter',
      {
        get errorCode() {
          throw new Error('no');
        },
      },
      { code: '_OTHER', mayRecover: false },
    ],
    [
      'a Proxy that throws',
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('no');
          },
        },
      ),
      { code: '_OTHER' },
    ],
  ])('takes %s', (_title, thrown, expected) => {
    expect(describeFailure(thrown)).toMatchObject(expected);
  });

  it('of an operation that is over keeps the earlier cause, for good', () => {
    const earlier = describeFailure({ statusCode: 503 });
    expect(describeFailure({ errorCode: 'CLOSED' }, earlier)).toEqual({ ...earlier, mayRecover: false });
    expect(describeFailure({ errorCode: 'CLOSED', response: {} }, earlier).code).toBe('CLOSED');
    expect(describeFailure({ errorCode: 'CLOSED' }).code).toBe('CLOSED');
  });
});
