import { bearerOf, type Exchange, originOf, respondJson } from './exchange.js';
import { type Gate, reject } from './gate.js';
import { restChunk, restStatement } from './kernel-results.js';
import { kernelShow } from './kernel-show.js';
import type { Pauses } from './pauses.js';
import { chunkCount } from './results.js';
import { generatedRows } from './rows.js';
import { scenarioOf } from './scenario.js';
import { newStatementTruth, Statement } from './statement.js';
import { newId } from './thrift-values.js';
import type { TruthBook } from './truth.js';

const PREFIX = '/api/2.0/sql/';
const PATH =
  /^\/api\/2\.0\/sql\/(sessions|statements)(?:\/([^/?]+))?(?:\/(cancel|result\/chunks\/(\d+)))?\/?(?:\?|$)/;

export const isKernelPath = (path: string): boolean => path.startsWith(PREFIX) && PATH.test(path);

interface StatementRequest {
  readonly statement?: string;
  readonly session_id?: string;
  readonly parameters?: readonly {
    readonly name?: string;
    readonly type?: string;
    readonly value?: string;
  }[];
  readonly query_tags?: readonly { readonly key: string; readonly value?: string }[];
}

/**
 * The statement execution API, which the driver's kernel backend speaks. Same scenarios, faults and truth as
 * the Thrift service; its requests go by the names of their Thrift counterparts.
 */
export class KernelRest {
  readonly #truth: TruthBook;
  readonly #gate: Gate;
  readonly #pauses: Pauses;

  constructor(truth: TruthBook, gate: Gate, pauses: Pauses) {
    this.#truth = truth;
    this.#gate = gate;
    this.#pauses = pauses;
  }

  async serve(exchange: Exchange): Promise<void> {
    const [, resource, id, action, chunk] = PATH.exec(exchange.path) ?? [];
    const verb = exchange.request.method;
    if (resource === 'sessions') return this.#session(exchange, id);
    if (id === undefined) return this.#execute(exchange);
    if (action === 'cancel') return this.#end(exchange, id, 'CancelOperation');
    if (verb === 'DELETE') return this.#end(exchange, id, 'CloseOperation');
    if (chunk !== undefined) return this.#chunk(exchange, id, Number(chunk));
    return this.#status(exchange, id);
  }

  async #session(exchange: Exchange, id: string | undefined): Promise<void> {
    const error = await this.#gate.admit(id === undefined ? 'OpenSession' : 'CloseSession');
    if (error !== undefined) return refuse(exchange, 400, error.message);
    if (id !== undefined) {
      if (!this.#truth.sessionClosed(id)) return refuse(exchange, 404, 'no such session');
      return respondJson(exchange, {});
    }
    const { session_confs = {} } = JSON.parse(exchange.body.toString()) as {
      session_confs?: Record<string, string>;
    };
    const session = { id: newId(), openedAt: performance.now(), token: bearerOf(exchange.request) };
    this.#truth.sessionOpened({ ...session, configuration: session_confs });
    respondJson(exchange, { session_id: session.id });
  }

  async #execute(exchange: Exchange): Promise<void> {
    const request = JSON.parse(exchange.body.toString()) as StatementRequest;
    const text = request.statement ?? '';
    const opening = await this.#gate.begin(restTruth(request), scenarioOf(text));
    const { truth, scenario, error } = opening;
    await this.#pauses.pause(scenario.executeDelayMs);
    if (error !== undefined) return refuse(exchange, 400, error.message);
    if (!this.#truth.isOpen(truth.sessionId)) {
      reject(truth);
      return refuse(exchange, 404, 'no such session');
    }
    // The kernel reads Arrow in any case.
    const format = scenario.format === 'cloudfetch' ? 'cloudfetch' : 'arrow';
    const source = kernelShow(text) ?? generatedRows;
    const statement = new Statement(truth, scenario, source, originOf(exchange.request), format);
    this.#truth.operationOpened(statement);
    if (scenario.directResults ?? !scenario.polls) statement.conclude();
    respondJson(exchange, restStatement(statement));
  }

  async #status(exchange: Exchange, id: string): Promise<void> {
    const statement = await this.#operation(exchange, id, 'GetOperationStatus');
    if (statement === undefined) return;
    await this.#pauses.pause(statement.scenario.pollDelayMs);
    statement.poll();
    statement.truth.statusAnswers += 1;
    respondJson(exchange, restStatement(statement));
  }

  async #chunk(exchange: Exchange, id: string, index: number): Promise<void> {
    const statement = await this.#operation(exchange, id, 'FetchResults');
    if (statement === undefined) return;
    await this.#pauses.pause(statement.scenario.fetchDelayMs);
    if (index >= chunkCount(statement)) return refuse(exchange, 404, 'no such chunk');
    respondJson(exchange, restChunk(statement, index));
  }

  async #end(exchange: Exchange, id: string, method: 'CancelOperation' | 'CloseOperation'): Promise<void> {
    const statement = await this.#operation(exchange, id, method);
    if (statement === undefined) return;
    await this.#pauses.pause(statement.scenario.closeDelayMs);
    if (method === 'CloseOperation') statement.close();
    else statement.cancel();
    this.#truth.operationEnded(statement);
    respondJson(exchange, {});
  }

  /** The operation that a request is about; where there is none, or a fault strikes, the answer is given here. */
  async #operation(exchange: Exchange, id: string, method: string): Promise<Statement | undefined> {
    const error = await this.#gate.admit(method, id);
    const statement = this.#truth.operation(id);
    if (error === undefined && statement !== undefined && !statement.truth.closed) return statement;
    refuse(exchange, error === undefined ? 404 : 400, error?.message ?? 'no such statement');
    return undefined;
  }
}

function refuse(exchange: Exchange, status: number, message = 'refused'): void {
  respondJson(exchange, { error_code: status === 404 ? 'NOT_FOUND' : 'BAD_REQUEST', message }, status);
}

function restTruth({ statement = '', session_id = '', parameters = [], query_tags }: StatementRequest) {
  const truth = newStatementTruth('ExecuteStatement', session_id);
  truth.sql = statement;
  if (parameters.length > 0) truth.parameters = parameters.map((parameter) => ({ ...parameter }));
  if (query_tags)
    truth.queryTags = query_tags.map(({ key, value }) => (value ? `${key}:${value}` : key)).join(',');
  return truth;
}
