import {
  type Attributes,
  type AttributeValue,
  type Context,
  type Exception,
  type HrTime,
  type Link,
  type Span,
  type SpanContext,
  SpanKind,
  type SpanOptions,
  type SpanStatus,
  SpanStatusCode,
  type TimeInput,
  trace,
} from '@opentelemetry/api';
import type { Guard } from '../guard.js';
import type { ReadableSpanLike, SpanProcessorLike } from '../spanShape.js';
import { INSTRUMENTATION_SCOPE, VERSION } from '../version.js';

const MS_PER_S = 1_000;
const NS_PER_MS = 1_000_000;
const SCOPE = { name: INSTRUMENTATION_SCOPE, version: VERSION };
const NOTHING: readonly never[] = [];
const MAX_ID = 0xffff_ffff;

/** Ids that are known to nobody but us: 16 hexadecimal digits, half of them the same for one source. */
export class PrivateIds {
  /** Differs from that of other sources. */
  readonly #prefix = hexadecimal(Math.floor(Math.random() * MAX_ID));
  #last = 0;

  next(): string {
    this.#last = (this.#last + 1) % MAX_ID;
    return this.#prefix + hexadecimal(this.#last);
  }
}

/** What the spans of one source share. */
export interface DirectSpanServices {
  readonly processor: SpanProcessorLike;
  /** Counts what the provider's span throws. */
  readonly userCode: Guard;
  readonly ids: PrivateIds;
}

/** What a span begins with. */
export interface DirectSpanStart {
  readonly name: string;
  readonly options: SpanOptions;
  readonly parent: Context;
}

/**
 * A span of an operation that a processor of ours reads, whatever the tracer provider makes of it: it goes along
 * with the provider's own span, and passes on to that one all that is done to it.
 */
export class DirectSpan implements Span, ReadableSpanLike {
  /** The span of the tracer provider. */
  readonly original: Span;
  name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
  readonly status: SpanStatus = { code: SpanStatusCode.UNSET };
  readonly parentSpanContext: SpanContext | undefined;
  readonly instrumentationScope = SCOPE;
  readonly links = NOTHING;
  readonly events = NOTHING;
  readonly resource = undefined;
  readonly droppedAttributesCount = 0;
  readonly droppedEventsCount = 0;
  readonly droppedLinksCount = 0;
  readonly #processor: SpanProcessorLike;
  readonly #userCode: Guard;
  readonly #spanContext: SpanContext;
  /** Epoch milliseconds of the zero of the monotonic clock, as it was when the span began. */
  readonly #originMs: number;
  readonly #startMs: number;
  #endMs: number | undefined = undefined;

  /** @param original what the tracer provider made for the same start */
  constructor(start: DirectSpanStart, original: Span, { processor, userCode, ids }: DirectSpanServices) {
    const { options, parent } = start;
    this.original = original;
    this.name = start.name;
    this.kind = options.kind ?? SpanKind.INTERNAL;
    this.attributes = { ...options.attributes };
    this.parentSpanContext = trace.getSpanContext(parent);
    this.#processor = processor;
    this.#userCode = userCode;
    this.#spanContext = identityOf(original, this.parentSpanContext, ids);
    this.#originMs = Date.now() - performance.now();
    this.#startMs = this.#monotonic(options.startTime);
  }

  spanContext(): SpanContext {
    return this.#spanContext;
  }

  /** Whatever the sampler has decided: the processor wants every operation. */
  isRecording(): boolean {
    return this.#endMs === undefined;
  }

  get ended(): boolean {
    return this.#endMs !== undefined;
  }

  get startTime(): HrTime {
    return toHrTime(this.#originMs + this.#startMs);
  }

  get endTime(): HrTime {
    return this.#endMs === undefined ? [0, 0] : toHrTime(this.#originMs + this.#endMs);
  }

  get duration(): HrTime {
    return toHrTime(this.#endMs === undefined ? -1 : this.#endMs - this.#startMs);
  }

  setAttribute(key: string, value: AttributeValue): this {
    if (this.#endMs === undefined) {
      this.attributes[key] = value;
      this.#pass((span) => span.setAttribute(key, value));
    }
    return this;
  }

  setAttributes(attributes: Attributes): this {
    if (this.#endMs === undefined) {
      Object.assign(this.attributes, attributes);
      this.#pass((span) => span.setAttributes(attributes));
    }
    return this;
  }

  setStatus(status: SpanStatus): this {
    if (this.#endMs === undefined) {
      Object.assign(this.status, status);
      this.#pass((span) => span.setStatus(status));
    }
    return this;
  }

  updateName(name: string): this {
    if (this.#endMs === undefined) {
      this.name = name;
      this.#pass((span) => span.updateName(name));
    }
    return this;
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    this.#pass((span) => span.addEvent(name, attributesOrTime, time));
    return this;
  }

  addLink(link: Link): this {
    this.#pass((span) => span.addLink(link));
    return this;
  }

  addLinks(links: Link[]): this {
    this.#pass((span) => span.addLinks(links));
    return this;
  }

  recordException(exception: Exception, time?: TimeInput): void {
    this.#pass((span) => span.recordException(exception, time));
  }

  end(endTime?: TimeInput): void {
    if (this.#endMs === undefined) {
      this.#endMs = Math.max(this.#startMs, this.#monotonic(endTime));
      this.#processor.onEnd(this);
      this.#pass((span) => span.end(endTime));
    }
  }

  /** The provider's span and its processors are somebody else's code. */
  #pass(tell: (span: Span) => void): void {
    try {
      tell(this.original);
    } catch {
      this.#userCode.note('spanProcessor');
    }
  }

  /** Milliseconds of the monotonic clock; what is no time counts as the present. */
  #monotonic(time: TimeInput | undefined): number {
    if (typeof time === 'number') {
      return time < performance.timeOrigin ? time : time - this.#originMs;
    }
    if (time instanceof Date) {
      return time.getTime() - this.#originMs;
    }
    return Array.isArray(time)
      ? time[0] * MS_PER_S + time[1] / NS_PER_MS - this.#originMs
      : performance.now();
  }
}

/** The span that the rest of the process is to see: the provider's own, of its own class. */
export function originalOf(span: Span): Span {
  return span instanceof DirectSpan ? span.original : span;
}

const ID = /^(?!0+$)[0-9a-f]{16}$/;

/**
 * The provider's ids, if they are this span's alone. A provider that does nothing gives none, or the parent's;
 * then the ids are made up, and known to nobody but us.
 */
function identityOf(original: Span, parent: SpanContext | undefined, ids: PrivateIds): SpanContext {
  const given = spanContextOf(original);
  return given !== undefined && ID.test(given.spanId) && given.spanId !== parent?.spanId
    ? given
    : { traceId: parent?.traceId ?? `${ids.next()}${ids.next()}`, spanId: ids.next(), traceFlags: 0 };
}

function spanContextOf(span: Span): SpanContext | undefined {
  try {
    return span.spanContext();
  } catch {
    return undefined;
  }
}

function hexadecimal(number: number): string {
  return number.toString(16).padStart(8, '0');
}

function toHrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / MS_PER_S);
  return [seconds, Math.round((ms - seconds * MS_PER_S) * NS_PER_MS)];
}
