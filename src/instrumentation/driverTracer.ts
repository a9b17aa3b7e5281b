import { type Attributes, type Span, SpanKind, TraceFlags } from '@opentelemetry/api';
import type { DownloadFailure } from '../connectionHandle.js';
import { getConnection } from '../context.js';
import { InFlight } from '../inFlight.js';
import type { DriverConnection } from './driverConnection.js';
import { DriverConnections } from './driverConnections.js';
import type { DriverHttpConnection, DriverOperation, DriverSession, DriverWire } from './driverShapes.js';
import type { RequestInfo } from './instrumentationConfig.js';
import { KnownStatements } from './knownStatements.js';
import { SessionState } from './sessionState.js';
import { SpanFactory } from './spanFactory.js';
import type { StatementEnd, StatementOwner } from './statementContract.js';
import { StatementLife } from './statementLife.js';
import { systemTags } from './systemTags.js';

/** What the patches share: what is known of the driver's objects, and the spans that are made of them. */
export class DriverTracer extends SpanFactory implements StatementOwner<StatementLife> {
  /** False: the patches pass everything through. */
  enabled = true;

  /** Called with the driver's objects as they appear, where their classes are found from them. */
  onHttpConnection: ((connection: DriverHttpConnection) => void) | undefined = undefined;
  onWire: ((wire: DriverWire) => void) | undefined = undefined;
  onSession: ((session: DriverSession) => void) | undefined = undefined;
  onOperation: ((operation: DriverOperation) => void) | undefined = undefined;

  readonly connections = new DriverConnections();
  readonly sessions = new WeakMap<DriverSession, SessionState>();
  readonly openStatements = new InFlight<StatementLife>((statement) => statement.abandon());
  readonly knownStatements = new KnownStatements();
  /** Tags that are the same for every connection of the process. */
  readonly systemTags = systemTags();
  /** By the operation's backend and, for what reads rows, by its row source. */
  readonly #statements = new WeakMap<object, StatementLife>();
  #unboundSessions = 0;

  get statementGraceMs(): number {
    return this.config.statementGraceMs;
  }

  get recordReturnedRows(): boolean {
    return this.config.recordReturnedRows;
  }

  /** Sessions of which it can't be known to which host they belong: nothing of them is sent. */
  get unboundSessions(): number {
    return this.#unboundSessions;
  }

  /**
   * The driver has opened a session.
   *
   * @param connection by which it was opened; `undefined` if that is not certain
   */
  openSession(
    session: DriverSession,
    connection: DriverConnection | undefined,
    namespace: string | undefined,
  ): void {
    if (connection === undefined) {
      this.#unboundSessions++;
    }
    const owner = connection ?? this.connections.unknown(session.context);
    this.sessions.set(session, new SessionState(owner, session.id, namespace));
    this.onSession?.(session);
  }

  statementOf(key: object | undefined): StatementLife | undefined {
    return key === undefined ? undefined : this.#statements.get(key);
  }

  /** The statement whose span is active, for what the driver does without naming a statement. */
  activeStatement(): StatementLife | undefined {
    const id = this.activeOperationId();
    return id === undefined ? undefined : this.openStatements.get(id);
  }

  startStatement(
    connection: DriverConnection,
    name: string,
    attributes: Attributes,
    request: RequestInfo,
  ): StatementLife {
    const { maxInFlightStatements, statementTtlMs } = this.config;
    this.openStatements.makeRoom(maxInFlightStatements);
    const startedAt = performance.now();
    const operation = { name, attributes, request, startedAt };
    const { span, context } = this.startOperation(connection, operation);
    const isRecording = span.isRecording();
    const statement = new StatementLife(this, {
      span,
      context,
      activeContext: this.forDriver(context),
      method: request.operation,
      attributes,
      startedAt,
      isKernel: connection.isKernel,
      hasInnerSpans:
        isRecording &&
        getConnection(context)?.innerSpansWanted === true &&
        (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0,
    });
    if (isRecording) {
      this.openStatements.add(statement, statementTtlMs);
    }
    return statement;
  }

  /** From now on the driver's operation belongs to the statement, until that has ended. */
  attach(statement: StatementLife, operation: DriverOperation, now: number): void {
    if (statement.ended || statement.operation !== undefined) {
      return;
    }
    const { backend } = operation;
    this.onOperation?.(operation);
    this.#statements.set(backend, statement);
    if (backend.dataProvider !== undefined) {
      this.#statements.set(backend.dataProvider, statement);
    }
    statement.onOperation(operation, now);
  }

  /** An inner span of a statement, if somebody wants it. @param startedAt monotonic milliseconds */
  startInnerSpan(
    statement: StatementLife,
    name: string,
    attributes: Attributes,
    startedAt: number,
  ): Span | undefined {
    const { span, start } = statement;
    if (!start.hasInnerSpans || !span.isRecording()) {
      return undefined;
    }
    const options = { kind: SpanKind.INTERNAL, attributes, startTime: startedAt };
    return this.attempt(() => this.tracer.startSpan(name, options, start.context));
  }

  /** A download that has no span has failed: whoever serves the connection makes a record of it. */
  onDownloadFailed({ key, start }: StatementLife, failure: Omit<DownloadFailure, 'statementSpanId'>): void {
    getConnection(start.context)?.served?.onDownloadFailed({ statementSpanId: key, ...failure });
  }

  onStatementEnd(statement: StatementLife, { latencyMs, endedAt, failure, response }: StatementEnd): void {
    const { span, start, measures } = statement;
    this.openStatements.remove(statement);
    const backend = statement.operation?.backend;
    if (backend !== undefined) {
      this.#statements.delete(backend);
      this.#statements.delete(backend.dataProvider ?? backend);
    }
    if (span.isRecording()) {
      this.callResponseHook(span, response);
    }
    this.metrics.record({
      attributes: start.attributes,
      latencyMs,
      failure,
      returnedRows: response.returnedRows,
      ledger: measures.ledger,
      endedAt,
      context: start.context,
    });
  }
}
