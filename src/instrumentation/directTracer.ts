import { type Context, INVALID_SPAN_CONTEXT, type Span, type SpanOptions, trace } from '@opentelemetry/api';
import type { Guard } from '../guard.js';
import type { SpanProcessorLike } from '../spanShape.js';
import { isTracingSuppressed } from '../suppressTracing.js';
import { DirectSpan, type DirectSpanServices, PrivateIds } from './directSpan.js';

/** How spans are made: by a tracer provider, or beside one. */
export interface SpanSource {
  startSpan(name: string, options: SpanOptions, parent: Context): Span;
}

const NO_SPAN = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);

/** Makes the spans of any tracer provider, and hands each operation to a processor of ours as well. */
export class DirectTracer implements SpanSource {
  readonly #original: SpanSource;
  readonly #services: DirectSpanServices;

  constructor(original: SpanSource, processor: SpanProcessorLike, userCode: Guard) {
    this.#original = original;
    this.#services = { processor, userCode, ids: new PrivateIds() };
  }

  startSpan(name: string, options: SpanOptions, parent: Context): Span {
    const original = this.#startOriginal(name, options, parent);
    if (isTracingSuppressed(parent)) {
      return original;
    }
    const span = new DirectSpan({ name, options, parent }, original, this.#services);
    this.#services.processor.onStart(span, parent);
    return span;
  }

  #startOriginal(name: string, options: SpanOptions, parent: Context): Span {
    try {
      return this.#original.startSpan(name, options, parent) ?? NO_SPAN;
    } catch {
      this.#services.userCode.note('spanProcessor');
      return NO_SPAN;
    }
  }
}
