import { context, diag, propagation, SpanKind, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DatabricksSqlInstrumentation } from '../../src/instrumentation/databricksSqlInstrumentation.js';
import { DatabricksSpanProcessor } from '../../src/processor/databricksSpanProcessor.js';
import { TAG_TABLE } from '../../src/tags/index.js';
import { CollectingExporter } from '../processor/support/collectingExporter.js';
import { type LocalDatabricks, startLocalDatabricks } from '../support/local-databricks/index.js';
import { useDriver } from './support/work.js';

const DATABRICKS_ONLY = TAG_TABLE.rows
  .filter(({ scope }) => scope === 'exportDatabricks')
  .map(({ name }) => name);
const CONNECTION_FIELDS = TAG_TABLE.connectionTags.map(({ field }) => field);

let server: LocalDatabricks;
let stop: () => Promise<void>;

beforeAll(async () => {
  server = await startLocalDatabricks();
});
afterEach(async () => {
  await stop();
  trace.disable();
  context.disable();
  propagation.disable();
  diag.disable();
  server.reset();
});
afterAll(() => server.close());

/** An application whose exporter has no filter of ours in front of it. */
function startPlainApplication(withDatabricks: boolean) {
  const spans = new InMemorySpanExporter();
  const exporter = new CollectingExporter();
  const processor = new DatabricksSpanProcessor({ forceEnableTelemetry: true, exporter });
  const provider = new NodeTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(spans), ...(withDatabricks ? [processor] : [])],
  });
  provider.register();
  const instrumentation = new DatabricksSqlInstrumentation();
  instrumentation.setTracerProvider(provider);
  stop = async () => {
    instrumentation.disable();
    await provider.shutdown();
    await processor.shutdown();
  };
  return {
    spans,
    records: async () => {
      await processor.forceFlush();
      return exporter.records;
    },
    processor,
  };
}

describe('an exporter without a filter in front of it', () => {
  it.each([
    ['beside a DatabricksSpanProcessor', true],
    ['alone', false],
  ])('gets no Databricks-only tag and no inner span, %s', async (_, withDatabricks) => {
    const { spans } = startPlainApplication(withDatabricks);
    await useDriver(server);
    const finished = spans.getFinishedSpans();
    const tags = new Set(finished.flatMap(({ attributes }) => Object.keys(attributes)));
    expect(DATABRICKS_ONLY.filter((name) => tags.has(name))).toEqual([]);
    expect(finished.filter(({ kind }) => kind !== SpanKind.CLIENT)).toEqual([]);
    expect(finished.map(({ name }) => name.split(' ')[0])).toEqual([
      'connect',
      'openSession',
      ...Array(5).fill('SELECT'),
      'getTables',
      'getInfo',
      'closeSession',
    ]);
  });

  it('and Databricks gets complete records: the connection, and the download that failed', async () => {
    const { records, processor } = startPlainApplication(true);
    await useDriver(server);
    const made = await records();
    const [opened] = made;
    expect([...(opened?.connection?.keys() ?? [])]).toEqual(CONNECTION_FIELDS);
    expect(made.map(({ operationType }) => operationType)).toEqual([
      'CREATE_SESSION',
      'EXECUTE_STATEMENT',
      'EXECUTE_STATEMENT',
      undefined,
      'EXECUTE_STATEMENT',
      'EXECUTE_STATEMENT',
      'EXECUTE_STATEMENT',
      'LIST_TABLES',
      undefined,
      'DELETE_SESSION',
    ]);
    expect(made[3]).toMatchObject({ chunkId: 1, errorName: '403', latencyMs: expect.any(Number) });
    expect(made[3]?.statementId).toBe(made[4]?.statementId);
    expect(made[3]?.startTimeMs).toBeGreaterThanOrEqual(made[4]?.startTimeMs ?? Number.NaN);
    expect(processor.stats()).toMatchObject({ lateChildren: 0, invalidValues: 0, internalErrors: 0 });
  });
});
