import type * as t from '@databricks/sql/thrift/TCLIService_types.js';
import { ttypes } from './driver-modules.js';
import { bearerOf, type Exchange, originOf, respond } from './exchange.js';
import type { Gate } from './gate.js';
import { isOpeningMethod, OpeningCalls, openingScenario, openingTruth } from './opening-calls.js';
import { operationCalls } from './operation-calls.js';
import type { Pauses } from './pauses.js';
import type { Caller, OpeningRequest } from './rpc-types.js';
import { sessionCalls } from './session-calls.js';
import { readThriftCall } from './thrift-call.js';
import { failed, idOf } from './thrift-values.js';
import type { TruthBook } from './truth.js';
import type { StatementTruth } from './types.js';

type Handler = (request: unknown, caller: Caller) => Promise<object>;

/** What some responses cannot be encoded without, however little it means in an error. */
const REQUIRED_FIELDS = {
  serverProtocolVersion: ttypes.TProtocolVersion.SPARK_CLI_SERVICE_PROTOCOL_V8,
  infoValue: {},
};

/** The Thrift endpoint: decodes a request, sends it through the gate, and has it answered. */
export class ThriftService {
  readonly #truth: TruthBook;
  readonly #gate: Gate;
  readonly #opening: OpeningCalls;
  readonly #handlers: ReadonlyMap<string, Handler>;

  constructor(truth: TruthBook, gate: Gate, pauses: Pauses) {
    this.#truth = truth;
    this.#gate = gate;
    this.#opening = new OpeningCalls(truth, pauses);
    this.#handlers = new Map(
      Object.entries({ ...sessionCalls(truth), ...operationCalls(truth, pauses) }) as [string, Handler][],
    );
  }

  async serve(exchange: Exchange): Promise<void> {
    const { method, request, encode } = readThriftCall(exchange.body);
    const caller = { token: bearerOf(exchange.request), origin: originOf(exchange.request) };
    const response = await this.#answer(method, request, caller);
    respond(exchange, 200, encode(response), { 'content-type': 'application/x-thrift' });
  }

  async #answer(method: string, request: unknown, caller: Caller): Promise<object> {
    if (isOpeningMethod(method)) {
      const asked = request as OpeningRequest;
      const arriving = openingTruth(method, asked);
      return recorded(method, arriving, async () => {
        const opening = await this.#gate.begin(arriving, openingScenario(method, asked));
        return this.#opening.answer(method, asked, caller, opening);
      });
    }
    const { operationHandle } = request as { operationHandle?: t.TOperationHandle };
    const id = operationHandle && idOf(operationHandle.operationId);
    return recorded(method, id === undefined ? undefined : this.#truth.statement(id), async () => {
      const error = await this.#gate.admit(method, id);
      if (error !== undefined) return { ...REQUIRED_FIELDS, status: failed(error) };
      const handler = this.#handlers.get(method);
      if (handler === undefined) return { status: failed({ message: `not served here: ${method}` }) };
      return handler(request, caller);
    });
  }
}

/** Enters a request in the truth of its statement. */
async function recorded(
  method: string,
  truth: StatementTruth | undefined,
  answer: () => Promise<object>,
): Promise<object> {
  const startedAt = performance.now();
  let answered = false;
  try {
    const response = await answer();
    answered = true;
    return response;
  } finally {
    truth?.requests.push({ method, startedAt, endedAt: performance.now(), answered, state: truth.state });
  }
}
