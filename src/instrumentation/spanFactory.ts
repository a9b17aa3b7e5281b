import {
  type Attributes,
  type Context,
  context as contextApi,
  INVALID_SPAN_CONTEXT,
  type Meter,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { Guard } from '../guard.js';
import { suppressTracing } from '../suppressTracing.js';
import { Tag } from '../tags/index.js';
import type { DriverConnection } from './driverConnection.js';
import { describeFailure } from './driverErrors.js';
import { endSpan } from './endSpan.js';
import { FailSafe } from './failSafe.js';
import type { RequestInfo, ResolvedInstrumentationConfig, ResponseInfo } from './instrumentationConfig.js';
import { OperationMetrics } from './operationMetrics.js';

/** How the active Context is read and set: the API's global one, or one of a standalone start. */
export interface ContextAccess {
  active(): Context;
  with<Args extends unknown[], Result>(
    context: Context,
    fn: (...args: Args) => Result,
    thisArg?: unknown,
    ...args: Args
  ): Result;
}

/** For operations that get no span: it takes everything and keeps nothing. */
const NO_SPAN = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);

/** An operation's span, and the Context in which it is the active one. */
export interface StartedOperation {
  readonly span: Span;
  readonly context: Context;
}

/** Makes the spans of the driver's operations, with their metrics and the user's hooks. */
export class SpanFactory extends FailSafe {
  config: ResolvedInstrumentationConfig;
  tracer: Tracer;
  contexts: ContextAccess = contextApi;
  /** Calls the user's hooks and sanitizer. */
  readonly userCode = new Guard();
  #metrics: OperationMetrics;

  constructor(config: ResolvedInstrumentationConfig, tracer: Tracer, meter: Meter) {
    super();
    this.config = config;
    this.tracer = tracer;
    this.#metrics = new OperationMetrics(meter, this.userCode);
  }

  set meter(meter: Meter) {
    this.#metrics = new OperationMetrics(meter, this.userCode);
  }

  protected get metrics(): OperationMetrics {
    return this.#metrics;
  }

  /**
   * Runs a call of the driver that is an operation from its beginning to its settling, under a span.
   * The promise that comes back is the driver's own.
   */
  traceCall<Result>(
    connection: DriverConnection,
    method: string,
    attributesOf: () => Attributes,
    request: RequestInfo,
    call: () => Promise<Result>,
    onResult?: (result: Result, span: Span) => void,
  ): Promise<Result> {
    const started = this.attempt(() => {
      const attributes = attributesOf();
      const { address } = connection;
      const name = address === '' ? method : `${method} ${address}`;
      return { attributes, ...this.startOperation(connection, name, attributes, request) };
    });
    if (started === undefined) {
      return call();
    }
    const { span, context, attributes } = started;
    const startedAt = performance.now();
    const promise = this.contexts.with(this.forDriver(context), call);
    promise.then(
      (result) =>
        this.guard(() => this.#onCallEnd(span, method, attributes, startedAt, undefined, result, onResult)),
      (error: unknown) => this.guard(() => this.#onCallEnd(span, method, attributes, startedAt, { error })),
    );
    return promise;
  }

  /** A span processor of the user's that throws, throws out of the span's end. */
  endSpan(span: Span | undefined): void {
    endSpan(span, this.userCode);
  }

  protected startOperation(
    connection: DriverConnection,
    name: string,
    attributes: Attributes,
    request: RequestInfo,
  ): StartedOperation {
    const active = this.contexts.active();
    if (this.config.requireParentSpan && trace.getSpan(active) === undefined) {
      return { span: NO_SPAN, context: active };
    }
    const parent = connection.within(active);
    const span = this.#startSpan(name, attributes, parent);
    if (span.isRecording()) {
      this.#callRequestHook(span, request);
    }
    return { span, context: trace.setSpan(parent, span) };
  }

  /** A sampler or span processor of the user's that throws, throws out of the span's start. */
  #startSpan(name: string, attributes: Attributes, parent: Context): Span {
    try {
      return this.tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, parent);
    } catch {
      this.userCode.note('spanProcessor');
      return NO_SPAN;
    }
  }

  /** What is active while the driver works. */
  protected forDriver(context: Context): Context {
    return this.config.suppressNestedSpans ? suppressTracing(context) : context;
  }

  #onCallEnd<Result>(
    span: Span,
    method: string,
    attributes: Attributes,
    startedAt: number,
    failed: { readonly error: unknown } | undefined,
    result?: Result,
    onResult?: (result: Result, span: Span) => void,
  ): void {
    const latencyMs = performance.now() - startedAt;
    const failure = failed === undefined ? undefined : describeFailure(failed.error);
    // A hook of the user's may have ended the span.
    const written = span.isRecording() ? span : NO_SPAN;
    if (result !== undefined) {
      this.guard(() => onResult?.(result, written));
    }
    this.guard(() => this.#metrics.record(attributes, latencyMs, failure, undefined));
    if (failure !== undefined) {
      written.setAttribute(Tag.errorType, failure.code);
      if (failure.statusCode !== undefined) {
        written.setAttribute(Tag.dbResponseStatusCode, failure.statusCode);
      }
      written.setStatus({ code: SpanStatusCode.ERROR });
    }
    if (written !== NO_SPAN) {
      written.setAttribute(Tag.operationLatencyMs, Math.round(latencyMs));
      this.callResponseHook(written, { operation: method, ...failed });
    }
    this.endSpan(written);
  }

  #callRequestHook(span: Span, request: RequestInfo): void {
    const { requestHook } = this.config;
    if (requestHook !== undefined) {
      this.userCode.call('requestHook', requestHook, span, request);
    }
  }

  protected callResponseHook(span: Span, response: ResponseInfo): void {
    const { responseHook } = this.config;
    if (responseHook !== undefined) {
      this.userCode.call('responseHook', responseHook, span, response);
    }
  }
}
