import { type Attributes, type Context, type Span, SpanStatusCode } from '@opentelemetry/api';
import { InFlightEntry } from '../inFlight.js';
import { Tag } from '../tags/index.js';
import { type DriverFailure, describeFailure } from './driverErrors.js';
import {
  type DriverOperation,
  type DriverOperationStatus,
  FAILED_STATES,
  FINISHED_STATE,
} from './driverShapes.js';
import type { ResponseInfo } from './instrumentationConfig.js';
import { failedStatementId, serverStatementId } from './statementIds.js';
import { StatementMeasures } from './statementMeasures.js';

/** What a statement's life needs of its surroundings. */
export interface StatementOwner {
  readonly statementGraceMs: number;
  /** Whether `db.response.returned_rows` is wanted. */
  readonly recordReturnedRows: boolean;
  /** Right before the span ends: metrics, the user's hook. `latencyMs` is `databricks.operation.latency_ms`, unrounded. */
  onStatementEnd(
    statement: StatementLife,
    latencyMs: number,
    failure: DriverFailure | undefined,
    response: ResponseInfo,
  ): void;
  /** Never throws. */
  endSpan(span: Span | undefined): void;
  onInternalError(error: unknown): void;
}

/**
 * One statement (or metadata call) from the call to the end of its result. It owns the span: it ends at
 * the first of exhausted, failed for good, cancelled, closed, abandoned, and at one place. Its key is the id of
 * the span.
 */
export class StatementLife extends InFlightEntry {
  readonly span: Span;
  /** Parent of the inner spans. */
  readonly context: Context;
  /** What is active while the driver works for the statement. */
  readonly activeContext: Context;
  /** The driver's method. */
  readonly method: string;
  /** The span's attributes as it started. */
  readonly attributes: Attributes;
  readonly measures = new StatementMeasures();

  waiting = false;
  waitSpan: Span | undefined = undefined;
  /** Whether the first fetch has been seen. */
  fetched = false;

  readonly #owner: StatementOwner;
  readonly #isKernel: boolean;
  #operation: DriverOperation | undefined = undefined;
  #statementId: string | undefined = undefined;
  /** Until the call that starts the statement settles: a volume transfer reads its own row before that. */
  #starting = true;
  /** All has been read while the statement was still starting. */
  #completed = false;
  /** The application has begun to close or cancel: what other calls reject with is its own doing. */
  #closing = false;
  #ended = false;
  #failure: DriverFailure | undefined = undefined;
  #error: unknown = undefined;
  #graceTimer: NodeJS.Timeout | undefined = undefined;

  constructor(
    owner: StatementOwner,
    span: Span,
    context: Context,
    activeContext: Context,
    method: string,
    attributes: Attributes,
    isKernel: boolean,
  ) {
    super(span.spanContext().spanId);
    this.#owner = owner;
    this.span = span;
    this.context = context;
    this.activeContext = activeContext;
    this.method = method;
    this.attributes = attributes;
    this.#isKernel = isKernel;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The driver's operation, from when there is one to the end. */
  get operation(): DriverOperation | undefined {
    return this.#operation;
  }

  /** A call of the driver begins: as long as somebody tries, a failure is not final. */
  enter(): void {
    clearTimeout(this.#graceTimer);
    this.measures.time.enter();
  }

  /** It has settled. With a failure that nobody tries to overcome, the statement is over after a while. */
  leave(): void {
    const { time } = this.measures;
    time.leave();
    if (this.#failure !== undefined && !this.#ended && !time.running) {
      this.#graceTimer = setTimeout(() => this.end(), this.#owner.statementGraceMs);
      this.#graceTimer.unref();
    }
  }

  /** The driver has an operation: the server took the statement. */
  onOperation(operation: DriverOperation): void {
    this.#operation = operation;
    this.#learnStatementId();
    const status = operation.backend.operationStatus;
    if (status !== undefined && status !== null) {
      this.onStatus(status);
    }
  }

  /** The call that starts the statement has resolved. */
  onStarted(): void {
    this.#starting = false;
    if (this.#completed) {
      this.end();
    }
  }

  /** The call that starts the statement rejected: the application gets no operation. */
  onExecuteFailure(error: unknown): void {
    this.#starting = false;
    this.#setStatementId(failedStatementId(error));
    this.#setFailure(error, describeFailure(error, this.#failure));
    this.end();
  }

  /** The server said how it is going. That it failed is told by the next call's rejection, if one comes. */
  onStatus(status: DriverOperationStatus): void {
    const errorCode = FAILED_STATES.get(status.operationState);
    if (status.operationState === FINISHED_STATE) {
      this.onAnswered();
    } else if (errorCode === undefined) {
      this.#recover();
    } else if (!this.#closing) {
      this.#setFailure(status, describeFailure({ errorCode, response: status }));
    }
  }

  /** The driver stops waiting for the server's answer. */
  onWaited(): void {
    const span = this.waitSpan;
    this.waiting = false;
    this.waitSpan = undefined;
    this.#owner.endSpan(span);
  }

  /** The server has finished. A statement without a result set has nothing more to come. */
  onAnswered(): void {
    this.#recover();
    this.measures.onAnswered();
    if (!this.#hasResultSet()) {
      this.#complete();
    }
  }

  /** Rows were handed to the application. */
  onRows(count: number): void {
    if (this.#hasResultSet()) {
      this.#recover();
      this.measures.onRows(count);
    }
  }

  /** There is nothing more to read. Without a result set that tells nothing of the statement. */
  onExhausted(): void {
    if (this.#hasResultSet()) {
      this.#recover();
      this.measures.onReady();
      this.#complete();
    }
  }

  /** The application begins to close or to cancel. */
  onClosing(): void {
    this.#closing = true;
    this.measures.onGivenUp();
  }

  /** Closing or cancelling rejected: nothing more will come of the statement. */
  onCloseFailure(error: unknown): void {
    this.#setFailure(error, describeFailure(error, this.#failure));
    this.end();
  }

  /** A later call of the driver rejected. */
  onFailure(error: unknown): void {
    if (this.#closing) {
      return;
    }
    const failure = describeFailure(error, this.#failure);
    this.#setFailure(error, failure);
    if (!failure.mayRecover) {
      this.end();
    }
  }

  /** Nobody ended it: too old, too many, or the instrumentation is switched off. */
  abandon(): void {
    if (!this.#ended && this.span.isRecording()) {
      this.span.setAttribute(Tag.operationIncomplete, true);
    }
    this.end();
  }

  /** Ends the span, once. All that is known is written here and nowhere later. Never throws. */
  end(): void {
    if (this.#ended) {
      return;
    }
    this.#ended = true;
    clearTimeout(this.#graceTimer);
    try {
      this.onWaited();
      this.#writeEnd();
    } catch (error) {
      this.#owner.onInternalError(error);
    }
    this.#owner.endSpan(this.span);
    this.#operation = undefined;
  }

  #complete(): void {
    if (this.#starting) {
      this.#completed = true;
    } else {
      this.end();
    }
  }

  #writeEnd(): void {
    const failure = this.#failure;
    const { latencyMs, rows } = this.measures;
    this.#learnStatementId();
    if (this.span.isRecording()) {
      const attributes = this.measures.attributes(this.#operation, this.#isKernel);
      if (rows !== undefined && this.#owner.recordReturnedRows) {
        attributes[Tag.dbResponseReturnedRows] = rows;
      }
      if (failure !== undefined) {
        attributes[Tag.errorType] = failure.code;
        if (failure.statusCode !== undefined) {
          attributes[Tag.dbResponseStatusCode] = failure.statusCode;
        }
        this.span.setStatus({ code: SpanStatusCode.ERROR });
      }
      this.span.setAttributes(attributes);
    }
    this.#owner.onStatementEnd(this, latencyMs, failure, {
      operation: this.method,
      ...(this.#statementId === undefined ? {} : { statementId: this.#statementId }),
      ...(rows === undefined ? {} : { returnedRows: rows }),
      ...(failure === undefined ? {} : { error: this.#error }),
    });
  }

  #hasResultSet(): boolean {
    return this.#operation?.backend.hasResultSet() !== false;
  }

  #learnStatementId(): void {
    if (this.#statementId === undefined && this.#operation !== undefined) {
      this.#setStatementId(serverStatementId(this.#operation));
    }
  }

  #setStatementId(id: string | undefined): void {
    if (id !== undefined) {
      this.#statementId = id;
      if (this.span.isRecording()) {
        this.span.setAttribute(Tag.statementId, id);
      }
    }
  }

  /** A call succeeded after one had failed: the failure is overcome, and counts as a retry. */
  #recover(): void {
    if (this.#failure?.mayRecover === true) {
      this.#failure = undefined;
      this.#error = undefined;
      this.measures.onRecovered();
    }
  }

  #setFailure(error: unknown, failure: DriverFailure): void {
    this.#failure = failure;
    this.#error = error;
    this.measures.onFailed();
  }
}
