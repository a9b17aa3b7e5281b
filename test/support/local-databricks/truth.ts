import type { Statement } from './statement.js';
import type { SessionTruth, StatementTruth, Truth } from './types.js';

/** Everything that the server knows about its clients. Without `keep`, only what is still open. */
export class TruthBook implements Truth {
  readonly #keep: boolean;
  readonly #sessions = new Map<string, SessionTruth>();
  readonly #statements = new Map<string, Statement>();
  readonly #open = new Set<Statement>();
  #sessionLog: SessionTruth[] = [];
  #statementLog: StatementTruth[] = [];
  readonly #calls = new Map<string, number>();
  readonly #tokens = new Set<string>();

  constructor(keep: boolean) {
    this.#keep = keep;
  }

  get sessions(): readonly SessionTruth[] {
    return this.#sessionLog;
  }

  get statements(): readonly StatementTruth[] {
    return this.#statementLog;
  }

  get calls(): ReadonlyMap<string, number> {
    return this.#calls;
  }

  get tokens(): ReadonlySet<string> {
    return this.#tokens;
  }

  /** A request for SQL, of either backend, bore this token. */
  sawToken(token: string): void {
    this.#tokens.add(token);
  }

  statement(id: string): StatementTruth | undefined {
    return this.#statements.get(id)?.truth;
  }

  count(method: string): void {
    this.#calls.set(method, (this.#calls.get(method) ?? 0) + 1);
  }

  sessionOpened(session: SessionTruth): void {
    this.#sessions.set(session.id, session);
    if (this.#keep) this.#sessionLog.push(session);
  }

  isOpen(sessionId: string): boolean {
    return this.#sessions.has(sessionId);
  }

  /** The server ends whatever the session left open. */
  sessionClosed(id: string): boolean {
    const session = this.#sessions.get(id);
    if (session === undefined) return false;
    session.closedAt = performance.now();
    this.#sessions.delete(id);
    for (const statement of this.#open) {
      if (statement.truth.sessionId === id) this.operationEnded(statement);
    }
    return true;
  }

  /** From now on the operation can be found by its handle. */
  operationOpened(statement: Statement): void {
    this.#statements.set(statement.truth.id, statement);
    this.#open.add(statement);
  }

  /** Enters a statement in the log, whatever becomes of it. */
  arrived(truth: StatementTruth): void {
    if (this.#keep) this.#statementLog.push(truth);
  }

  /** An ended operation can still be found, if truth is kept: its links outlive it. */
  operationEnded(statement: Statement): void {
    statement.truth.endedAt ??= performance.now();
    this.#open.delete(statement);
    if (!this.#keep) this.#statements.delete(statement.truth.id);
  }

  operation(id: string): Statement | undefined {
    return this.#statements.get(id);
  }

  /** What is still open goes on working. */
  clear(): void {
    for (const [id, statement] of this.#statements) {
      if (!this.#open.has(statement)) this.#statements.delete(id);
    }
    this.#sessionLog = [];
    this.#statementLog = [];
    this.#calls.clear();
    this.#tokens.clear();
  }
}
