import {
  type Attributes,
  type Context,
  context as contextApi,
  createContextKey,
  createNoopMeter,
  INVALID_SPAN_CONTEXT,
  type Meter,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { Guard } from '../guard.js';
import { isOwnProcessor, type TelemetryProcessor } from '../processorMark.js';
import { isTracingSuppressed, suppressTracing } from '../suppressTracing.js';
import { Tag } from '../tags/index.js';
import { originalOf } from './directSpan.js';
import { DirectTracer, type SpanSource } from './directTracer.js';
import type { DriverConnection } from './driverConnection.js';
import { describeFailure } from './driverErrors.js';
import { endSpan } from './endSpan.js';
import { FailSafe } from './failSafe.js';
import type { RequestInfo, ResolvedInstrumentationConfig, ResponseInfo } from './instrumentationConfig.js';
import { OperationMetrics } from './operationMetrics.js';
import { SpanReports } from './spanReports.js';

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

const OPERATION_ID_KEY = createContextKey('opentelemetry-databricks-sql/operation-id/v1');

/** An operation's span, and the Context in which it is the active one. */
export interface StartedOperation {
  readonly span: Span;
  readonly context: Context;
}

/** What an operation begins with. */
export interface OperationStart {
  readonly name: string;
  readonly attributes: Attributes;
  readonly request: RequestInfo;
  /** Monotonic milliseconds: the span's start. */
  readonly startedAt: number;
}

/** Makes the spans of the driver's operations, with their metrics and the user's hooks. */
export class SpanFactory extends FailSafe {
  contexts: ContextAccess = contextApi;
  /** Calls the user's hooks and sanitizer. */
  readonly userCode = new Guard();
  readonly reports = new SpanReports();
  /** Of `register`, beside a tracer provider of somebody else's. */
  #registeredProcessor: TelemetryProcessor | undefined = undefined;
  #config: ResolvedInstrumentationConfig;
  /** That of the tracer provider. */
  #originalTracer: SpanSource;
  #tracer: SpanSource;
  #metrics = new OperationMetrics(createNoopMeter(), this.userCode);

  constructor(config: ResolvedInstrumentationConfig, tracer: SpanSource) {
    super();
    this.#config = config;
    this.#originalTracer = tracer;
    this.#tracer = this.#chooseTracer();
  }

  get config(): ResolvedInstrumentationConfig {
    return this.#config;
  }

  set config(config: ResolvedInstrumentationConfig) {
    this.#config = config;
    this.#tracer = this.#chooseTracer();
  }

  set registeredProcessor(processor: TelemetryProcessor | undefined) {
    this.#registeredProcessor = processor;
    this.#tracer = this.#chooseTracer();
  }

  set originalTracer(tracer: SpanSource) {
    this.#originalTracer = tracer;
    this.#tracer = this.#chooseTracer();
  }

  protected get tracer(): SpanSource {
    return this.#tracer;
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
    const startedAt = performance.now();
    const started = this.attempt(() => {
      const attributes = attributesOf();
      const { address } = connection;
      const name = address === '' ? method : `${method} ${address}`;
      const operation = { name, attributes, request, startedAt };
      return { ...operation, ...this.startOperation(connection, operation) };
    });
    if (started === undefined) {
      return call();
    }
    const promise = this.contexts.with(this.forDriver(started.context), call);
    promise.then(
      (result) =>
        this.guard(() => {
          this.#onCallEnd(started, undefined, (span) => onResult?.(result, span));
        }),
      (error: unknown) => this.guard(() => this.#onCallEnd(started, { error })),
    );
    return promise;
  }

  /** A span processor of the user's that throws, throws out of the span's end. */
  endSpan(span: Span | undefined, endedAt?: number): void {
    endSpan(span, this.userCode, endedAt);
  }

  protected startOperation(connection: DriverConnection, operation: OperationStart): StartedOperation {
    const active = this.contexts.active();
    if (this.config.requireParentSpan && trace.getSpan(active) === undefined) {
      return { span: NO_SPAN, context: active };
    }
    const parent = connection.within(active);
    const span = this.#startSpan(operation, parent);
    if (!this.reports.hasLooked && span !== NO_SPAN && !isTracingSuppressed(parent)) {
      this.reports.lookAtFirst(span, connection);
    }
    if (span.isRecording()) {
      this.#callRequestHook(span, operation.request);
    }
    return { span, context: this.#contextOf(span, parent) };
  }

  /** Other instrumentations and agents look for the span that their own tracer provider has made. */
  #contextOf(span: Span, parent: Context): Context {
    const original = originalOf(span);
    const context = trace.setSpan(parent, original);
    return original === span ? context : context.setValue(OPERATION_ID_KEY, span.spanContext().spanId);
  }

  /** The id of the operation whose Context is active, also where the span in it has no id of its own. */
  protected activeOperationId(): string | undefined {
    const active = this.contexts.active();
    return this.#tracer === this.#originalTracer
      ? trace.getSpan(active)?.spanContext().spanId
      : (active.getValue(OPERATION_ID_KEY) as string | undefined);
  }

  #chooseTracer(): SpanSource {
    const processor = this.#config.processor ?? this.#registeredProcessor;
    return isOwnProcessor(processor)
      ? new DirectTracer(this.#originalTracer, processor, this.userCode)
      : this.#originalTracer;
  }

  /** A sampler or span processor of the user's that throws, throws out of the span's start. */
  #startSpan({ name, attributes, startedAt }: OperationStart, parent: Context): Span {
    try {
      const options = { kind: SpanKind.CLIENT, attributes, startTime: startedAt };
      return this.#tracer.startSpan(name, options, parent);
    } catch {
      this.userCode.note('spanProcessor');
      this.reports.onStartFailed();
      return NO_SPAN;
    }
  }

  /** What is active while the driver works. */
  protected forDriver(context: Context): Context {
    return this.config.suppressNestedSpans ? suppressTracing(context) : context;
  }

  #onCallEnd(
    { span, context, attributes, request, startedAt }: OperationStart & StartedOperation,
    failed: { readonly error: unknown } | undefined,
    onResult?: (span: Span) => void,
  ): void {
    const endedAt = performance.now();
    const latencyMs = endedAt - startedAt;
    const failure = failed === undefined ? undefined : describeFailure(failed.error);
    // A hook of the user's may have ended the span.
    const written = span.isRecording() ? span : NO_SPAN;
    if (onResult !== undefined) {
      this.guard(() => onResult(written));
    }
    this.guard(() => this.#metrics.record({ attributes, latencyMs, failure, context }));
    if (failure !== undefined) {
      written.setAttribute(Tag.errorType, failure.code);
      if (failure.statusCode !== undefined) {
        written.setAttribute(Tag.dbResponseStatusCode, failure.statusCode);
      }
      written.setStatus({ code: SpanStatusCode.ERROR });
    }
    if (written !== NO_SPAN) {
      written.setAttribute(Tag.operationLatencyMs, Math.round(latencyMs));
      this.callResponseHook(written, { operation: request.operation, ...failed });
    }
    this.endSpan(written, endedAt);
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
