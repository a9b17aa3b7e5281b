import { type Attributes, type Context, type Span, SpanStatusCode } from '@opentelemetry/api';
import { Tag } from '../tags/index.js';
import { type DriverFailure, describeFailure } from './driverErrors.js';
import { type DriverOperation, FINISHED_STATE, RESULT_FORMATS } from './driverShapes.js';
import { DriverTime } from './driverTime.js';
import type { ResponseInfo } from './instrumentationConfig.js';

/** What a statement's life needs of its surroundings. */
export interface StatementOwner {
  readonly statementGraceMs: number;
  /** Right before the span ends: metrics, the user's hook. `latencyMs` is `databricks.operation.latency_ms`, unrounded. */
  onStatementEnd(statement: StatementLife, latencyMs: number, response: ResponseInfo): void;
}

/**
 * One statement (or metadata call) from the call to the end of its result. It owns the span: it ends at
 * the first of exhausted, failed for good, cancelled, closed, abandoned, and at one place.
 */
export class StatementLife {
  readonly span: Span;
  /** Parent of the inner spans. */
  readonly context: Context;
  /** What is active while the driver works for the statement. */
  readonly activeContext: Context;
  /** The driver's method. */
  readonly method: string;
  /** The span's attributes as it started. */
  readonly attributes: Attributes;
  /** Monotonic milliseconds. */
  readonly startedAt = performance.now();
  readonly time = new DriverTime();

  retryCount = 0;
  waiting = false;
  waitSpan: Span | undefined = undefined;
  volumeOperation: string | undefined = undefined;
  /** Set while the application's own close or cancel is under way: rejections of other calls are its doing. */
  closing = false;
  /** Whether the first fetch has been seen. */
  fetched = false;

  readonly #owner: StatementOwner;
  readonly #isKernel: boolean;
  #operation: DriverOperation | undefined = undefined;
  #statementId: string | undefined = undefined;
  #ended = false;
  #executeMs: number | undefined = undefined;
  #answeredMs: number | undefined = undefined;
  #readyMs: number | undefined = undefined;
  #readyAt = 0;
  #rows: number | undefined = undefined;
  #bytes: number | undefined = undefined;
  #pollCount = 0;
  #pollMs = 0;
  #filesOffered = 0;
  #filesStarted = 0;
  #failure: DriverFailure | undefined = undefined;
  #error: unknown = undefined;
  #failedMs = 0;
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

  /** Whether the server's answer is known to be ready. */
  get answered(): boolean {
    return this.#answeredMs !== undefined;
  }

  /** The driver has an operation: the server took the statement. */
  onOperation(operation: DriverOperation): void {
    this.#operation = operation;
    this.#executeMs = this.time.elapsedMs;
    this.#learnStatementId();
    if (operation.backend.operationStatus?.operationState === FINISHED_STATE) {
      this.onAnswered();
    }
  }

  /** The server has finished. A statement without a result set has nothing more to come. */
  onAnswered(): void {
    this.#recover();
    this.#answeredMs ??= this.time.elapsedMs;
    if (this.#operation?.backend.hasResultSet() === false) {
      this.end();
    }
  }

  onPoll(latencyMs: number): void {
    this.#pollCount++;
    this.#pollMs += latencyMs;
  }

  /** A page of rows, or of links to files, came from the server. */
  onPage(inlineBytes: number | undefined, links: number): void {
    if (inlineBytes !== undefined) {
      this.#bytes = (this.#bytes ?? 0) + inlineBytes;
    }
    this.#filesOffered += links;
  }

  /** @returns the index of the file in its result */
  onDownloadStart(): number {
    return this.#filesStarted++;
  }

  onDownloaded(bytes: number): void {
    this.#bytes = (this.#bytes ?? 0) + bytes;
  }

  /** Rows were handed to the application. */
  onRows(count: number): void {
    this.#recover();
    this.#rows = (this.#rows ?? 0) + count;
    this.#onReady();
  }

  /** There is nothing more to read. */
  onExhausted(): void {
    this.#recover();
    this.#onReady();
    this.end();
  }

  /** Closed or cancelled by the application. */
  onClosed(): void {
    this.end();
  }

  /** The call that starts the statement rejected: there is no operation object. */
  onExecuteFailure(error: unknown): void {
    this.#setFailure(error, describeFailure(error));
    this.end();
  }

  /** A later call of the driver rejected. */
  onFailure(error: unknown): void {
    const failure = describeFailure(error);
    if (failure.byApplication || (this.closing && isClosedOrCanceled(failure))) {
      return;
    }
    this.#setFailure(error, failure);
    if (!failure.mayRecover) {
      this.end();
      return;
    }
    clearTimeout(this.#graceTimer);
    this.#graceTimer = setTimeout(() => this.end(), this.#owner.statementGraceMs);
    this.#graceTimer.unref();
  }

  /** Closing or cancelling rejected: nothing more will come of the statement. */
  onCloseFailure(error: unknown): void {
    this.#setFailure(error, describeFailure(error));
    this.end();
  }

  /** Nobody ended it: too old, too many, or the instrumentation is switched off. */
  abandon(): void {
    this.span.setAttribute(Tag.operationIncomplete, true);
    this.end();
  }

  /** Ends the span, once. All that is known is written here and nowhere later. */
  end(): void {
    if (this.#ended) {
      return;
    }
    this.#ended = true;
    clearTimeout(this.#graceTimer);
    this.waitSpan?.end();
    try {
      this.#complete();
    } finally {
      this.span.end();
    }
    this.#operation = undefined;
  }

  #complete(): void {
    this.#learnStatementId();
    const latencyMs = this.#latencyMs();
    if (this.#failure !== undefined) {
      this.span.setStatus({ code: SpanStatusCode.ERROR });
    }
    if (this.span.isRecording()) {
      this.span.setAttributes(this.#finalAttributes(latencyMs));
    }
    this.#owner.onStatementEnd(this, latencyMs, this.#response());
  }

  /** Until the answer was ready; of a failure, until that; of what was closed unanswered, the execute request. */
  #latencyMs(): number {
    if (this.#answeredMs !== undefined) {
      return this.#answeredMs;
    }
    return this.#failure === undefined ? (this.#executeMs ?? this.time.elapsedMs) : this.#failedMs;
  }

  #learnStatementId(): void {
    if (this.#statementId !== undefined || this.#operation === undefined) {
      return;
    }
    const id = serverIdOf(this.#operation);
    if (id !== undefined) {
      this.#statementId = id;
      this.span.setAttribute(Tag.statementId, id);
    }
  }

  #onReady(): void {
    if (this.#readyMs === undefined) {
      this.#answeredMs ??= this.time.elapsedMs;
      this.#readyMs = this.time.elapsedMs;
      this.#readyAt = performance.now();
    }
  }

  /** A call succeeded after one had failed: the failure is overcome, and counts as a retry. */
  #recover(): void {
    if (this.#failure !== undefined) {
      clearTimeout(this.#graceTimer);
      this.#failure = undefined;
      this.#error = undefined;
      this.retryCount++;
    }
  }

  #setFailure(error: unknown, failure: DriverFailure): void {
    this.#failure = failure;
    this.#error = error;
    this.#failedMs = this.time.elapsedMs;
  }

  #finalAttributes(latencyMs: number): Attributes {
    const attributes: Attributes = { [Tag.operationLatencyMs]: Math.round(latencyMs) };
    if (!this.#isKernel) {
      // The kernel backend polls and retries on its own, where nobody can count.
      attributes[Tag.pollCount] = this.#pollCount;
      attributes[Tag.pollLatencyMs] = Math.round(this.#pollMs);
      attributes[Tag.retryCount] = this.retryCount;
    }
    if (this.#readyMs !== undefined) {
      attributes[Tag.resultReadyLatencyMs] = Math.round(this.#readyMs);
      attributes[Tag.resultConsumptionLatencyMs] = Math.round(performance.now() - this.#readyAt);
    }
    if (this.#rows !== undefined) {
      attributes[Tag.dbResponseReturnedRows] = this.#rows;
    }
    if (this.#bytes !== undefined) {
      attributes[Tag.resultBytesDownloaded] = this.#bytes;
    }
    if (this.volumeOperation !== undefined) {
      attributes[Tag.volumeOperation] = this.volumeOperation;
      attributes[Tag.statementType] = 'VOLUME';
    }
    this.#addFormat(attributes);
    if (this.#failure !== undefined) {
      attributes[Tag.errorType] = this.#failure.code;
      if (this.#failure.statusCode !== undefined) {
        attributes[Tag.dbResponseStatusCode] = this.#failure.statusCode;
      }
    }
    return attributes;
  }

  #addFormat(attributes: Attributes): void {
    const metadata = this.#isKernel ? undefined : this.#operation?.backend.metadata;
    // Thrift writes null for what an answer left out.
    if (metadata === undefined || metadata === null) {
      return;
    }
    const format = RESULT_FORMATS.get(metadata.resultFormat);
    if (format !== undefined) {
      attributes[Tag.resultFormat] = format;
    }
    attributes[Tag.resultCompressed] = metadata.lz4Compressed === true;
    if (format === 'EXTERNAL_LINKS') {
      attributes[Tag.resultChunkCount] = this.#filesOffered;
    }
  }

  #response(): ResponseInfo {
    return {
      operation: this.method,
      ...(this.#statementId === undefined ? {} : { statementId: this.#statementId }),
      ...(this.#rows === undefined ? {} : { returnedRows: this.#rows }),
      ...(this.#failure === undefined ? {} : { error: this.#error }),
    };
  }
}

function isClosedOrCanceled(failure: DriverFailure): boolean {
  return failure.code === 'CLOSED' || failure.code === 'CANCELED';
}

/**
 * The server's id of a statement. The kernel backend shows the server's only once it has the result, and
 * until then one of its own making, which would lead nowhere.
 */
function serverIdOf(operation: DriverOperation): string | undefined {
  const { backend } = operation;
  if (typeof backend.thriftStatusResponse === 'function') {
    return operation.id;
  }
  const id = (backend.blockingStatement ?? backend.asyncStatement ?? backend.statement)?.statementId;
  return typeof id === 'string' ? id : undefined;
}
