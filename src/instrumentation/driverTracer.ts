import {
  type Attributes,
  type Context,
  context as contextApi,
  diag,
  INVALID_SPAN_CONTEXT,
  type Meter,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { setConnection } from '../context.js';
import { InFlight } from '../inFlight.js';
import { suppressTracing } from '../suppressTracing.js';
import { Tag } from '../tags/index.js';
import type { DriverConnection } from './driverConnection.js';
import { type DriverFailure, describeFailure } from './driverErrors.js';
import type { DriverClient, DriverHttpConnection, DriverOperation, DriverSession } from './driverShapes.js';
import { endSpan } from './endSpan.js';
import type { RequestInfo, ResolvedInstrumentationConfig, ResponseInfo } from './instrumentationConfig.js';
import { KnownStatements } from './knownStatements.js';
import { OperationMetrics } from './operationMetrics.js';
import type { SessionState } from './sessionState.js';
import { StatementLife, type StatementOwner } from './statementLife.js';
import { systemTags } from './systemTags.js';

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

/**
 * Makes the driver's spans. It holds what the patches share: the tracer, the configuration, and what is
 * known of the driver's objects.
 */
export class DriverTracer implements StatementOwner {
  config: ResolvedInstrumentationConfig;
  tracer: Tracer;
  /** False: the patches pass everything through. */
  enabled = true;
  contexts: ContextAccess = contextApi;

  /** Told of the driver's objects as they appear, where their classes are found from them. */
  onHttpConnection: ((connection: DriverHttpConnection | undefined) => void) | undefined = undefined;
  onSession: ((session: DriverSession) => void) | undefined = undefined;
  onOperation: ((operation: DriverOperation) => void) | undefined = undefined;

  readonly sessions = new WeakMap<DriverSession, SessionState>();
  readonly openStatements = new InFlight<StatementLife>((statement) => statement.abandon());
  readonly knownStatements = new KnownStatements();
  /** By the operation's backend and, for what reads rows, by its row source. */
  readonly #statements = new WeakMap<object, StatementLife>();
  readonly #connections = new WeakMap<DriverClient, DriverConnection>();
  /** A client that was dropped and never closed: its connection is over when it is collected. */
  readonly #droppedClients = new FinalizationRegistry<DriverConnection>((connection) => connection.close());
  readonly #systemTags = systemTags();
  #metrics: OperationMetrics;

  constructor(config: ResolvedInstrumentationConfig, tracer: Tracer, meter: Meter) {
    this.config = config;
    this.tracer = tracer;
    this.#metrics = new OperationMetrics(meter);
  }

  get statementGraceMs(): number {
    return this.config.statementGraceMs;
  }

  set meter(meter: Meter) {
    this.#metrics = new OperationMetrics(meter);
  }

  /** What a session's opening span says of its connection. */
  connectionTags(client: DriverClient, connection: DriverConnection): Attributes {
    return { ...this.#systemTags, ...connection.connectionTags(client) };
  }

  connectionOf(client: DriverClient): DriverConnection | undefined {
    return this.#connections.get(client);
  }

  /** From now on this is the client's connection; an earlier one of the same client is over. */
  connect(client: DriverClient, connection: DriverConnection): void {
    this.disconnect(client);
    this.#connections.set(client, connection);
    this.#droppedClients.register(client, connection, connection);
  }

  /** The client's connection is over. */
  disconnect(client: DriverClient): void {
    const connection = this.#connections.get(client);
    if (connection !== undefined) {
      this.#connections.delete(client);
      this.#droppedClients.unregister(connection);
      connection.close();
    }
  }

  statementOf(key: object | undefined): StatementLife | undefined {
    return key === undefined ? undefined : this.#statements.get(key);
  }

  /** The statement whose span is active, for what the driver does without naming a statement. */
  activeStatement(): StatementLife | undefined {
    const spanContext = trace.getSpan(this.contexts.active())?.spanContext();
    return spanContext === undefined ? undefined : this.openStatements.get(spanContext.spanId);
  }

  startStatement(
    connection: DriverConnection,
    name: string,
    method: string,
    attributes: Attributes,
    request: RequestInfo,
  ): StatementLife {
    const { maxInFlightStatements, statementTtlMs } = this.config;
    this.openStatements.makeRoom(maxInFlightStatements);
    const { span, context } = this.#startOperation(connection, name, attributes, request);
    const statement = new StatementLife(
      this,
      span,
      context,
      this.#forDriver(context),
      method,
      attributes,
      connection.isKernel,
    );
    if (span.isRecording()) {
      this.openStatements.add(statement, statementTtlMs);
    }
    return statement;
  }

  /** From now on the driver's operation belongs to the statement, until that has ended. */
  attach(statement: StatementLife, operation: DriverOperation): void {
    if (statement.ended || statement.operation !== undefined) {
      return;
    }
    const { backend } = operation;
    this.onOperation?.(operation);
    this.#statements.set(backend, statement);
    if (backend.dataProvider !== undefined) {
      this.#statements.set(backend.dataProvider, statement);
    }
    statement.onOperation(operation);
  }

  /** An inner span of a statement; `undefined` if the statement's span records nothing. */
  startInnerSpan(statement: StatementLife, name: string, attributes: Attributes): Span | undefined {
    return statement.span.isRecording()
      ? this.attempt(() =>
          this.tracer.startSpan(name, { kind: SpanKind.INTERNAL, attributes }, statement.context),
        )
      : undefined;
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
      const name = `${method} ${connection.address}`;
      return { attributes, ...this.#startOperation(connection, name, attributes, request) };
    });
    if (started === undefined) {
      return call();
    }
    const { span, context, attributes } = started;
    const startedAt = performance.now();
    const promise = this.contexts.with(this.#forDriver(context), call);
    promise.then(
      (result) =>
        this.guard(() => this.#onCallEnd(span, method, attributes, startedAt, undefined, result, onResult)),
      (error: unknown) => this.guard(() => this.#onCallEnd(span, method, attributes, startedAt, { error })),
    );
    return promise;
  }

  onStatementEnd(
    statement: StatementLife,
    latencyMs: number,
    failure: DriverFailure | undefined,
    response: ResponseInfo,
  ): void {
    const { span } = statement;
    this.openStatements.remove(statement);
    const backend = statement.operation?.backend;
    if (backend !== undefined) {
      this.#statements.delete(backend);
      this.#statements.delete(backend.dataProvider ?? backend);
    }
    if (span.isRecording()) {
      this.#callResponseHook(span, response);
    }
    this.#metrics.record(statement.attributes, latencyMs, failure, response.returnedRows);
  }

  /** Runs our own code among the driver's: what it throws ends here. */
  guard(fn: () => void): void {
    this.attempt(fn);
  }

  /** Runs our own code among the driver's; `undefined` if it threw. */
  attempt<Result>(fn: () => Result): Result | undefined {
    try {
      return fn();
    } catch (error) {
      diag.debug('opentelemetry-databricks-sql: an observation failed', error);
      return undefined;
    }
  }

  #startOperation(
    connection: DriverConnection,
    name: string,
    attributes: Attributes,
    request: RequestInfo,
  ): { span: Span; context: Context } {
    const active = this.contexts.active();
    if (this.config.requireParentSpan && trace.getSpan(active) === undefined) {
      return { span: NO_SPAN, context: active };
    }
    const parent = setConnection(active, connection.handle);
    const span = this.tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, parent);
    if (span.isRecording()) {
      this.#callRequestHook(span, request);
    }
    return { span, context: trace.setSpan(parent, span) };
  }

  /** What is active while the driver works. */
  #forDriver(context: Context): Context {
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
      this.#callResponseHook(written, { operation: method, ...failed });
    }
    endSpan(written);
  }

  #callRequestHook(span: Span, request: RequestInfo): void {
    const { requestHook } = this.config;
    if (requestHook !== undefined) {
      this.guard(() => requestHook(span, request));
    }
  }

  #callResponseHook(span: Span, response: ResponseInfo): void {
    const { responseHook } = this.config;
    if (responseHook !== undefined) {
      this.guard(() => responseHook(span, response));
    }
  }
}
