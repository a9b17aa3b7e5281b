import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { describe, expect, it, vi } from 'vitest';
import { DatabricksSpanProcessor } from '../../src/processor/databricksSpanProcessor.js';
import { CollectingExporter } from '../processor/support/collectingExporter.js';
import { type Scenario, sql } from '../support/local-databricks/index.js';
import { only } from '../support/telemetry.js';
import { useRecordBench } from './bench.js';

const bench = useRecordBench();

describe('downloads that do not end as they should', () => {
  it('late, after the application closed: counted as late, and no record is touched or made', async () => {
    bench.start();
    const session = await bench.openSession();
    const scenario: Scenario = {
      format: 'cloudfetch',
      filesPerPage: 4,
      downloads: { 2: { delayMs: 700 }, 3: { delayMs: 700 } },
    };
    const operation = await session.executeStatement(sql(scenario));
    await operation.fetchChunk({ maxRows: 1 });
    await operation.close();
    const record = only(await bench.statements());
    expect(record.chunks).toMatchObject({ present: 4, iterated: 2 });
    const seen = structuredClone(record);
    await vi.waitFor(() => expect(bench.processor.stats().lateChildren).toBe(2), {
      interval: 5,
      timeout: 30_000,
    });
    expect(await bench.statements()).toEqual([seen]);
    expect(bench.telemetry.open.size).toBe(0);
  });

  it('late, after a failure of another: the failure ends the statement, the others are late', async () => {
    bench.start();
    const session = await bench.openSession();
    const downloads = { 0: { status: 403 }, 1: { delayMs: 700 } };
    await bench.run(session, { format: 'cloudfetch', downloads }).catch(() => undefined);
    const records = await bench.records();
    expect(records.filter(({ errorName }) => errorName === '403')).toHaveLength(2);
    await vi.waitFor(() => expect(bench.processor.stats().lateChildren).toBe(1), {
      interval: 5,
      timeout: 30_000,
    });
    expect((await bench.records()).length).toBe(records.length);
  });

  it('never: the record does not wait for them', async () => {
    bench.start();
    const session = await bench.openSession();
    const operation = await session.executeStatement(
      sql({ format: 'cloudfetch', filesPerPage: 3, downloads: { 2: 'hang' } }),
    );
    await operation.fetchChunk({ maxRows: 1 });
    await session.close();
    expect(only(await bench.statements()).chunks).toMatchObject({ present: 3, iterated: 2 });
    expect(bench.telemetry.instrumentation.stats().openStatements).toBe(0);
    expect([...bench.telemetry.open].map(({ name }) => name)).toEqual(['download']);
  });

  it('twice, as the processor was registered twice: each counts once', async () => {
    bench.start();
    const exporter = new CollectingExporter();
    const twice = new DatabricksSpanProcessor({ forceEnableTelemetry: true, exporter });
    const provider = new NodeTracerProvider({ spanProcessors: [twice, twice] });
    bench.telemetry.instrumentation.setTracerProvider(provider);
    const session = await bench.openSession();
    await bench.run(session, { format: 'cloudfetch', pages: 2 });
    await twice.forceFlush();
    expect(exporter.records.map(({ operationType }) => operationType)).toEqual([
      'CREATE_SESSION',
      'EXECUTE_STATEMENT',
    ]);
    expect(exporter.records[1]?.chunks).toMatchObject({ present: 4, iterated: 4 });
    await provider.shutdown();
  });
});
