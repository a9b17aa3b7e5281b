import { setTimeout as sleep } from 'node:timers/promises';
import { context, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { sql } from '../support/local-databricks/index.js';
import { only } from '../support/telemetry.js';
import { useRecordBench } from './bench.js';

const bench = useRecordBench();

/**
 * What made another driver give up building its telemetry on spans, one test each. Every one fails if its
 * remedy is taken away.
 */
describe('six failures of span-based telemetry', () => {
  it('1. children end before the parent and readers after it: the record waits for the last reader', async () => {
    bench.start();
    const session = await bench.openSession();
    const operation = await session.executeStatement(
      sql({ format: 'cloudfetch', pages: 3, filesPerPage: 2, downloadDelayMs: 20 }),
    );
    expect(await bench.statements()).toEqual([]);
    await operation.fetchChunk({ maxRows: 1 });
    expect(await bench.statements()).toEqual([]);
    await operation.fetchAll();
    const record = only(await bench.statements());
    expect(record.chunks).toMatchObject({ present: 6, iterated: 6 });
    expect(record.chunks?.sumMs).toBeGreaterThanOrEqual(6 * 18);
    expect(record.chunks?.slowestMs).toBeGreaterThanOrEqual(record.chunks?.initialMs ?? Number.NaN);
    expect(record.readyMs).toBeGreaterThanOrEqual(record.latencyMs ?? Number.NaN);
    // And the children are there before it.
    const span = only(bench.telemetry.statements());
    const ends = bench.telemetry.ended;
    for (const child of bench.telemetry.inner(span)) {
      expect(ends.indexOf(child)).toBeLessThan(ends.indexOf(span));
    }
    expect(bench.processor.stats().lateChildren).toBe(0);
  });

  it('2. tags are not inherited: parentage leads from a download to its statement, wherever it was fetched', async () => {
    bench.start();
    const session = await bench.openSession();
    const failing = await session.executeStatement(
      sql({ format: 'cloudfetch', downloads: { 1: { status: 404 } } }, 'SELECT 1'),
    );
    const other = await session.executeStatement(sql({ format: 'cloudfetch' }, 'SELECT 2'));
    // Both are fetched under one foreign span, and at the same time.
    const foreign = trace.getTracer('application').startSpan('request', {}, ROOT_CONTEXT);
    await context.with(trace.setSpan(ROOT_CONTEXT, foreign), () =>
      Promise.allSettled([failing.fetchAll(), other.fetchAll()]),
    );
    foreign.end();
    const records = await bench.records();
    expect(only(records.filter(({ chunkId }) => chunkId !== undefined))).toMatchObject({
      chunkId: 1,
      errorName: '404',
      sessionId: session.id,
      statementId: failing.id,
      workspaceId: expect.stringMatching(/^\d+$/),
    });
    const chunksOf = (id: string) =>
      only(records.filter((r) => r.statementId === id && r.chunkId === undefined)).chunks;
    expect(chunksOf(failing.id)?.iterated).toBe(1);
    expect(chunksOf(other.id)?.iterated).toBe(2);
    // No id is repeated on an inner span for that.
    for (const download of bench.telemetry.ended.filter(({ name }) => name === 'download')) {
      expect(download.attributes).not.toHaveProperty('databricks.statement.id');
    }
  });

  it('2. … even where the context is lost between calls, or was never carried', async () => {
    bench.start();
    context.disable();
    const session = await bench.openSession();
    await bench.run(session, { format: 'cloudfetch', pages: 2, polls: 1 });
    expect(only(await bench.statements()).chunks?.iterated).toBe(4);
    const span = only(bench.telemetry.statements());
    expect(bench.telemetry.inner(span)).toHaveLength(6);
  });

  it('3. routing by names: a span may be called anything, and foreign ones may be called as ours are', async () => {
    bench.start({ config: { requestHook: (span) => span.updateName('something else') } });
    const foreign = trace.getTracer('application');
    const attributes = {
      'db.system.name': 'databricks',
      'databricks.operation.type': 'EXECUTE_STATEMENT',
      'databricks.statement.type': 'QUERY',
      'databricks.chunk.index': 1,
    };
    // The driver authenticates before each request: inside of our spans, with the connection at hand.
    const provider = {
      authenticate: async () => {
        for (const name of ['executeStatement', 'download', 'openSession', 'SELECT rows', 'execute']) {
          foreign.startSpan(name, { kind: SpanKind.CLIENT, attributes }).end();
        }
        return { Authorization: 'Bearer x' };
      },
    };
    const session = await bench.openSession({ authType: 'custom', provider } as never);
    await bench.run(session, { format: 'cloudfetch' }, 'SELECT * FROM openSession');
    await (await session.getTables()).fetchAll();
    const records = await bench.records();
    expect(records.map(({ operationType }) => operationType)).toEqual([
      'CREATE_SESSION',
      'EXECUTE_STATEMENT',
      'LIST_TABLES',
    ]);
    expect(records[1]?.chunks?.iterated).toBe(2);
  });

  it('4. several emissions per statement: one record, whatever happens to it, and nothing is left behind', async () => {
    const ends: string[] = [];
    const responseHook = (_span: unknown, { operation }: { operation: string }) => ends.push(operation);
    bench.start({ config: { statementGraceMs: 10, responseHook } });
    const session = await bench.openSession();
    const operation = await session.executeStatement(
      sql({ directResults: false, polls: 1, pages: 2, http: { FetchResults: { status: 503, times: 1 } } }),
    );
    await operation.status();
    await operation.finished();
    await operation.fetchChunk().catch(() => undefined);
    await operation.fetchAll();
    await sleep(30);
    await Promise.allSettled([operation.close(), operation.cancel(), operation.close()]);
    await operation.fetchAll().catch(() => undefined);
    await session.close();
    expect(only(await bench.statements())).toMatchObject({ errorName: undefined, retryCount: 1 });
    expect(bench.processor.stats()).toMatchObject({ openStatements: 0, incomplete: 0 });
    expect(ends).toEqual(['connect', 'openSession', 'executeStatement', 'closeSession']);
  });

  it('5. the time that the consumer took: in the record, and in no latency', async () => {
    bench.start();
    const session = await bench.openSession();
    const operation = await session.executeStatement(sql({ pages: 2 }));
    for await (const _chunk of operation.iterateChunks({ maxRows: 10 })) {
      await sleep(60);
    }
    const { consumptionMs, latencyMs, readyMs } = only(await bench.statements());
    expect(consumptionMs).toBeGreaterThanOrEqual(115);
    expect(latencyMs).toBeLessThanOrEqual(readyMs ?? Number.NaN);
    const span = only(bench.telemetry.statements());
    const spanMs = span.duration[0] * 1_000 + span.duration[1] / 1e6;
    expect((readyMs ?? Number.NaN) + (consumptionMs ?? Number.NaN)).toBeLessThanOrEqual(spanMs + 2);
    expect(readyMs).toBeLessThanOrEqual(spanMs - 115);
  });

  it('6. everybody’s activity: a foreign span costs one comparison', async () => {
    bench.start();
    const read: PropertyKey[] = [];
    const foreign = new Proxy(
      { instrumentationScope: { name: 'somebody-else' } },
      {
        get: (target, key) => {
          read.push(key);
          return Reflect.get(target, key);
        },
      },
    );
    const parent = new Proxy(ROOT_CONTEXT, {
      get: () => {
        throw new Error('the context of a foreign span was looked at');
      },
    });
    bench.processor.onStart(foreign as never, parent);
    bench.processor.onEnd(foreign as never);
    expect(read).toEqual(['instrumentationScope', 'instrumentationScope']);
    expect(bench.processor.stats().internalErrors).toBe(0);
  });
});
