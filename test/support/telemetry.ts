import {
  type Attributes,
  context,
  DiagLogLevel,
  diag,
  propagation,
  SpanKind,
  trace,
} from '@opentelemetry/api';
import type { ReadableSpan, Sampler, Span, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NoopSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { DatabricksSqlInstrumentation } from '../../src/instrumentation/databricksSqlInstrumentation.js';
import type { DatabricksSqlInstrumentationConfig } from '../../src/instrumentation/instrumentationConfig.js';
import { exportLocal } from '../../src/processor/exportLocal.js';
import type { SpanProcessorLike } from '../../src/spanShape.js';
import { INSTRUMENTATION_SCOPE } from '../../src/version.js';

export interface TelemetryOptions {
  readonly config?: DatabricksSqlInstrumentationConfig;
  readonly sampler?: Sampler;
  /** After the one that collects. */
  readonly processors?: readonly SpanProcessor[];
  /** As somebody asks for it. Default `operations`: inner spans as well. */
  readonly detail?: 'statements' | 'operations';
}

/** An application's OpenTelemetry set-up with our instrumentation, and all that comes of it. */
export interface Telemetry {
  readonly provider: NodeTracerProvider;
  readonly instrumentation: DatabricksSqlInstrumentation;
  /** Spans that have ended, in that order, whether sampled or only recorded. */
  readonly ended: readonly ReadableSpan[];
  /** Spans that have started and not ended. */
  readonly open: ReadonlySet<ReadableSpan>;
  /** What the SDK or we said at level warn or error: a write to an ended span is among it. Take what you expect. */
  readonly warnings: string[];
  /** Ended spans of the driver's operations, one per operation. */
  operations(): readonly ReadableSpan[];
  /** Ended spans of statements and metadata calls, which have a statement type. */
  statements(): readonly ReadableSpan[];
  /** Ended inner spans of an operation, by name. */
  inner(parent: ReadableSpan, name?: string): readonly ReadableSpan[];
  /** Forgets the spans so far. */
  clear(): void;
  /** Takes the driver's patches off and the globals back. */
  stop(): Promise<void>;
}

class Collector implements SpanProcessor {
  readonly ended: ReadableSpan[] = [];
  readonly open = new Set<ReadableSpan>();

  onStart(span: Span): void {
    this.open.add(span);
  }

  onEnd(span: ReadableSpan): void {
    this.open.delete(span);
    this.ended.push(span);
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}

/** Registers a provider and the instrumentation. `stop()` must follow before the next one. */
export function startTelemetry(options: TelemetryOptions = {}): Telemetry {
  const { config, sampler, processors = [], detail = 'operations' } = options;
  const collector = new Collector();
  const warnings: string[] = [];
  const warn = (message: string, ...details: unknown[]): void => {
    warnings.push([message, ...details].map(String).join(' '));
  };
  const ignore = (): void => undefined;
  diag.setLogger(
    { error: warn, warn, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const provider = new NodeTracerProvider({
    spanProcessors: [
      collector,
      exportLocal(new NoopSpanProcessor() as SpanProcessorLike, { detail }) as SpanProcessor,
      ...processors,
    ],
    ...(sampler === undefined ? {} : { sampler }),
  });
  provider.register();
  const instrumentation = new DatabricksSqlInstrumentation({ recordReturnedRows: true, ...config });
  instrumentation.setTracerProvider(provider);
  const ours = () => collector.ended.filter(isOurs);
  return {
    provider,
    instrumentation,
    ended: collector.ended,
    open: collector.open,
    warnings,
    operations: () => ours().filter(({ kind }) => kind === SpanKind.CLIENT),
    statements: () =>
      ours().filter(({ attributes }) => attributes['databricks.statement.type'] !== undefined),
    inner: (parent, name) =>
      ours().filter(
        (span) =>
          span.parentSpanContext?.spanId === parent.spanContext().spanId &&
          (name === undefined || span.name === name),
      ),
    clear: () => {
      collector.ended.length = 0;
      collector.open.clear();
    },
    stop: async () => {
      instrumentation.disable();
      await provider.shutdown();
      trace.disable();
      context.disable();
      propagation.disable();
      diag.disable();
    },
  };
}

/** The one item there is; fails where there are none or several. */
export function only<Item>(items: readonly Item[]): Item {
  const [item] = items;
  if (item === undefined || items.length > 1) {
    throw new Error(`expected one, not ${items.length}: ${items.map(nameOf).join(', ')}`);
  }
  return item;
}

/** A tag that must be a number. */
export function numberTag(attributes: Attributes, tag: string): number {
  const value = attributes[tag];
  if (typeof value !== 'number') {
    throw new Error(`${tag} is ${String(value)}, not a number`);
  }
  return value;
}

function isOurs(span: ReadableSpan): boolean {
  return span.instrumentationScope.name === INSTRUMENTATION_SCOPE;
}

function nameOf(item: unknown): string {
  const name: unknown = (item as { name?: unknown } | null | undefined)?.name;
  return typeof name === 'string' ? name : String(item);
}
