import {
  type Context,
  context,
  diag,
  INVALID_SPAN_CONTEXT,
  propagation,
  type Span,
  type SpanContext,
  SpanKind,
  type SpanOptions,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AlwaysOffSampler,
  BatchSpanProcessor,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DatabricksSqlInstrumentation } from '../../src/instrumentation/databricksSqlInstrumentation.js';
import { DatabricksSpanProcessor } from '../../src/processor/databricksSpanProcessor.js';
import { exportLocal } from '../../src/processor/exportLocal.js';
import { suppressTracing } from '../../src/suppressTracing.js';
import { CollectingExporter } from '../processor/support/collectingExporter.js';
import { type LocalDatabricks, startLocalDatabricks } from '../support/local-databricks/index.js';
import { essenceOf, useDriver } from './support/work.js';

let server: LocalDatabricks;
let processor: DatabricksSpanProcessor;
let exporter: CollectingExporter;
let instrumentation: DatabricksSqlInstrumentation;
/** The records of an application that has registered the processor with its own tracer provider. */
let expected: readonly object[];

beforeAll(async () => {
  server = await startLocalDatabricks();
  renew();
  const provider = new NodeTracerProvider({ spanProcessors: [processor] });
  provider.register();
  instrumentation = new DatabricksSqlInstrumentation();
  instrumentation.setTracerProvider(provider);
  await useDriver(server);
  expected = await records();
  await clear();
});
beforeEach(() => renew());
afterEach(() => clear());
afterAll(() => server.close());

function renew(): void {
  exporter = new CollectingExporter();
  processor = new DatabricksSpanProcessor({ forceEnableTelemetry: true, exporter });
}

async function clear(): Promise<void> {
  instrumentation.disable();
  await processor.shutdown();
  expect(processor.stats()).toMatchObject({ internalErrors: 0, invalidValues: 0, openStatements: 0 });
  trace.disable();
  context.disable();
  propagation.disable();
  diag.disable();
  server.reset();
}

/** With the option, beside this tracer provider. */
function start(provider?: TracerProvider): void {
  instrumentation = new DatabricksSqlInstrumentation({ processor });
  if (provider !== undefined) {
    instrumentation.setTracerProvider(provider);
  }
}

async function records(): Promise<readonly object[]> {
  await processor.forceFlush();
  return exporter.records.map(essenceOf);
}

/** A span as an agent of another make has it: the rest of the agent finds its own object on it, or fails. */
class AgentSpan {
  readonly _agent = {};
  readonly name: string;
  readonly attributes: Record<string, unknown> = {};
  readonly #spanContext: SpanContext;
  ended = 0;

  constructor(name: string, traceId: string, spanId: string) {
    this.name = name;
    this.#spanContext = { traceId, spanId, traceFlags: 1 };
  }

  spanContext = () => this.#spanContext;
  isRecording = () => true;
  setAttribute(name: string, value: unknown): this {
    this.attributes[name] = value;
    return this;
  }
  setAttributes(attributes: object): this {
    Object.assign(this.attributes, attributes);
    return this;
  }
  setStatus = () => this;
  updateName = () => this;
  end(): void {
    this.ended++;
  }
}

function agentProvider() {
  const spans: AgentSpan[] = [];
  const startSpan = (name: string, options: SpanOptions, parent: Context): Span => {
    const above = trace.getSpan(parent) as unknown as AgentSpan | undefined;
    if (above !== undefined && above._agent === undefined) {
      throw new TypeError('not a span of this agent');
    }
    const id = (spans.length + 1).toString(16).padStart(16, '0');
    const span = new AgentSpan(name, above?.spanContext().traceId ?? id + id, id);
    span.setAttributes(options.attributes ?? {});
    spans.push(span);
    return span as unknown as Span;
  };
  return { spans, provider: { getTracer: () => ({ startSpan }) } as unknown as TracerProvider };
}

const setContexts = () => context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

describe('the option processor: the same records as with a tracer provider of the application', () => {
  it('beside an agent whose spans are of another class: they are active, and bear all but Databricks’ own tags', async () => {
    setContexts();
    const { spans, provider } = agentProvider();
    start(provider);
    await useDriver(server);
    expect(await records()).toEqual(expected);
    expect(spans.map(({ ended }) => ended)).toEqual(spans.map(() => 1));
    const statement = spans.find(({ name }) => name.startsWith('SELECT'));
    expect(statement?.attributes).toMatchObject({
      'db.query.text': expect.stringContaining('SELECT'),
      'databricks.statement.id': expect.any(String),
    });
    expect(spans.flatMap(({ attributes }) => Object.keys(attributes))).not.toContain('os.type');
    expect(instrumentation.stats().userCodeFailures).toEqual({});
  });

  it('whose own span is the active one while the driver sends something', async () => {
    setContexts();
    const { spans, provider } = agentProvider();
    start(provider);
    const active = new Set<unknown>();
    const authenticate = async () => {
      active.add(trace.getSpan(context.active()));
      return { Authorization: 'Bearer x' };
    };
    await useDriver(server, { authType: 'custom', provider: { authenticate } } as never);
    active.delete(undefined);
    expect(active.size).toBeGreaterThan(5);
    expect(spans).toEqual(expect.arrayContaining([...active]));
  });

  it('below a span of such an agent, which is their parent', async () => {
    setContexts();
    const { spans, provider } = agentProvider();
    start(provider);
    const above = provider.getTracer('app').startSpan('request', {}, context.active());
    await context.with(trace.setSpan(context.active(), above), () => useDriver(server));
    expect(await records()).toEqual(expected);
    expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(1);
  });

  it('beside an SDK that samples nothing', async () => {
    const spans = new InMemorySpanExporter();
    const provider = new NodeTracerProvider({
      sampler: new AlwaysOffSampler(),
      spanProcessors: [new SimpleSpanProcessor(spans)],
    });
    provider.register();
    start(provider);
    await useDriver(server);
    expect(await records()).toEqual(expected);
    expect(spans.getFinishedSpans()).toEqual([]);
  });

  it('without any tracer provider', async () => {
    setContexts();
    start();
    await useDriver(server);
    expect(await records()).toEqual(expected);
  });

  it('without any tracer provider, below a span that came from elsewhere and whose id all spans then have', async () => {
    setContexts();
    start();
    const remote = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1, isRemote: true };
    await context.with(trace.setSpanContext(context.active(), remote), async () => {
      await Promise.all([useDriver(server), useDriver(server)]);
    });
    expect(await records()).toHaveLength(2 * expected.length);
    for (const record of expected) {
      expect(
        (await records()).filter((each) => JSON.stringify(each) === JSON.stringify(record)),
      ).toHaveLength(2 * expected.filter((each) => JSON.stringify(each) === JSON.stringify(record)).length);
    }
  });

  it('registered with the provider as well: still one record each', async () => {
    const provider = new NodeTracerProvider({ spanProcessors: [processor] });
    provider.register();
    start(provider);
    await useDriver(server);
    expect(await records()).toEqual(expected);
  });

  it('beside another DatabricksSpanProcessor, which the provider has: one of them makes the records', async () => {
    const other = new CollectingExporter();
    const otherProcessor = new DatabricksSpanProcessor({ forceEnableTelemetry: true, exporter: other });
    const provider = new NodeTracerProvider({ spanProcessors: [otherProcessor] });
    provider.register();
    start(provider);
    await useDriver(server);
    await otherProcessor.forceFlush();
    expect([...(await records()), ...other.records.map(essenceOf)]).toEqual(expected);
    await otherProcessor.shutdown();
  });

  it.each(['startSpan', 'setAttributes', 'end'])('where %s of the provider throws', async (method) => {
    setContexts();
    const { provider } = agentProvider();
    const fail = () => {
      throw new Error('an agent at fault');
    };
    const tracer = provider.getTracer('x');
    const faulty = {
      startSpan: (...args: Parameters<typeof tracer.startSpan>) => {
        const span = tracer.startSpan(...args);
        return method === 'startSpan' ? fail() : Object.assign(span, { [method]: fail });
      },
    };
    start({ getTracer: () => faulty } as unknown as TracerProvider);
    await useDriver(server);
    expect(await records()).toEqual(expected);
    expect(instrumentation.stats().userCodeFailures.spanProcessor).toBeGreaterThan(5);
  });
});

describe('the option processor', () => {
  it('makes no inner spans, unless an exportLocal of that provider wants them; then each counts once', async () => {
    const spans = new InMemorySpanExporter();
    const local = exportLocal(new BatchSpanProcessor(spans), { detail: 'operations' });
    const provider = new NodeTracerProvider({ spanProcessors: [local, processor] });
    provider.register();
    start(provider);
    await useDriver(server);
    await local.forceFlush();
    const kinds = new Set(spans.getFinishedSpans().map(({ kind }) => kind));
    expect(kinds).toEqual(new Set([SpanKind.CLIENT, SpanKind.INTERNAL]));
    expect(await records()).toEqual(expected);
  });

  it('makes no record of what is called where tracing is suppressed', async () => {
    setContexts();
    start();
    await context.with(suppressTracing(context.active()), () => useDriver(server));
    expect(await records()).toEqual([]);
  });

  it('a hook gets a span that takes everything, and hands it on', async () => {
    const spans = new InMemorySpanExporter();
    const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
    provider.register();
    instrumentation = new DatabricksSqlInstrumentation({
      processor,
      requestHook: (span) => {
        const link = { context: INVALID_SPAN_CONTEXT };
        span.addEvent('event').addLink(link).addLinks([link]).setAttribute('one', 1).updateName('mine');
        span.recordException(new Error('no'));
      },
      responseHook: (span) => {
        span.end(Date.now());
        span.setAttribute('late', 1).setAttributes({ late: 1 }).setStatus({ code: 2 }).updateName('late');
      },
    });
    instrumentation.setTracerProvider(provider);
    await useDriver(server);
    expect(instrumentation.stats().userCodeFailures).toEqual({});
    expect(await records()).toHaveLength(expected.length);
    for (const span of spans.getFinishedSpans()) {
      expect(span).toMatchObject({ name: 'mine', attributes: { one: 1 } });
      expect(span.events.map(({ name }) => name)).toEqual(['event', 'exception']);
      expect(span.links).toHaveLength(2);
      expect(span.attributes).not.toHaveProperty('late');
    }
  });

  it.each([{}, { onStart() {}, onEnd() {} }, 'processor', null])(
    'is a DatabricksSpanProcessor, not %j',
    (value) => {
      start();
      expect(() => new DatabricksSqlInstrumentation({ processor: value as never })).toThrow(
        /DatabricksSqlInstrumentation: option 'processor' is .*; allowed is a DatabricksSpanProcessor/,
      );
    },
  );
});

describe('after shutdown() of the processor', () => {
  it('nothing is recorded, and a new connection is counted as refused, once', async () => {
    start();
    await processor.shutdown();
    await useDriver(server);
    expect(exporter.records).toEqual([]);
    expect(processor.stats().connections).toMatchObject({ served: 0, refused_shutdown: 1 });
  });
});
