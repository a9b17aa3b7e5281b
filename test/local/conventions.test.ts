import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Scenario, sql } from '../support/local-databricks/index.js';
import { type LocalSetUp, setUpLocal } from './setUp.js';

type Session = Awaited<ReturnType<Awaited<ReturnType<LocalSetUp['connect']>>['openSession']>>;

interface Call {
  readonly name: string;
  run(session: Session): Promise<unknown>;
  readonly span: string;
  readonly attributes: Record<string, unknown>;
  readonly failed?: boolean;
}

const METADATA: ReadonlyArray<readonly [method: keyof Session, request: object]> = [
  ['getTypeInfo', {}],
  ['getCatalogs', {}],
  ['getSchemas', { catalogName: 'main' }],
  ['getTables', { catalogName: 'main', schemaName: 'default' }],
  ['getTableTypes', {}],
  ['getColumns', { catalogName: 'main', schemaName: 'default', tableName: 't' }],
  ['getFunctions', { functionName: 'abs' }],
  ['getPrimaryKeys', { schemaName: 'default', tableName: 't' }],
  [
    'getCrossReference',
    {
      parentCatalogName: 'main',
      parentSchemaName: 'a',
      parentTableName: 'b',
      foreignCatalogName: 'main',
      foreignSchemaName: 'c',
      foreignTableName: 'd',
    },
  ],
];

async function readAll(session: Session, scenario: Scenario, text: string, options = {}): Promise<void> {
  const operation = await session.executeStatement(sql(scenario, text), options);
  await operation.fetchAll();
  await operation.close();
}

const NAMESPACE = { 'db.namespace': 'main|default' };

const CALLS: readonly Call[] = [
  {
    name: 'a query',
    run: (session) =>
      readAll(session, { rowsPerPage: 3 }, "SELECT * FROM orders WHERE name = 'x' AND n IN (1, 2)"),
    span: 'SELECT orders',
    attributes: {
      'db.query.summary': 'SELECT orders',
      'db.query.text': 'SELECT * FROM orders WHERE name = ? AND n IN (?)',
      'db.response.returned_rows': 3,
      ...NAMESPACE,
    },
  },
  {
    name: 'a parameterised query, whose text is kept',
    run: (session) =>
      readAll(session, {}, 'SELECT * FROM orders WHERE id = :id LIMIT 5', { namedParameters: { id: 7 } }),
    span: 'SELECT orders',
    attributes: {
      'db.query.summary': 'SELECT orders',
      'db.query.text': expect.stringMatching(/^SELECT \* FROM orders WHERE id = :id LIMIT 5/),
      'db.response.returned_rows': 10,
      ...NAMESPACE,
    },
  },
  {
    name: 'a join',
    run: (session) => readAll(session, {}, 'SELECT * FROM a JOIN b ON a.x = b.x'),
    span: 'SELECT a b',
    attributes: {
      'db.query.summary': 'SELECT a b',
      'db.query.text': 'SELECT * FROM a JOIN b ON a.x = b.x',
      'db.response.returned_rows': 10,
      ...NAMESPACE,
    },
  },
  {
    name: 'a statement without a result set',
    run: (session) => readAll(session, { resultSet: false }, 'CREATE TABLE t (id INT)'),
    span: 'CREATE TABLE t',
    attributes: {
      'db.query.summary': 'CREATE TABLE t',
      'db.query.text': 'CREATE TABLE t (id INT)',
      ...NAMESPACE,
    },
  },
  {
    name: 'a call of a stored procedure',
    run: (session) => readAll(session, { resultSet: false }, "call main.Admin.purge('orders')"),
    span: 'call main.Admin.purge',
    attributes: {
      'db.query.summary': 'call main.Admin.purge',
      'db.stored_procedure.name': 'main.Admin.purge',
      'db.query.text': 'call main.Admin.purge(?)',
      ...NAMESPACE,
    },
  },
  {
    name: 'USE, which leaves the namespace as it was when the session began',
    run: async (session) => {
      await readAll(session, { resultSet: false }, 'USE other');
    },
    span: 'USE other',
    attributes: { 'db.query.summary': 'USE other', 'db.query.text': 'USE other', ...NAMESPACE },
  },
  {
    name: 'a query by CloudFetch',
    run: (session) => readAll(session, { format: 'cloudfetch', pages: 2 }, 'SELECT * FROM big'),
    span: 'SELECT big',
    attributes: {
      'db.query.summary': 'SELECT big',
      'db.query.text': 'SELECT * FROM big',
      'db.response.returned_rows': 40,
      ...NAMESPACE,
    },
  },
  {
    name: 'a statement that fails on the server',
    run: (session) =>
      readAll(session, { outcome: { state: 'ERROR', sqlState: '42P01' } }, 'SELECT * FROM missing').catch(
        () => 0,
      ),
    span: 'SELECT missing',
    failed: true,
    attributes: {
      'db.query.summary': 'SELECT missing',
      'db.query.text': 'SELECT * FROM missing',
      'db.response.status_code': '42P01',
      'error.type': '42P01',
      ...NAMESPACE,
    },
  },
  {
    name: 'a statement that HTTP refuses',
    run: (session) =>
      readAll(session, { http: { ExecuteStatement: { status: 403 } } }, 'SELECT * FROM orders').catch(
        () => 0,
      ),
    span: 'SELECT orders',
    failed: true,
    attributes: {
      'db.query.summary': 'SELECT orders',
      'db.query.text': 'SELECT * FROM orders',
      'db.response.status_code': '403',
      'error.type': '403',
      ...NAMESPACE,
    },
  },
  {
    name: 'a statement whose connection is reset',
    run: (session) =>
      readAll(session, { http: { ExecuteStatement: 'reset' } }, 'SELECT * FROM orders').catch(() => 0),
    span: 'SELECT orders',
    failed: true,
    attributes: {
      'db.query.summary': 'SELECT orders',
      'db.query.text': 'SELECT * FROM orders',
      'error.type': 'ECONNRESET',
      ...NAMESPACE,
    },
  },
  {
    name: 'a cancelled statement, which is no failure',
    run: async (session) => {
      const operation = await session.executeStatement(
        sql({ directResults: false, polls: 50 }, 'SELECT * FROM slow'),
      );
      await operation.cancel();
    },
    span: 'SELECT slow',
    attributes: {
      'db.query.summary': 'SELECT slow',
      'db.query.text': 'SELECT * FROM slow',
      ...NAMESPACE,
    },
  },
  ...METADATA.map(([method, request]): Call => {
    const { catalogName, schemaName } = request as { catalogName?: string; schemaName?: string };
    const namespace =
      catalogName === undefined && schemaName === undefined
        ? 'main|default'
        : [catalogName, schemaName].filter((part) => part !== undefined).join('|');
    const table = method === 'getPrimaryKeys' ? 't' : undefined;
    return {
      name: method,
      run: async (session) => {
        const operation = await (session[method] as (request: object) => ReturnType<Session['getTables']>)(
          request,
        );
        await operation.fetchAll();
      },
      span: `${method} ${table ?? namespace}`,
      attributes: {
        'db.operation.name': method,
        'db.namespace': namespace,
        ...(table === undefined ? {} : { 'db.collection.name': table }),
        'db.response.returned_rows': expect.any(Number),
      },
    };
  }),
  {
    name: 'getInfo',
    run: (session) => session.getInfo(18),
    span: 'getInfo ADDRESS',
    attributes: { 'db.operation.name': 'getInfo', ...NAMESPACE },
  },
];

/** The attributes that the database conventions are about. */
function conventionsOf(span: ReadableSpan): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(span.attributes).filter(([name]) => /^(db|server|error|exception)\./.test(name)),
  );
}

describe('spans keep to the database conventions', () => {
  let local: LocalSetUp;
  let spans: ReadonlyMap<string, ReadableSpan>;
  let frame: readonly ReadableSpan[];

  beforeAll(async () => {
    local = await setUpLocal();
    const client = await local.connect();
    const session = await client.openSession({ initialCatalog: 'main', initialSchema: 'default' });
    const found = new Map<string, ReadableSpan>();
    for (const call of CALLS) {
      const before = local.spans().length;
      await call.run(session);
      const made = local.spans().slice(before);
      expect(
        made.map((span) => span.name),
        call.name,
      ).toHaveLength(1);
      for (const span of made) {
        found.set(call.name, span);
      }
    }
    await session.close();
    await client.close();
    spans = found;
    frame = local.spans();
  });

  afterAll(() => local.close());

  const common = () => ({
    'db.system.name': 'databricks',
    'server.address': local.db.host,
    'server.port': local.db.port,
  });
  const address = () => `${local.db.host}:${local.db.port}`;

  it('for at least 20 kinds of call', () => {
    expect(CALLS.length + 3).toBeGreaterThanOrEqual(20);
  });

  it.each(CALLS)('$name', ({ name, span, attributes, failed }) => {
    const made = spans.get(name);

    expect(made?.name).toBe(span.replace('ADDRESS', address()));
    expect(made?.kind).toBe(SpanKind.CLIENT);
    expect(made?.status).toEqual({ code: failed ? SpanStatusCode.ERROR : SpanStatusCode.UNSET });
    expect(made && conventionsOf(made)).toEqual({ ...common(), ...attributes });
  });

  it.each([
    ['connect', {}],
    ['openSession', NAMESPACE],
    ['closeSession', NAMESPACE],
  ])('%s', (method, attributes) => {
    const made = frame.filter((span) => span.attributes['db.operation.name'] === method);

    expect(made.map((span) => span.name)).toEqual([`${method} ${address()}`]);
    expect(made.map(conventionsOf)).toEqual([{ ...common(), 'db.operation.name': method, ...attributes }]);
    expect(made[0]?.kind).toBe(SpanKind.CLIENT);
  });

  it('every statement that the server took bears its id, so that a trace leads to the query history', () => {
    const ids = frame
      .map((span) => span.attributes['databricks.statement.id'])
      .filter((id) => id !== undefined);

    expect(ids.sort()).toEqual(
      local.db.truth.statements
        .filter((statement) => statement.state !== 'REJECTED' && statement.method !== 'GetInfo')
        .map((statement) => statement.id)
        .sort(),
    );
  });

  it('db.client.operation.duration tells every call, failures too, over the interval of operation latency', async () => {
    const metrics = (await local.metrics())?.scopeMetrics.flatMap((scope) => scope.metrics) ?? [];
    const duration = metrics.find((metric) => metric.descriptor.name === 'db.client.operation.duration');
    const points = (duration?.dataPoints ?? []) as ReadonlyArray<{
      attributes: Record<string, unknown>;
      value: { count: number; sum: number; buckets: { boundaries: number[] } };
    }>;

    expect(duration?.descriptor.unit).toBe('s');
    expect(points[0]?.value.buckets.boundaries).toEqual([0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]);
    expect(points.reduce((sum, point) => sum + point.value.count, 0)).toBe(CALLS.length + 3);
    const latencyMs = frame.reduce(
      (sum, span) => sum + Number(span.attributes['databricks.operation.latency_ms']),
      0,
    );
    const measuredMs = points.reduce((sum, point) => sum + point.value.sum, 0) * 1_000;
    expect(Math.abs(measuredMs - latencyMs)).toBeLessThan(frame.length);
    expect(points.map((point) => point.attributes)).toContainEqual({
      ...common(),
      ...NAMESPACE,
      'db.query.summary': 'SELECT missing',
      'db.response.status_code': '42P01',
      'error.type': '42P01',
    });
    for (const { attributes } of points) {
      expect(attributes).not.toHaveProperty('db.query.text');
      expect(Object.keys(attributes).filter((name) => name.startsWith('databricks.'))).toEqual([]);
    }
  });

  it('db.client.response.returned_rows tells the rows that were handed over', async () => {
    const metrics = (await local.metrics())?.scopeMetrics.flatMap((scope) => scope.metrics) ?? [];
    const rows = metrics.find((metric) => metric.descriptor.name === 'db.client.response.returned_rows');
    const points = (rows?.dataPoints ?? []) as ReadonlyArray<{ value: { sum: number } }>;

    const expected = frame.reduce(
      (sum, span) => sum + Number(span.attributes['db.response.returned_rows'] ?? 0),
      0,
    );
    expect(points.reduce((sum, point) => sum + point.value.sum, 0)).toBe(expected);
    expect(rows?.descriptor.unit).toBe('{row}');
  });
});
