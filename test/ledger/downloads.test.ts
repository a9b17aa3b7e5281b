import { NoopSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { rejection, useBench } from '../instrumentation/bench.js';
import { numberTag } from '../support/telemetry.js';

const DELAY_MS = 120;
const FILES = { format: 'cloudfetch', pages: 2, filesPerPage: 2, downloadDelayMs: DELAY_MS } as const;

afterEach(() => {
  vi.restoreAllMocks();
});

describe('where nobody asks for inner spans', () => {
  const bench = useBench();

  it('none is made, and the statement tells of its downloads', async () => {
    const onStart = vi.spyOn(NoopSpanProcessor.prototype, 'onStart');
    await bench.restart({ detail: 'statements', processors: [new NoopSpanProcessor()] });
    const operation = await bench.execute(FILES);
    await operation.fetchAll();
    const names = onStart.mock.calls.map(([span]) => span.name);
    expect(names.filter((name) => ['execute', 'wait', 'download'].includes(name))).toEqual([]);

    const { attributes } = bench.statement();
    const { bytes } = bench.truth();
    expect(attributes).toMatchObject({
      'databricks.result.chunk_count': 4,
      'databricks.result.chunk_iterated_count': 4,
      'databricks.result.bytes_downloaded': bytes,
    });
    const tag = (name: string) => numberTag(attributes, `databricks.${name}`);
    const [initial, slowest] = [
      tag('result.chunk_initial_latency_ms'),
      tag('result.chunk_slowest_latency_ms'),
    ];
    expect(initial).toBeGreaterThanOrEqual(DELAY_MS - 1);
    expect(slowest).toBeGreaterThanOrEqual(initial);
    expect(tag('result.chunk_sum_latency_ms')).toBeGreaterThanOrEqual(4 * (DELAY_MS - 1));
    // Two files at a time: no faster than that, and not slower than one after the other.
    expect(tag('download.bytes_per_second')).toBeLessThanOrEqual((bytes * 1_000) / (DELAY_MS - 1));
    expect(tag('download.bytes_per_second')).toBeGreaterThanOrEqual(
      Math.floor((bytes * 1_000) / tag('result.chunk_sum_latency_ms')) - 1,
    );
  });

  it('a download that fails makes none either, and the statement tells what was read', async () => {
    await bench.restart({ detail: 'statements' });
    const operation = await bench.execute({ ...FILES, pages: 1, downloads: { 1: { status: 403 } } });
    await rejection(operation.fetchAll());
    const span = bench.statement();
    expect(bench.telemetry.inner(span)).toEqual([]);
    expect(span.attributes).toMatchObject({
      'databricks.result.chunk_count': 2,
      'databricks.result.chunk_iterated_count': 1,
    });
  });

  it('a result without files has nothing to tell of downloads', async () => {
    await (await bench.execute({})).fetchAll();
    const tags = Object.keys(bench.statement().attributes);
    expect(tags.filter((tag) => /chunk|download\./.test(tag))).toEqual([]);
  });
});
