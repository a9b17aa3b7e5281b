import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { DryRunExporter } from '../../src/exporter/dryRunExporter.js';
import type { ObservedStats } from '../../src/inspector/observed.js';
import { ProcessorSource } from '../../src/inspector/processorSource.js';
import { OBSERVATION } from '../../src/observer.js';
import { DatabricksSpanProcessor } from '../../src/processor/databricksSpanProcessor.js';
import { connectionHandle, contextOf, SESSION_ID, statementSpan } from '../support/spans.js';

function setUp(processor: DatabricksSpanProcessor): ProcessorSource {
  return new ProcessorSource(
    {
      observation: processor[OBSERVATION],
      stats: () => processor.stats() as ObservedStats,
      localRule: () => undefined,
    },
    () => undefined,
  );
}

function run(processor: DatabricksSpanProcessor): void {
  const started = statementSpan();
  processor.onStart(started, contextOf(connectionHandle()));
  processor.onEnd(started);
}

describe('a record that has not been sent yet', () => {
  it.each([true, false])(
    'is shown as it will be sent, with authenticatedExport %s',
    async (authenticatedExport) => {
      const processor = new DatabricksSpanProcessor({
        exporter: new DryRunExporter({ stream: new PassThrough().resume(), authenticatedExport }),
      });
      const source = setUp(processor);
      run(processor);
      const before = source.operation(1)?.records[0];
      expect(before).toMatchObject({ state: 'waiting', wasSent: false });
      expect(before?.log?.includes(SESSION_ID)).toBe(authenticatedExport);
      await processor.forceFlush();
      const after = source.operation(1)?.records[0];
      expect(after).toMatchObject({ state: 'written', wasSent: true });
      const { frontend_log_event_id: _id, context: _context, ...rest } = JSON.parse(after?.log ?? '');
      expect(JSON.parse(before?.log ?? '')).toEqual(rest);
      await processor.shutdown();
    },
  );

  it('says of what unauthenticated requests leave out that they do, and so before as after', async () => {
    const processor = new DatabricksSpanProcessor({
      exporter: new DryRunExporter({ stream: new PassThrough().resume(), authenticatedExport: false }),
    });
    const source = setUp(processor);
    run(processor);
    const lineOf = () => source.operation(1)?.lines.find(({ tag }) => tag === 'databricks.session.id');
    expect(lineOf()).toMatchObject({ local: SESSION_ID, databricks: undefined, rule: 'unauthenticated' });
    await processor.forceFlush();
    expect(lineOf()).toMatchObject({ databricks: undefined, rule: 'unauthenticated' });
    const typeOf = source.operation(1)?.lines.find(({ tag }) => tag === 'databricks.operation.type');
    expect(typeOf?.rule).toBe('sent');
    await processor.shutdown();
  });

  it('is shown without its session where the processor itself was told not to authenticate', async () => {
    const processor = new DatabricksSpanProcessor({ authenticatedExport: false });
    const source = setUp(processor);
    run(processor);
    expect(source.operation(1)?.records[0]?.log).not.toContain(SESSION_ID);
    expect(JSON.stringify(source.bundle())).not.toContain(SESSION_ID);
    await processor.shutdown();
  });
});
