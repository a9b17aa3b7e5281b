import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { DriverOperation } from '../support/drivers.js';
import { expectedRows, type Scenario, sql } from '../support/local-databricks/index.js';
import { numberTag } from '../support/telemetry.js';
import { useBench } from './bench.js';

const bench = useBench();

afterEach(() => {
  vi.restoreAllMocks();
});

/** Runs `work` for each item, 24 at a time: more would mostly measure TLS handshakes. */
async function inTurns<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = [...items];
  await Promise.all(
    Array.from({ length: 24 }, async () => {
      for (let item = left.pop(); item !== undefined; item = left.pop()) {
        await work(item);
      }
    }),
  );
}

describe('1,000 statements interleaved on one session', () => {
  const SCENARIOS: readonly Scenario[] = [
    {},
    { pages: 2 },
    { format: 'cloudfetch', filesPerPage: 1, rowsPerPage: 3 },
    { format: 'column' },
    { resultSet: false },
    { directResults: false },
    { outcome: { state: 'ERROR', sqlState: '42P01' } },
    { executeStatus: { message: 'no' } },
    { pages: 3 },
    { lz4: true },
  ];
  const scenarioOf = (n: number): Scenario => SCENARIOS[n % SCENARIOS.length] ?? {};
  const inSomeOrder = (step: number): number[] => Array.from({ length: 1_000 }, (_, i) => (i * step) % 1_000);

  it('each gets its own span, id, rows, files, format and error', async () => {
    await bench.restart({ config: { statementGraceMs: 60_000 } });
    const session = await bench.openSession();
    const operations = new Map<number, DriverOperation>();
    await inTurns(inSomeOrder(7), async (n) => {
      const executing = session.executeStatement(sql(scenarioOf(n), `SELECT ${n}`));
      await executing.then((operation) => operations.set(n, operation)).catch(() => undefined);
    });
    // All others are in flight at one time: only these ended with the first answer.
    expect(bench.telemetry.statements()).toHaveLength(200);
    await inTurns(inSomeOrder(13), async (n) => {
      const operation = operations.get(n);
      const reading = n % 10 === 8 ? operation?.fetchChunk({ maxRows: n % 7 }) : operation?.fetchAll();
      await reading?.catch(() => undefined);
    });
    await inTurns(inSomeOrder(17), async (n) => {
      await operations.get(n)?.close();
    });

    const spans = bench.telemetry.statements();
    expect(spans).toHaveLength(1_000);
    expect(bench.telemetry.open.size).toBe(0);
    expect(spans.filter(({ attributes }) => attributes['error.type'] === 'StatusError')).toHaveLength(100);
    const byId = new Map(spans.map((span) => [span.attributes['databricks.statement.id'], span]));
    expect(operations.size).toBe(900);
    for (const [n, { id }] of operations) {
      const truth = bench.server.truth.statement(id);
      const span = byId.get(id);
      if (truth === undefined || span === undefined) {
        throw new Error(`statement ${n} is not known to both`);
      }
      const { attributes } = span;
      expect(attributes['db.query.text']).toContain('SELECT ?');
      expect(attributes['error.type']).toBe(truth.state === 'ERROR' ? '42P01' : undefined);
      expect(attributes['databricks.poll.count']).toBe(truth.statusAnswers);
      if (truth.state !== 'ERROR' && n % 10 !== 4) {
        expect(attributes['db.response.returned_rows']).toBe(n % 10 === 8 ? n % 7 : truth.rows);
      }
      if (truth.format === 'cloudfetch') {
        expect(attributes['databricks.result.chunk_count']).toBe(truth.filesOffered);
        expect(bench.telemetry.inner(span, 'download')).toHaveLength(truth.downloads.length);
      }
    }
  });
});

describe('a statement that is used from several async contexts', () => {
  it('keeps its trace, has its inner spans below it, and ends once', async () => {
    const tracer = trace.getTracer('application');
    const inSpan = <T>(name: string, fn: () => Promise<T>): Promise<T> => {
      const span = tracer.startSpan(name, {}, ROOT_CONTEXT);
      return context.with(trace.setSpan(ROOT_CONTEXT, span), fn).finally(() => span.end());
    };
    const session = await bench.openSession();
    const operation = await inSpan('app execute', () =>
      session.executeStatement(sql({ format: 'cloudfetch', pages: 2, polls: 1 })),
    );
    await inSpan('app wait', () => operation.finished());
    const chunk = await inSpan('app fetch', () => operation.fetchChunk({ maxRows: 5 }));
    const [rest] = await Promise.all([
      inSpan('app fetch more', () => operation.fetchAll()),
      inSpan('app look', () => operation.getSchema()),
    ]);
    await inSpan('app close', () => operation.close());
    expect([...chunk, ...rest]).toEqual(expectedRows(40));

    const span = bench.statement();
    const executing = bench.telemetry.ended.find(({ name }) => name === 'app execute');
    expect(span.parentSpanContext?.spanId).toBe(executing?.spanContext().spanId);
    expect(
      bench.telemetry
        .inner(span)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['download', 'download', 'download', 'download', 'execute', 'wait']);
    expect(span.links).toHaveLength(1);
  });

  it('waits in parallel without counting time twice', async () => {
    const operation = await bench.execute({ directResults: false, polls: 1, pollDelayMs: 60 });
    const startedAt = performance.now();
    await Promise.all([operation.finished(), operation.finished(), operation.getSchema()]);
    const elapsed = performance.now() - startedAt;
    await operation.close();
    const { attributes } = bench.statement();
    const execute = bench.telemetry.inner(bench.statement(), 'execute')[0]?.duration ?? [0, 0];
    const executeMs = execute[0] * 1_000 + execute[1] / 1e6;
    expect(numberTag(attributes, 'databricks.operation.latency_ms')).toBeLessThan(elapsed + executeMs + 20);
  });
});

describe('the clock', () => {
  it.each([3_600_000, -3_600_000])(
    'jumps by %i ms in the middle of a statement: no latency tells',
    async (jump) => {
      const session = await bench.openSession();
      const operation = await session.executeStatement(sql({ format: 'cloudfetch', polls: 1, pages: 2 }));
      const now = Date.now;
      vi.spyOn(Date, 'now').mockImplementation(() => now() + jump);
      expect(await operation.fetchAll()).toHaveLength(40);
      const span = bench.statement();
      for (const [tag, value] of Object.entries(span.attributes)) {
        if (tag.endsWith('_ms')) {
          expect(value, tag).toBeGreaterThanOrEqual(0);
          expect(value, tag).toBeLessThan(1_000_000);
        }
      }
      for (const { duration } of [span, ...bench.telemetry.inner(span)]) {
        expect(duration[0]).toBeLessThan(1_000);
        expect(duration[0]).toBeGreaterThanOrEqual(0);
      }
    },
  );
});
