import { type Span, SpanStatusCode } from '@opentelemetry/api';
import type { InFlightEntry } from '../inFlight.js';
import { Tag, type TimeAccount } from '../tags/index.js';
import type { DriverFailure } from './driverErrors.js';
import {
  type DriverOperation,
  type DriverOperationStatus,
  FAILED_STATES,
  FINISHED_STATE,
} from './driverShapes.js';
import type { ResponseInfo } from './instrumentationConfig.js';
import { firstWordOf, serverTimesOf, wordOf } from './serverState.js';
import type { StatementOwner, StatementStart } from './statementContract.js';
import { StatementFailure } from './statementFailure.js';
import { failedStatementId, StatementId, serverStatementId } from './statementIds.js';
import { StatementMeasures } from './statementMeasures.js';

/**
 * One statement (or metadata call) from the call to the end of its result. It owns the span: it ends at
 * the first of exhausted, failed for good, cancelled, closed, abandoned, and at one place. Its key is the id of
 * the span. Each event comes with its time, in monotonic milliseconds.
 */
export class StatementLife implements InFlightEntry {
  readonly key: string;
  openedAtStep = 0;
  readonly start: StatementStart;
  readonly span: Span;
  readonly measures: StatementMeasures;

  waiting = false;
  waitSpan: Span | undefined = undefined;
  /** Whether the first fetch has been seen. */
  fetched = false;

  readonly #owner: StatementOwner<StatementLife>;
  #operation: DriverOperation | undefined = undefined;
  readonly #id: StatementId;
  /** Until the call that starts the statement settles: a volume transfer reads its own row before that. */
  #starting = true;
  /** All has been read while the statement was still starting. */
  #completed = false;
  /** The application has begun to close or cancel: what other calls reject with is its own doing. */
  #closing = false;
  #ended = false;
  readonly #failure = new StatementFailure();
  #graceTimer: NodeJS.Timeout | undefined = undefined;

  constructor(owner: StatementOwner<StatementLife>, start: StatementStart) {
    this.key = start.span.spanContext().spanId;
    this.#owner = owner;
    this.start = start;
    this.span = start.span;
    this.#id = new StatementId(start.span);
    this.measures = new StatementMeasures(start.startedAt, start.isKernel);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The driver's operation, from when there is one to the end. */
  get operation(): DriverOperation | undefined {
    return this.#operation;
  }

  /** A call of the driver begins: as long as somebody tries, a failure is not final. */
  enter(now: number): void {
    if (this.#graceTimer !== undefined) {
      clearTimeout(this.#graceTimer);
    }
    this.measures.ledger.enter(now);
  }

  /** It has settled. With a failure that nobody tries to overcome, the statement is over after a while. */
  leave(now: number): void {
    const { ledger } = this.measures;
    ledger.leave(now);
    if (this.#failure.current !== undefined && !this.#ended && !ledger.isWaiting) {
      this.#graceTimer = setTimeout(() => this.end(performance.now()), this.#owner.statementGraceMs);
      this.#graceTimer.unref();
    }
  }

  /** The driver has an operation: the server took the statement. */
  onOperation(operation: DriverOperation, now: number): void {
    this.#operation = operation;
    this.#id.learn(serverStatementId(operation));
    const { operationStatus: status, state } = operation.backend;
    if (status !== undefined && status !== null) {
      // It came with the results: what the server took after it had finished was for those.
      this.onStatus(status, now, 'fetching');
    } else {
      const word = firstWordOf(state);
      if (word !== undefined) {
        this.measures.ledger.serverSaid(word, now);
      }
    }
  }

  /** The call that starts the statement has resolved. */
  onStarted(now: number): void {
    this.#starting = false;
    if (this.#completed) {
      this.end(now);
    }
  }

  /** The call that starts the statement rejected: the application gets no operation. */
  onExecuteFailure(error: unknown, now: number): void {
    this.#starting = false;
    this.#id.learn(failedStatementId(error));
    this.#fail(now, error);
    this.end(now);
  }

  /**
   * The server reported the statement's state. If it failed, the next call of the driver rejects with the reason.
   *
   * @param late whose the time is in which the statement was over, and it was not known
   */
  onStatus(status: DriverOperationStatus, now: number, late?: TimeAccount): void {
    const word = wordOf(status);
    if (word !== undefined) {
      this.measures.ledger.serverSaid(word, now, serverTimesOf(status, now), late);
    }
    const errorCode = FAILED_STATES.get(status.operationState);
    if (status.operationState === FINISHED_STATE) {
      this.onAnswered(now);
    } else if (errorCode === undefined) {
      this.#recover();
    } else if (!this.#closing) {
      this.#fail(now, status, { errorCode, response: status });
    }
  }

  /** The driver stops waiting for the server's answer. */
  onWaited(now: number): void {
    const span = this.waitSpan;
    this.waiting = false;
    this.waitSpan = undefined;
    this.#owner.endSpan(span, now);
  }

  /** The server has finished. A statement without a result set has nothing more to come. */
  onAnswered(now: number): void {
    this.#recover();
    this.measures.ledger.serverSaid('over', now);
    this.measures.onAnswered(now);
    if (!this.#hasResultSet()) {
      this.#complete(now);
    }
  }

  /** Rows were handed to the application. */
  onRows(count: number, now: number): void {
    if (this.#hasResultSet()) {
      this.#recover();
      this.measures.onRows(count, now);
    }
  }

  /** There is nothing more to read. Without a result set that tells nothing of the statement. */
  onExhausted(now: number): void {
    if (this.#hasResultSet()) {
      this.#recover();
      this.measures.onReady(now);
      this.#complete(now);
    }
  }

  /** The application begins to close or to cancel. */
  onClosing(now: number): void {
    this.#closing = true;
    this.measures.onGivenUp(now);
    this.measures.ledger.requestBegins(now);
  }

  /** Closing or cancelling rejected: nothing more will come of the statement. */
  onCloseFailure(error: unknown, now: number): void {
    this.#fail(now, error);
    this.end(now);
  }

  /** A later call of the driver rejected. */
  onFailure(error: unknown, now: number): void {
    if (this.#closing) {
      return;
    }
    if (!this.#fail(now, error).mayRecover) {
      this.end(now);
    }
  }

  /** Nobody ended it: too old, too many, or the instrumentation is switched off. */
  abandon(): void {
    if (!this.#ended && this.span.isRecording()) {
      this.span.setAttribute(Tag.operationIncomplete, true);
    }
    this.end(performance.now());
  }

  /** Ends the span, once. All that is known is written here and nowhere later. Never throws. */
  end(now: number): void {
    if (this.#ended) {
      return;
    }
    this.#ended = true;
    clearTimeout(this.#graceTimer);
    try {
      this.onWaited(now);
      this.#writeEnd(now);
    } catch (error) {
      this.#owner.onInternalError(error);
    }
    this.#owner.endSpan(this.span, now);
    this.#operation = undefined;
  }

  #complete(now: number): void {
    if (this.#starting) {
      this.#completed = true;
    } else {
      this.end(now);
    }
  }

  #writeEnd(now: number): void {
    const { current: failure, thrown } = this.#failure;
    const { measures } = this;
    const { rows } = measures;
    if (this.#operation !== undefined && this.#id.value === undefined) {
      this.#id.learn(serverStatementId(this.#operation));
    }
    if (this.span.isRecording()) {
      const attributes = measures.attributes(this.#operation, now);
      // The one row of a volume transfer is the driver's own affair.
      const hasRows = rows !== undefined && measures.volumeOperation === undefined;
      if (hasRows && this.#owner.recordReturnedRows) {
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
    const { value: statementId } = this.#id;
    const response: ResponseInfo = {
      operation: this.start.method,
      ...(statementId === undefined ? {} : { statementId }),
      ...(rows === undefined ? {} : { returnedRows: rows }),
      ...(failure === undefined ? {} : { error: thrown }),
    };
    this.#owner.onStatementEnd(this, { latencyMs: measures.latencyMs(now), endedAt: now, failure, response });
  }

  #hasResultSet(): boolean {
    return this.#operation?.backend.hasResultSet() !== false;
  }

  /** A call succeeded: if one had failed before, that is overcome, and counts as a retry. */
  #recover(): void {
    if (this.#failure.recover()) {
      this.measures.onRecovered();
    }
  }

  #fail(now: number, thrown: unknown, told?: unknown): DriverFailure {
    this.measures.onFailed(now);
    return this.#failure.set(thrown, told);
  }
}
