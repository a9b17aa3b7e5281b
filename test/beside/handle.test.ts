import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DatabricksSpanProcessorOptions } from '../../src/config.js';
import { DatabricksSpanProcessor } from '../../src/processor/databricksSpanProcessor.js';
import { CollectingExporter } from '../processor/support/collectingExporter.js';
import { connectionHandle, contextOf, span, statementSpan } from '../support/spans.js';

let processor: DatabricksSpanProcessor;
let exporter: CollectingExporter;

function start(options: DatabricksSpanProcessorOptions = {}): void {
  exporter = new CollectingExporter();
  processor = new DatabricksSpanProcessor({ ...options, exporter });
}

beforeEach(() => start());
afterEach(() => processor.shutdown());

async function records() {
  await processor.forceFlush();
  return exporter.records;
}

const opening = (attributes: Record<string, unknown> = {}) =>
  span({ attributes: { 'databricks.operation.type': 'CREATE_SESSION', ...attributes } });

describe('tags of a connection’s handle', () => {
  it('describe it as attributes do; an attribute of the span goes before', async () => {
    const handle = connectionHandle();
    const opened = opening({ 'databricks.mode': 'SEA', 'os.type': 'linux' });
    handle.tags = { 'databricks.mode': 'THRIFT', 'host.arch': 'x64' };
    processor.onStart(opened, contextOf(handle));
    handle.tags = { ...handle.tags, 'databricks.charset': 'UTF-8' };
    processor.onEnd(opened);
    const [record] = await records();
    expect(Object.fromEntries(record?.connection ?? [])).toEqual({
      'system_configuration.os_name': 'linux',
      'system_configuration.os_arch': 'x64',
      'system_configuration.char_set_encoding': 'UTF-8',
      'driver_connection_params.mode': 'SEA',
    });
  });

  it('are checked by the same rules: unknown, local, withheld and wrong ones stay', async () => {
    start({ withhold: ['os.type'] });
    const handle = connectionHandle();
    handle.tags = {
      'os.type': 'linux',
      'host.arch': 'free text',
      'db.query.text': 'SELECT secret',
      'app.customer': 'jane',
      'databricks.statement.id': 'no tag of a connection',
    };
    const opened = opening();
    processor.onStart(opened, contextOf(handle));
    processor.onEnd(opened);
    const [record] = await records();
    expect(record?.connection).toEqual(new Map());
    expect(record?.statementId).toBeUndefined();
    expect(processor.stats().invalidValues).toBe(1);
  });

  it('are on no other record', async () => {
    const handle = connectionHandle();
    handle.tags = { 'os.type': 'linux' };
    const statement = statementSpan();
    processor.onStart(statement, contextOf(handle));
    processor.onEnd(statement);
    expect((await records())[0]?.connection).toBeUndefined();
  });
});

describe('a download that failed and has no span', () => {
  const failure = {
    startTimeMs: 1_700_000_000_000.4,
    latencyMs: 7.6,
    chunkIndex: 2,
    errorType: 'secret text',
  };

  it('becomes a record beside its statement’s, of checked values', async () => {
    const handle = connectionHandle();
    const statement = statementSpan();
    processor.onStart(statement, contextOf(handle));
    const statementSpanId = statement.spanContext().spanId;
    handle.served?.onDownloadFailed({ ...failure, statementSpanId });
    handle.served?.onDownloadFailed({ ...failure, statementSpanId, chunkIndex: -1 });
    handle.served?.onDownloadFailed({ ...failure, statementSpanId, startTimeMs: Number.NaN });
    processor.onEnd(statement);
    const [first, second, own] = await records();
    expect(first).toMatchObject({
      startTimeMs: 1_700_000_000_000,
      latencyMs: 8,
      chunkId: 2,
      errorName: 'other',
      statementId: own?.statementId,
    });
    expect(Math.abs((second?.startTimeMs ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(await records()).toHaveLength(3);
    expect(processor.stats()).toMatchObject({ invalidValues: 2, internalErrors: 0, lateChildren: 0 });
  });

  it('counts as late when the statement is over, and as dropped beyond 50 per statement', async () => {
    const handle = connectionHandle();
    const statement = statementSpan();
    processor.onStart(statement, contextOf(handle));
    const statementSpanId = statement.spanContext().spanId;
    for (let i = 0; i < 52; i++) {
      handle.served?.onDownloadFailed({ ...failure, statementSpanId });
    }
    processor.onEnd(statement);
    handle.served?.onDownloadFailed({ ...failure, statementSpanId });
    expect(await records()).toHaveLength(51);
    expect(processor.stats()).toMatchObject({ failedDownloadsDropped: 2, lateChildren: 1 });
  });
});
