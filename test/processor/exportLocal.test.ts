import { ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { describe, expect, it, vi } from 'vitest';
import { exportLocal } from '../../src/processor/exportLocal.js';
import type { SpanProcessorLike } from '../../src/spanShape.js';
import { INSTRUMENTATION_SCOPE } from '../../src/version.js';
import { span, statementSpan } from '../support/spans.js';

/** The 17 members of a ReadableSpan, in both majors of the SDK. */
const MEMBERS = [
  'name',
  'kind',
  'spanContext',
  'parentSpanContext',
  'startTime',
  'endTime',
  'status',
  'attributes',
  'links',
  'events',
  'duration',
  'ended',
  'resource',
  'instrumentationScope',
  'droppedAttributesCount',
  'droppedEventsCount',
  'droppedLinksCount',
] as const;

class Recorder implements SpanProcessorLike {
  readonly started: unknown[] = [];
  readonly ended: ReadableSpan[] = [];
  onStart(started: unknown): void {
    this.started.push(started);
  }
  onEnd(ended: unknown): void {
    this.ended.push(ended as ReadableSpan);
  }
  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
}

function viewOf(attributes: Record<string, unknown>, options = {}): ReadableSpan | undefined {
  const recorder = new Recorder();
  exportLocal(recorder, options).onEnd(statementSpan(attributes));
  return recorder.ended[0];
}

describe('exportLocal', () => {
  it('hides Databricks-only tags, and nothing else', () => {
    const original = {
      'os.type': 'linux',
      'databricks.locale': 'de_AT',
      'server.address': 'h',
      'my.tag': 1,
      'databricks.retry.count': 2,
    };
    const view = viewOf(original);

    expect(view?.attributes).toMatchObject({
      'server.address': 'h',
      'my.tag': 1,
      'databricks.retry.count': 2,
    });
    expect(view?.attributes).not.toHaveProperty('os.type');
    expect(view?.attributes).not.toHaveProperty('databricks.locale');
  });

  it('passes the original span on where there is nothing to hide', () => {
    const recorder = new Recorder();
    const original = statementSpan({ 'my.tag': 1 });
    exportLocal(recorder).onEnd(original);

    expect(recorder.ended[0]).toBe(original);
  });

  it('hides Databricks-only tags in events and links too', () => {
    const recorder = new Recorder();
    const attributes = { 'os.type': 'linux', kept: 1 };
    exportLocal(recorder).onEnd({
      ...statementSpan(),
      events: [{ attributes }],
      links: [{ attributes }, {}],
    });

    expect(recorder.ended[0]?.events[0]?.attributes).toEqual({ kept: 1 });
    expect(recorder.ended[0]?.links.map((link) => link.attributes)).toEqual([{ kept: 1 }, undefined]);
  });

  it('gives a view with all 17 members of a ReadableSpan, each as the original has it', () => {
    const recorder = new Recorder();
    const original = statementSpan({ 'os.type': 'linux' });
    exportLocal(recorder).onEnd(original);
    const view = recorder.ended[0];

    expect(view).not.toBe(original);
    for (const member of MEMBERS.filter((name) => name !== 'attributes' && name !== 'spanContext')) {
      expect(view?.[member], member).toEqual(original[member]);
    }
    expect(view?.spanContext()).toEqual(original.spanContext());
    expect(MEMBERS).toHaveLength(17);
  });

  it('leaves the original as it was', () => {
    const original = statementSpan({ 'os.type': 'linux' });
    exportLocal(new Recorder()).onEnd(original);

    expect(original.attributes).toHaveProperty('os.type', 'linux');
  });

  it('drops spans that the sampler only recorded for Databricks', () => {
    const recorder = new Recorder();
    const local = exportLocal(recorder, { detail: 'operations' });
    const unsampled = {
      ...statementSpan(),
      spanContext: () => ({ traceId: '1', spanId: '2', traceFlags: 0 }),
    };
    local.onStart(unsampled, ROOT_CONTEXT);
    local.onEnd(unsampled);

    expect(recorder.started).toEqual([]);
    expect(recorder.ended).toEqual([]);
  });

  it('shows one span per statement by default, and the inner ones when asked', () => {
    const inner = span({ name: 'execute', kind: SpanKind.INTERNAL });
    const foreign = span({ kind: SpanKind.INTERNAL, instrumentationScope: { name: 'mine' } });
    for (const [options, expected] of [
      [{}, [foreign]],
      [{ detail: 'statements' as const }, [foreign]],
      [{ detail: 'operations' as const }, [inner, foreign]],
      [{ instrumentationScopes: ['mine'] }, [inner]],
    ] as const) {
      const recorder = new Recorder();
      const local = exportLocal(recorder, options);
      for (const each of [inner, foreign]) {
        local.onStart(each, ROOT_CONTEXT);
        local.onEnd(each);
      }
      expect(recorder.ended).toEqual(expected);
      expect(recorder.started).toEqual(expected);
    }
  });

  it('withholds what it is asked to, wildcards included, on the span, its events and its links', () => {
    const attributes = { 'db.query.text': 'SELECT 1', 'exception.message': 'no', 'shop.order': 1 };
    const recorder = new Recorder();
    exportLocal(recorder, { withhold: ['db.query.text', 'exception.*'] }).onEnd({
      ...statementSpan({ ...attributes, 'os.type': 'linux' }),
      events: [{ attributes }],
      links: [{ attributes }],
    });
    const [view] = recorder.ended;

    expect(view?.events[0]?.attributes).toEqual({ 'shop.order': 1 });
    expect(view?.links[0]?.attributes).toEqual({ 'shop.order': 1 });
    expect(view?.attributes).toHaveProperty('shop.order', 1);
    for (const hidden of ['db.query.text', 'exception.message', 'os.type']) {
      expect(Object.keys(view?.attributes ?? {}), hidden).not.toContain(hidden);
    }
  });

  it('withholds one parameter of a query, and leaves the others', () => {
    const view = viewOf(
      { 'db.query.parameter.name': 'Ada', 'db.query.parameter.id': '1' },
      { withhold: ['db.query.parameter.name'] },
    );

    expect(view?.attributes).not.toHaveProperty(['db.query.parameter.name']);
    expect(view?.attributes).toHaveProperty(['db.query.parameter.id']);
  });

  it('has onEnding exactly if the processor behind it has it', () => {
    const seen: unknown[] = [];
    const withEnding = Object.assign(new Recorder(), { onEnding: (ending: unknown) => seen.push(ending) });

    expect(exportLocal(new Recorder()).onEnding).toBeUndefined();
    const local = exportLocal(withEnding);
    const statement = statementSpan();
    local.onEnding?.(statement);
    local.onEnding?.(span({ kind: SpanKind.INTERNAL }));
    expect(seen).toEqual([statement]);
  });

  it.each([
    [
      'SimpleSpanProcessor',
      (exporter: InMemorySpanExporter): SpanProcessor => new SimpleSpanProcessor(exporter),
    ],
    [
      'BatchSpanProcessor',
      (exporter: InMemorySpanExporter): SpanProcessor => new BatchSpanProcessor(exporter),
    ],
  ])('works in front of a %s of the SDK', async (_name, make) => {
    const exporter = new InMemorySpanExporter();
    const provider = new BasicTracerProvider({ spanProcessors: [exportLocal(make(exporter))] });
    provider
      .getTracer(INSTRUMENTATION_SCOPE)
      .startSpan('openSession', {
        kind: SpanKind.CLIENT,
        attributes: { 'os.type': 'linux', 'server.address': 'h' },
      })
      .end();
    await provider.forceFlush();

    expect(exporter.getFinishedSpans().map((each) => each.attributes)).toEqual([{ 'server.address': 'h' }]);
    await provider.shutdown();
  });

  it('a processor that throws reaches nobody, and the processor after it sees every span', async () => {
    const broken = {
      onStart: () => {
        throw new Error('broken');
      },
      onEnding: () => {
        throw new Error('broken');
      },
      onEnd: () => {
        throw new Error('broken');
      },
      forceFlush: async () => undefined,
      shutdown: async () => undefined,
    };
    const guarded = exportLocal(broken);
    const exporter = new InMemorySpanExporter();
    const provider = new BasicTracerProvider({
      spanProcessors: [guarded as never, new SimpleSpanProcessor(exporter)],
    });
    provider.getTracer('application').startSpan('work', { kind: SpanKind.CLIENT }).end();
    await provider.forceFlush();
    expect(exporter.getFinishedSpans()).toHaveLength(1);
    expect(guarded.stats()).toEqual({ userCodeFailures: { spanProcessor: 3 } });
    await provider.shutdown();
  });

  it('a processor whose hooks reject: counted, and no unhandled rejection', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const rejecting = {
      onStart: () => Promise.reject(new Error('broken')),
      onEnd: () => Promise.reject(new Error('broken')),
      forceFlush: async () => undefined,
      shutdown: async () => undefined,
    };
    const guarded = exportLocal(rejecting as never);
    const provider = new BasicTracerProvider({ spanProcessors: [guarded as never] });
    provider.getTracer('application').startSpan('work', { kind: SpanKind.CLIENT }).end();
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).not.toHaveBeenCalled();
    expect(guarded.stats()).toEqual({ userCodeFailures: { spanProcessor: 2 } });
    process.off('unhandledRejection', unhandled);
    await provider.shutdown();
  });

  it('flush and shutdown reject as the processor does, also where it throws', async () => {
    const throwing = {
      onStart: () => undefined,
      onEnd: () => undefined,
      forceFlush: () => {
        throw new Error('no flush');
      },
      shutdown: () => Promise.reject(new Error('no shutdown')),
    };
    const guarded = exportLocal(throwing as never);
    await expect(guarded.forceFlush()).rejects.toThrow('no flush');
    await expect(guarded.shutdown()).rejects.toThrow('no shutdown');
  });

  it.each([
    [undefined, {}, /the first argument is undefined; allowed is a span processor/],
    [
      new Recorder(),
      { detail: 'all' },
      /exportLocal: option 'detail' is 'all'; allowed is 'statements' or 'operations'/,
    ],
    [new Recorder(), { tags: {} }, /exportLocal: there is no option 'tags'/],
    [new Recorder(), { withhold: ['db.query.txt'] }, /Did you mean 'db\.query\.text'/],
    [new Recorder(), { scopes: ['x'] }, /exportLocal: there is no option 'scopes'/],
    [new Recorder(), { instrumentationScopes: [''] }, /'instrumentationScopes'/],
  ])('refuses bad arguments (%#)', (processor, options, message) => {
    expect(() => exportLocal(processor as Recorder, options as object)).toThrow(message);
  });
});
