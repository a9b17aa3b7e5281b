import { type HrTime, ROOT_CONTEXT } from '@opentelemetry/api';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { DatabricksSpanProcessorOptions } from '../../src/config.js';
import { suppressDatabricksTelemetry } from '../../src/context.js';
import { DatabricksSpanProcessor } from '../../src/processor/databricksSpanProcessor.js';
import type { ReadableSpanLike } from '../../src/spanShape.js';
import { connectionHandle, contextOf, downloadSpan, span, statementSpan } from '../support/spans.js';
import { CollectingExporter } from './support/collectingExporter.js';

const processors: DatabricksSpanProcessor[] = [];

function start(options: DatabricksSpanProcessorOptions = {}) {
  const exporter = new CollectingExporter();
  const processor = new DatabricksSpanProcessor({ ...options, exporter });
  processors.push(processor);
  const handle = connectionHandle();
  const context = contextOf(handle);
  return {
    exporter,
    processor,
    handle,
    context,
    run: (...spans: readonly ReadableSpanLike[]) => {
      for (const each of spans) {
        processor.onStart(each, context);
      }
      for (const each of [...spans].reverse()) {
        processor.onEnd(each);
      }
    },
    records: async () => {
      await processor.forceFlush();
      return exporter.records;
    },
  };
}

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(processors.splice(0).map((processor) => processor.shutdown()));
});

describe('DatabricksSpanProcessor', () => {
  it('makes one record of a statement, however many inner spans it has', async () => {
    const { run, records } = start();
    const statement = statementSpan({
      'databricks.result.format': 'EXTERNAL_LINKS',
      'databricks.result.chunk_count': 4,
    });
    run(
      statement,
      span({ name: 'execute', parentSpanContext: statement.spanContext() }),
      downloadSpan(statement, { 'databricks.chunk.index': 2 }, 30),
      downloadSpan(statement, { 'databricks.chunk.index': 1 }, 50),
      downloadSpan(statement, { 'databricks.chunk.index': 0 }, 20),
    );

    const [record, ...others] = await records();
    expect(others).toEqual([]);
    expect(record).toMatchObject({
      startTimeMs: 1_700_000_000_005,
      chunks: { present: 4, iterated: 3, initialMs: 20, slowestMs: 50, sumMs: 100 },
    });
  });

  it('makes no record of connect, which only introduces the connection', async () => {
    const { processor, context, handle, records } = start();
    const connect = span({ name: 'connect', attributes: { 'db.system.name': 'databricks' } });
    processor.onStart(connect, context);
    expect(handle.served).toBeDefined();
    processor.onEnd(connect);

    expect(await records()).toEqual([]);
  });

  it('gives a failed download a record of its own, and the statement its own', async () => {
    const { run, records } = start();
    const statement = statementSpan({ 'databricks.result.format': 'EXTERNAL_LINKS', 'error.type': '403' });
    run(statement, downloadSpan(statement, { 'databricks.chunk.index': 7, 'error.type': '403' }, 12));

    expect(await records()).toMatchObject([
      {
        chunkId: 7,
        errorName: '403',
        latencyMs: 12,
        statementId: expect.any(String),
        operationType: undefined,
      },
      { chunkId: undefined, errorName: '403', operationType: 'EXECUTE_STATEMENT' },
    ]);
  });

  it('keeps 50 failed downloads per statement and counts the rest', async () => {
    const { processor, run, records } = start();
    const statement = statementSpan();
    run(
      statement,
      ...Array.from({ length: 60 }, (_, index) =>
        downloadSpan(statement, { 'databricks.chunk.index': index, 'error.type': 'LINK_EXPIRED' }),
      ),
    );

    expect(await records()).toHaveLength(51);
    expect(processor.stats().failedDownloadsDropped).toBe(10);
  });

  it('counts a download that ends after its statement as late, and makes nothing of it', async () => {
    const { processor, context, records } = start();
    const statement = statementSpan();
    const download = downloadSpan(statement, {});
    processor.onStart(statement, context);
    processor.onStart(download, context);
    processor.onEnd(statement);
    processor.onEnd(download);

    expect(await records()).toHaveLength(1);
    expect(processor.stats().lateChildren).toBe(1);
  });

  it('emits a statement once, even if its end were told twice', async () => {
    const { processor, context, records } = start();
    const statement = statementSpan();
    processor.onStart(statement, context);
    processor.onEnd(statement);
    processor.onEnd(statement);

    expect(await records()).toHaveLength(1);
  });

  it('emits the oldest statement as incomplete when too many are in flight', async () => {
    const { processor, context, records } = start({ maxInFlightStatements: 2 });
    const statements = [1, 2, 3].map((n) => statementSpan({ 'databricks.retry.count': n }));
    for (const statement of statements) {
      processor.onStart(statement, context);
    }

    expect(await records()).toMatchObject([{ retryCount: 1 }]);
    expect(processor.stats()).toMatchObject({ evicted: 1, incomplete: 1, openStatements: 2 });
    for (const statement of statements) {
      processor.onEnd(statement);
    }
    expect(await records()).toHaveLength(3);
  });

  it('emits a statement as incomplete when its time to live is over, and only then', async () => {
    vi.useFakeTimers();
    const { processor, exporter, context } = start({ statementTtlMs: 31_000 });
    processor.onStart(statementSpan({ 'databricks.retry.count': 1 }), context);
    await vi.advanceTimersByTimeAsync(11_000);
    processor.onStart(statementSpan({ 'databricks.retry.count': 2 }), context);
    await vi.advanceTimersByTimeAsync(20_999);
    expect(processor.stats().expired).toBe(0);
    await vi.advanceTimersByTimeAsync(2_001);
    expect(processor.stats()).toMatchObject({ expired: 1, openStatements: 1 });
    await vi.advanceTimersByTimeAsync(8_999);
    expect(processor.stats()).toMatchObject({ expired: 1, openStatements: 1 });
    await vi.advanceTimersByTimeAsync(2_001);
    expect(processor.stats()).toMatchObject({ expired: 2, openStatements: 0 });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(exporter.records.map((record) => record.retryCount)).toEqual([1, 2]);
  });

  it('emits what is in flight as incomplete at shutdown, and takes nothing afterwards', async () => {
    const { processor, exporter, context, run } = start();
    processor.onStart(statementSpan(), context);
    await processor.shutdown();
    run(statementSpan());

    expect(exporter.records).toHaveLength(1);
    expect(processor.stats()).toMatchObject({ incomplete: 1, openStatements: 0 });
  });

  it('counts what the instrumentation ended as incomplete', async () => {
    const { processor, run, records } = start();
    run(statementSpan({ 'databricks.operation.incomplete': true }));

    expect(await records()).toHaveLength(1);
    expect(processor.stats().incomplete).toBe(1);
  });

  it('leaves spans of other scopes alone, whatever their tags', async () => {
    const { processor, context, handle, records } = start();
    const foreign = { ...statementSpan(), instrumentationScope: { name: 'somebody-else' } };
    processor.onStart(foreign, context);
    processor.onEnd(foreign);

    expect(handle.served).toBeUndefined();
    expect(await records()).toEqual([]);
  });

  it('serves the scopes that it is told, several too', async () => {
    const { processor, context, records } = start({ instrumentationScopes: ['one', 'two'] });
    for (const name of ['one', 'two', 'opentelemetry-databricks-sql']) {
      const statement = { ...statementSpan(), instrumentationScope: { name } };
      processor.onStart(statement, context);
      processor.onEnd(statement);
    }

    expect(await records()).toHaveLength(2);
  });

  it('leaves out statements that are started without Databricks telemetry, their downloads included', async () => {
    const { processor, context, records } = start();
    const statement = statementSpan();
    processor.onStart(statement, suppressDatabricksTelemetry(context));
    processor.onEnd(statement);

    expect(await records()).toEqual([]);
  });

  it('makes nothing of spans without a connection', async () => {
    const { processor, records } = start();
    const statement = statementSpan();
    processor.onStart(statement, ROOT_CONTEXT);
    processor.onEnd(statement);

    expect(await records()).toEqual([]);
  });

  it('of two processors the first one serves the connection', async () => {
    const first = start();
    const second = start();
    const statement = statementSpan();
    for (const { processor } of [first, second]) {
      processor.onStart(statement, first.context);
    }
    for (const { processor } of [first, second]) {
      processor.onEnd(statement);
    }

    expect(await first.records()).toHaveLength(1);
    expect(await second.records()).toHaveLength(0);
  });

  it('leaves a connection to the driver’s own telemetry where that reports it already', async () => {
    const { processor, records } = start();
    const handle = connectionHandle({ selfReporting: true });
    const statement = statementSpan();
    processor.onStart(statement, contextOf(handle));
    processor.onEnd(statement);

    expect(handle.served).toBeUndefined();
    expect(await records()).toEqual([]);
  });

  it('gathers nothing for a connection that opted out, but serves it: the no is for the driver’s telemetry too', async () => {
    const { processor, records } = start();
    const handle = connectionHandle({ telemetry: { enableTelemetry: false } });
    const statement = statementSpan();
    processor.onStart(statement, contextOf(handle));
    processor.onEnd(statement);

    expect(handle.served).toBeDefined();
    expect(processor.stats().openStatements).toBe(0);
    expect(await records()).toEqual([]);
  });

  it('takes what downloads make of the fields of chunks, else what the statement’s tags say', async () => {
    const { run, records } = start();
    const tags = {
      'databricks.result.format': 'EXTERNAL_LINKS',
      'databricks.result.chunk_initial_latency_ms': 17,
      'databricks.result.chunk_slowest_latency_ms': 18,
      'databricks.result.chunk_sum_latency_ms': 35,
      'databricks.result.chunk_iterated_count': 2,
    };
    run(statementSpan(tags));
    const statement = statementSpan(tags);
    run(statement, downloadSpan(statement, {}, 9));

    expect((await records()).map((record) => record.chunks)).toMatchObject([
      { initialMs: 17, slowestMs: 18, sumMs: 35, iterated: 2 },
      { initialMs: 9, slowestMs: 9, sumMs: 9, iterated: 1 },
    ]);
  });

  it('tells of chunks only where the result came as files', async () => {
    const { run, records } = start();
    const statement = statementSpan({ 'databricks.result.format': 'INLINE_ARROW' });
    run(statement, downloadSpan(statement, {}, 9));

    expect((await records()).map((record) => record.chunks)).toEqual([undefined]);
  });

  it('drops and counts values that do not fit their kind, and keeps the record', async () => {
    const { processor, run, records } = start();
    run(statementSpan({ 'databricks.retry.count': 'many', 'databricks.session.id': 'alice' }));

    expect(await records()).toMatchObject([{ retryCount: undefined, sessionId: undefined }]);
    expect(processor.stats().invalidValues).toBe(2);
  });

  it.each([
    [[Number.NaN, 0]],
    [[1e305, 0]],
    [[-1, 0]],
    [[253_402_300_800, 0]],
    [undefined],
    ['2026'],
    [[1n, 1n]],
  ])('gives a span that started at %o the present time, and counts it', async (startTime) => {
    vi.useFakeTimers({ now: 1_800_000_000_000, toFake: ['Date'] });
    const { processor, run, records } = start();
    const statement = { ...statementSpan(), startTime: startTime as HrTime };
    const download = downloadSpan(statement, { 'error.type': '503' });
    run(statement, { ...download, startTime: startTime as HrTime });

    expect((await records()).map(({ startTimeMs }) => startTimeMs)).toEqual([
      1_800_000_000_000, 1_800_000_000_000,
    ]);
    expect(processor.stats().invalidValues).toBe(2);
  });

  it.each([
    [[0, 0], 0],
    [[253_402_300_799, 999_000_000], 253_402_300_799_999],
    [[1.0004, 0.4], 1_000],
  ])('takes a span that started at %o at its word', async (startTime, expected) => {
    const { run, records } = start();
    run({ ...statementSpan(), startTime: startTime as HrTime });

    expect((await records()).map(({ startTimeMs }) => startTimeMs)).toEqual([expected]);
  });

  it('counts a download without a sane duration, and leaves its latency out', async () => {
    const { processor, run, records } = start();
    const statement = statementSpan({ 'databricks.result.format': 'EXTERNAL_LINKS' });
    const download = downloadSpan(statement, {});
    run(statement, { ...download, duration: [-1, 0] }, downloadSpan(statement, {}, 7));

    expect((await records())[0]?.chunks).toMatchObject({ iterated: 2, sumMs: 7, slowestMs: 7, initialMs: 7 });
    expect(processor.stats().invalidValues).toBe(1);
  });

  it('leaves a sum of latencies out that is no safe integer', async () => {
    const { processor, run, records } = start();
    const statement = statementSpan({ 'databricks.result.format': 'EXTERNAL_LINKS' });
    const endless: HrTime = [Math.floor(Number.MAX_SAFE_INTEGER / 1_000), 0];
    const downloads = [1, 2].map(() => ({ ...downloadSpan(statement, {}), duration: endless }));
    run(statement, ...downloads);

    expect((await records())[0]?.chunks).toMatchObject({ iterated: 2, sumMs: undefined });
    expect(processor.stats().invalidValues).toBe(1);
  });

  it('takes a download for a failed one whose error has no usable name', async () => {
    const { processor, run, records } = start();
    const statement = statementSpan();
    run(statement, downloadSpan(statement, { 'error.type': 503 }));

    expect(await records()).toMatchObject([{ chunkId: 0, errorName: undefined }, { chunks: undefined }]);
    expect(processor.stats().invalidValues).toBe(1);
  });

  it('withholds tags from the records of failed downloads too, and knows that they failed', async () => {
    const withhold = [
      'error.type',
      'databricks.chunk.index',
      'databricks.workspace.id',
      'databricks.result.chunk_count',
    ];
    const { run, records } = start({ withhold });
    const statement = statementSpan({
      'databricks.workspace.id': '12',
      'databricks.result.format': 'EXTERNAL_LINKS',
      'databricks.result.chunk_count': 2,
    });
    run(statement, downloadSpan(statement, { 'error.type': '503' }), downloadSpan(statement, {}));

    const nothing = { errorName: undefined, chunkId: undefined, workspaceId: undefined };
    expect(await records()).toMatchObject([
      nothing,
      { ...nothing, chunks: { present: undefined, iterated: 1 } },
    ]);
  });

  it('never throws out of a hook, whatever the span is', () => {
    const { processor, context } = start();
    const hostile: readonly unknown[] = [
      { ...statementSpan(), attributes: null },
      { ...statementSpan(), spanContext: undefined },
      new Proxy(statementSpan(), {
        get: (target, key) => {
          if (key === 'attributes') {
            throw new Error('no');
          }
          return Reflect.get(target, key);
        },
      }),
    ];
    for (const each of hostile as ReadableSpanLike[]) {
      expect(() => processor.onStart(each, context)).not.toThrow();
      expect(() => processor.onEnd(each)).not.toThrow();
    }
    expect(processor.stats().internalErrors).toBeGreaterThan(0);
  });

  it('never modifies a span', async () => {
    const { run, records } = start();
    const statement = statementSpan({ 'databricks.retry.count': 1 });
    Object.freeze(statement.attributes);
    Object.freeze(statement);
    const before = JSON.stringify(statement);
    run(statement);

    expect(await records()).toHaveLength(1);
    expect(JSON.stringify(statement)).toBe(before);
  });
});
