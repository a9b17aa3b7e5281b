import { SpanStatusCode } from '@opentelemetry/api';
import { describe, expect, it, vi } from 'vitest';
import type { DriverVersion } from '../support/drivers.js';
import { expectedRows, type Scenario, sql } from '../support/local-databricks/index.js';
import { numberTag } from '../support/telemetry.js';
import { type Backend, rejection, useBench } from './bench.js';

/** What is the same for the driver's versions and backends. What is not is in docs/backends.md. */
const SETUPS: readonly [DriverVersion, Backend][] = [
  ['1.16', 'thrift'],
  ['1.17', 'thrift'],
  ['1.17', 'kernel'],
  ['2.1', 'thrift'],
  ['2.1', 'kernel'],
];

describe.each(SETUPS)('driver %s, %s', (version, backend) => {
  const bench = useBench(version, backend);
  const isKernel = backend === 'kernel';
  const tags = () => bench.statement().attributes;
  const ended = () => bench.telemetry.statements().length;

  it.each<[string, Scenario, number]>([
    ['inline', { lz4: true }, 10],
    ['several pages', { pages: 3 }, 30],
    ['CloudFetch', { format: 'cloudfetch', pages: 2 }, 40],
    ['polls', { polls: 2, pollDelayMs: 30 }, 10],
    // The local server's empty result has no schema, without which the kernel takes none.
    ['no rows', isKernel ? { resultSet: false } : { rowsPerPage: 0 }, 0],
  ])('a statement that is read to its end: %s', async (_title, scenario, count) => {
    const session = await bench.openSession();
    const operation = await session.executeStatement(sql(scenario));
    expect(ended()).toBe(0);
    expect(await operation.fetchAll()).toEqual(expectedRows(count));
    expect(ended()).toBe(1);
    const truth = bench.truth();
    expect(tags()).toMatchObject({
      'databricks.session.id': session.id,
      'databricks.statement.id': truth.id,
      'databricks.operation.type': 'EXECUTE_STATEMENT',
      'databricks.statement.type': 'QUERY',
      'db.response.returned_rows': truth.rows,
    });
    const latency = numberTag(tags(), 'databricks.operation.latency_ms');
    expect(latency).toBeGreaterThanOrEqual(isKernel ? 0 : (scenario.pollDelayMs ?? 0) * 3 - 6);
    expect(numberTag(tags(), 'databricks.result.ready_latency_ms')).toBeGreaterThanOrEqual(latency);
    await operation.close();
    expect(ended()).toBe(1);
    if (isKernel) {
      for (const tag of [
        'poll.count',
        'retry.count',
        'result.format',
        'result.compressed',
        'result.chunk_count',
      ]) {
        expect(tags()[`databricks.${tag}`], tag).toBeUndefined();
      }
    } else {
      expect(tags()['databricks.poll.count']).toBe(truth.statusAnswers);
      expect(tags()['databricks.result.compressed']).toBe(truth.lz4);
      expect(bench.telemetry.inner(bench.statement(), 'download')).toHaveLength(truth.downloads.length);
    }
  });

  it('closed before it was read, cancelled, left to its session', async () => {
    const session = await bench.openSession();
    await (await session.executeStatement(sql({ pages: 2 }))).close();
    const cancelled = await session.executeStatement(sql({ polls: 1_000 }));
    const fetching = rejection(cancelled.fetchAll());
    await vi.waitFor(() => expect(bench.truth().statusCalls).toBeGreaterThan(1), {
      interval: 2,
      timeout: 30_000,
    });
    await cancelled.cancel();
    expect(await fetching).toMatchObject({ errorCode: 'CANCELED' });
    await session.executeStatement(sql({ pages: 2 }));
    expect(ended()).toBe(2);
    await session.close();
    const spans = bench.telemetry.statements();
    expect(spans.map(({ status }) => status.code)).toEqual(Array(3).fill(SpanStatusCode.UNSET));
    expect(bench.telemetry.open.size).toBe(0);
  });

  it.each<[string, Scenario, string]>([
    ['at once', { outcome: { state: 'ERROR', sqlState: '42P01', message: 'secret' } }, '42P01'],
    ['after polls', { polls: 1, outcome: { state: 'ERROR', sqlState: '42P01', message: 'secret' } }, '42P01'],
    ['an HTTP status', { http: { ExecuteStatement: { status: 403 } } }, '403'],
    ['while polling', { polls: 1, http: { GetOperationStatus: { status: 403 } } }, '403'],
    ['while fetching', { directResults: false, pages: 3, http: { FetchResults: { status: 404 } } }, '404'],
    ['cancelled by the server', { polls: 1, outcome: { state: 'CANCELED' } }, 'CANCELED'],
  ])('a statement that fails: %s', async (_title, scenario, code) => {
    const session = await bench.openSession();
    const executing = session.executeStatement(sql(scenario));
    await rejection(executing.then((operation) => operation.fetchAll()));
    expect(ended()).toBe(1);
    expect(tags()['error.type']).toBe(code);
    expect(bench.statement().status).toEqual({ code: SpanStatusCode.ERROR });
    // Who rejects a request gives it no id.
    const hasId = bench.truth().state !== 'REJECTED';
    expect(tags()['databricks.statement.id']).toBe(hasId ? bench.truth().id : undefined);
    await session.close().catch(() => undefined);
    expect(ended()).toBe(1);
  });

  // The kernel tries for seconds before it gives up: that case is in the truth table.
  if (!isKernel) {
    it('a failed download', async () => {
      const downloads = { 1: { status: 403 } };
      const operation = await bench.execute({ format: 'cloudfetch', pages: 2, downloads });
      await rejection(operation.fetchAll());
      expect(tags()['error.type']).toBe('403');
      const failed = bench.telemetry
        .inner(bench.statement(), 'download')
        .filter(({ attributes }) => attributes['error.type'] !== undefined);
      expect(failed.map(({ attributes }) => attributes['databricks.chunk.index'])).toEqual([1]);
    });
  }

  it('a metadata call, whose id the kernel never shows', async () => {
    const session = await bench.openSession();
    expect(await (await session.getTables({ catalogName: 'main' })).fetchAll()).toHaveLength(2);
    expect(tags()).toMatchObject({
      'databricks.operation.type': 'LIST_TABLES',
      'databricks.statement.type': 'METADATA',
      'db.response.returned_rows': 2,
    });
    expect(tags()['databricks.statement.id']).toBe(isKernel ? undefined : bench.truth().id);
  });

  it('sessions, with what there is to know of the connection', async () => {
    const session = await bench.openSession();
    await session.close();
    const [, opened, closed] = bench.telemetry.operations();
    expect(opened?.attributes).toMatchObject({
      'databricks.operation.type': 'CREATE_SESSION',
      'databricks.driver.version': expect.stringMatching(`^${version.replace('.', '\\.')}\\.\\d+$`),
      'databricks.mode': isKernel ? 'SEA' : 'THRIFT',
    });
    expect(closed?.attributes).toMatchObject({
      'databricks.operation.type': 'DELETE_SESSION',
      'databricks.session.id': session.id,
    });
  });

  it('ids and rows of statements that run side by side', async () => {
    const session = await bench.openSession();
    const run = async (pages: number): Promise<void> => {
      const operation = await session.executeStatement(sql({ pages, polls: pages % 2 }));
      await operation.fetchAll();
    };
    await Promise.all([1, 2, 3, 4, 5, 6].map(run));
    const rows = bench.telemetry
      .statements()
      .map(({ attributes }) => [
        attributes['databricks.statement.id'],
        attributes['db.response.returned_rows'],
      ]);
    expect(new Map(rows as [string, number][])).toEqual(
      new Map(bench.server.truth.statements.map(({ id, rows }) => [id, rows])),
    );
  });
});
