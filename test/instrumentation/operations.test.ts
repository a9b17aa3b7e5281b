import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DriverOperation, DriverSession } from '../support/drivers.js';
import { type Scenario, STAGED_FILE, sql } from '../support/local-databricks/index.js';
import { numberTag } from '../support/telemetry.js';
import { rejection, useBench } from './bench.js';

const bench = useBench();

const TABLE = { catalogName: 'main', schemaName: 'default', tableName: 'rows' };
const METADATA_CALLS: readonly [string, string, (session: DriverSession) => Promise<DriverOperation>][] = [
  ['getTypeInfo', 'LIST_TYPE_INFO', (s) => s.getTypeInfo()],
  ['getCatalogs', 'LIST_CATALOGS', (s) => s.getCatalogs()],
  ['getSchemas', 'LIST_SCHEMAS', (s) => s.getSchemas()],
  ['getTables', 'LIST_TABLES', (s) => s.getTables()],
  ['getTableTypes', 'LIST_TABLE_TYPES', (s) => s.getTableTypes()],
  ['getColumns', 'LIST_COLUMNS', (s) => s.getColumns()],
  ['getFunctions', 'LIST_FUNCTIONS', (s) => s.getFunctions({ functionName: 'abs' })],
  ['getPrimaryKeys', 'LIST_PRIMARY_KEYS', (s) => s.getPrimaryKeys(TABLE)],
  [
    'getCrossReference',
    'LIST_CROSS_REFERENCES',
    (s) =>
      s.getCrossReference({
        parentCatalogName: 'main',
        parentSchemaName: 'default',
        parentTableName: 'rows',
        foreignCatalogName: 'main',
        foreignSchemaName: 'default',
        foreignTableName: 'other_rows',
      }),
  ],
];

describe('metadata calls', () => {
  it.each(METADATA_CALLS)('%s is one statement of type METADATA', async (method, type, call) => {
    const session = await bench.openSession();
    const operation = await call(session);
    expect(bench.telemetry.statements()).toEqual([]);
    expect((await operation.fetchAll()).length).toBeGreaterThan(0);
    const span = bench.statement();
    expect(span.kind).toBe(SpanKind.CLIENT);
    expect(span.attributes).toMatchObject({
      'db.operation.name': method,
      'databricks.operation.type': type,
      'databricks.statement.type': 'METADATA',
      'databricks.session.id': session.id,
      'databricks.statement.id': operation.id,
      'databricks.result.format': 'COLUMNAR_INLINE',
      'databricks.poll.count': 0,
    });
  });

  it('fails as a statement does', async () => {
    const session = await bench.openSession();
    const outcome = { state: 'ERROR', sqlState: '42501' } as const;
    bench.server.faults.next('GetTables', { scenario: { outcome, polls: 1 } });
    const operation = await session.getTables();
    await rejection(operation.fetchAll());
    expect(bench.statement().attributes).toMatchObject({
      'databricks.operation.type': 'LIST_TABLES',
      'error.type': '42501',
      'databricks.poll.count': 2,
    });
  });

  it('getInfo has a statement type and no operation type: there is none for it', async () => {
    const session = await bench.openSession();
    await session.getInfo(17);
    expect(bench.statement().attributes).toMatchObject({
      'db.operation.name': 'getInfo',
      'databricks.statement.type': 'METADATA',
      'databricks.operation.latency_ms': expect.any(Number),
    });
    expect(bench.statement().attributes['databricks.operation.type']).toBeUndefined();
  });
});

describe('sessions and connections', () => {
  it('connect, openSession and session.close are one span each', async () => {
    const client = await bench.connect();
    const session = await client.openSession();
    await session.close();
    await session.close();
    await client.close();
    await client.close();
    const spans = bench.telemetry.operations();
    expect(spans.map(({ attributes }) => attributes['databricks.operation.type'])).toEqual([
      undefined,
      'CREATE_SESSION',
      'DELETE_SESSION',
    ]);
    for (const span of spans.slice(1)) {
      expect(span.attributes['databricks.session.id']).toBe(session.id);
      expect(span.attributes['databricks.statement.type']).toBeUndefined();
    }
  });

  it('their latency encloses the server’s delay', async () => {
    const client = await bench.connect();
    bench.server.faults.next('OpenSession', { delayMs: 40 });
    const session = await client.openSession();
    bench.server.faults.next('CloseSession', { delayMs: 40 });
    await session.close();
    for (const { attributes } of bench.telemetry.operations().slice(1)) {
      expect(numberTag(attributes, 'databricks.operation.latency_ms')).toBeGreaterThanOrEqual(38);
    }
  });
});

describe('statements', () => {
  it.each([
    ['SELECT 1', 'QUERY'],
    ['WITH t AS (SELECT 1) SELECT * FROM t', 'QUERY'],
    ['UPDATE t SET a = 1', 'UPDATE'],
    ['INSERT INTO t VALUES (1)', 'UPDATE'],
    ['CREATE TABLE t (a INT)', 'SQL'],
  ])('%s', async (text, type) => {
    await (await bench.execute({ closeWithDirectResults: true }, text)).fetchAll();
    expect(bench.statement().attributes).toMatchObject({
      'databricks.statement.type': type,
      'databricks.operation.type': 'EXECUTE_STATEMENT',
    });
  });

  it.each<[string, Scenario, string, boolean]>([
    ['Arrow', {}, 'INLINE_ARROW', false],
    ['Arrow, compressed', { lz4: true }, 'INLINE_ARROW', true],
    ['columns', { format: 'column' }, 'COLUMNAR_INLINE', false],
    ['CloudFetch', { format: 'cloudfetch' }, 'EXTERNAL_LINKS', false],
    ['CloudFetch, compressed', { format: 'cloudfetch', lz4: true }, 'EXTERNAL_LINKS', true],
  ])('the format of the result: %s', async (_title, scenario, format, compressed) => {
    await (await bench.execute(scenario)).fetchAll();
    expect(bench.statement().attributes).toMatchObject({
      'databricks.result.format': format,
      'databricks.result.compressed': compressed,
    });
    if (format !== 'COLUMNAR_INLINE') {
      expect(bench.statement().attributes['databricks.result.bytes_downloaded']).toBe(bench.truth().bytes);
    }
  });

  it('polls are counted, with the time that they took, and have one span', async () => {
    await (await bench.execute({ polls: 3, pollDelayMs: 20 })).fetchAll();
    const span = bench.statement();
    expect(span.attributes['databricks.poll.count']).toBe(bench.truth().statusAnswers);
    const pollMs = numberTag(span.attributes, 'databricks.poll.latency_ms');
    expect(pollMs).toBeGreaterThanOrEqual(4 * 18);
    // The driver's pauses between polls are not polls.
    expect(pollMs).toBeLessThan(numberTag(span.attributes, 'databricks.operation.latency_ms') - 250);
    expect(bench.telemetry.inner(span).map(({ name }) => name)).toEqual(['execute', 'wait']);
  });

  it('CloudFetch: one span per file, below the statement’s, and ended before it', async () => {
    await (await bench.execute({ format: 'cloudfetch', pages: 3, filesPerPage: 2, lz4: true })).fetchAll();
    const span = bench.statement();
    const truth = bench.truth();
    expect(span.attributes['databricks.result.chunk_count']).toBe(truth.filesOffered);
    const downloads = bench.telemetry.inner(span, 'download');
    const bytes = downloads.map(({ attributes }) => [
      attributes['databricks.chunk.index'],
      attributes['databricks.chunk.bytes'],
      attributes['databricks.chunk.rows'],
    ]);
    expect(bytes.sort()).toEqual(truth.downloads.map((file) => [file.index, file.bytes, 10]).sort());
    const order = bench.telemetry.ended;
    for (const download of downloads) {
      expect(order.indexOf(download)).toBeLessThan(order.indexOf(span));
      expect(download.kind).toBe(SpanKind.INTERNAL);
    }
  });

  it('CloudFetch, closed before anything was fetched: how many files there are is not known', async () => {
    await (await bench.execute({ format: 'cloudfetch', pages: 2 })).close();
    expect(bench.statement().attributes['databricks.result.format']).toBe('EXTERNAL_LINKS');
    expect(bench.statement().attributes['databricks.result.chunk_count']).toBeUndefined();
  });
});

describe('volume transfers are one statement, which ends with the transfer', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'volume-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function transfer(staging: NonNullable<Scenario['staging']>): Promise<unknown> {
    const session = await bench.openSession();
    return session.executeStatement(sql({ staging, executeDelayMs: 20 }), {
      stagingAllowedLocalPath: folder,
    });
  }

  it.each(['GET', 'PUT', 'REMOVE'] as const)('%s', async (operation) => {
    const localFile = join(folder, `${operation}.csv`);
    if (operation === 'PUT') {
      await writeFile(localFile, STAGED_FILE);
    }
    await transfer({ operation, ...(operation === 'REMOVE' ? {} : { localFile }) });
    const { attributes, status } = bench.statement();
    expect(status.code).toBe(SpanStatusCode.UNSET);
    expect(attributes).toMatchObject({
      'databricks.operation.type': 'EXECUTE_STATEMENT',
      'databricks.statement.type': 'VOLUME',
      'databricks.volume.operation': operation === 'REMOVE' ? 'DELETE' : operation,
      'databricks.statement.id': bench.truth().id,
    });
    expect(numberTag(attributes, 'databricks.operation.latency_ms')).toBeGreaterThanOrEqual(18);
    // The row that names the presigned URL is the driver's own affair.
    expect(attributes['db.response.returned_rows']).toBeUndefined();
    expect(attributes['databricks.result.consumption_latency_ms']).toBeUndefined();
    if (operation === 'GET') {
      expect(await readFile(localFile)).toEqual(STAGED_FILE);
    }
    // Neither the URL nor the file's name is told, but in the query text, which stays local.
    const { 'db.query.text': _text, ...others } = attributes;
    expect(JSON.stringify(others)).not.toMatch(/presigned|csv/);
  });

  it('that fail bear their error, and their kind', async () => {
    await rejection(transfer({ operation: 'REMOVE', status: 403 }));
    expect(bench.statement().attributes).toMatchObject({
      'databricks.statement.type': 'VOLUME',
      'databricks.volume.operation': 'DELETE',
      'error.type': '403',
      'databricks.statement.id': bench.truth().id,
    });
  });

  it('to a path that is not allowed: failed before there was a transfer', async () => {
    await rejection(transfer({ operation: 'GET', localFile: '/nowhere/x.csv' }));
    expect(bench.statement().attributes).toMatchObject({ 'error.type': 'StagingError' });
  });

  it('a query that merely might have been one is a query, and ends as one', async () => {
    const session = await bench.openSession();
    const options = { stagingAllowedLocalPath: folder };
    const operation = await session.executeStatement(sql({ pages: 2 }), options);
    expect(bench.telemetry.statements()).toEqual([]);
    expect(await operation.fetchAll()).toHaveLength(20);
    expect(bench.statement().attributes).toMatchObject({
      'databricks.statement.type': 'QUERY',
      'db.response.returned_rows': 20,
    });
    await session.executeStatement(sql({ resultSet: false }), options);
    expect(bench.telemetry.statements()).toHaveLength(2);
  });

  it('a query that fails is failed once', async () => {
    const session = await bench.openSession();
    const failing = session.executeStatement(
      sql({ polls: 1, outcome: { state: 'ERROR', sqlState: '42P01' } }),
      {
        stagingAllowedLocalPath: folder,
      },
    );
    await rejection(failing);
    expect(bench.statement().attributes).toMatchObject({ 'error.type': '42P01', 'databricks.poll.count': 2 });
  });
});
