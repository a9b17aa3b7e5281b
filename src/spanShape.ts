import type { Context, HrTime, SpanContext, SpanKind, SpanStatus } from '@opentelemetry/api';

/**
 * What is read of a span: the common part of the ReadableSpan of SDK 2.x and 3.x, whose types are not
 * assignable to each other. The 17 members are all that a ReadableSpan has.
 */
export interface ReadableSpanLike {
  readonly name: string;
  readonly kind: SpanKind;
  spanContext(): SpanContext;
  readonly parentSpanContext?: SpanContext | undefined;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly status: SpanStatus;
  /** As they may be met at run time: SDK 3.x allows nested values. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links: ReadonlyArray<{ readonly attributes?: Readonly<Record<string, unknown>> | undefined }>;
  readonly events: ReadonlyArray<{ readonly attributes?: Readonly<Record<string, unknown>> | undefined }>;
  readonly duration: HrTime;
  readonly ended: boolean;
  readonly resource: unknown;
  readonly instrumentationScope: { readonly name: string };
  readonly droppedAttributesCount: number;
  readonly droppedEventsCount: number;
  readonly droppedLinksCount: number;
}

export type AttributeMap = ReadableSpanLike['attributes'];

/** A span processor of either SDK, as far as it is called. */
export interface SpanProcessorLike {
  onStart(span: ReadableSpanLike, parentContext: Context): void;
  onEnding?(span: ReadableSpanLike): void;
  onEnd(span: ReadableSpanLike): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/** Whole milliseconds; `NaN` for what is no time, as a span of somebody else's may have it. */
export function hrTimeToMs(time: unknown): number {
  if (!Array.isArray(time)) {
    return Number.NaN;
  }
  // By index: destructuring goes by the array's iterator, which took a tenth of a statement's time.
  const seconds: unknown = time[0];
  const nanoseconds: unknown = time[1];
  return typeof seconds === 'number' && typeof nanoseconds === 'number'
    ? Math.round(seconds * 1_000 + nanoseconds / 1_000_000)
    : Number.NaN;
}
