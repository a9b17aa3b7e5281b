import type * as t from '@databricks/sql/thrift/TCLIService_types.js';
import { ttypes } from './driver-modules.js';
import type { Pauses } from './pauses.js';
import { nextPage, resultMetadata } from './results.js';
import type { RpcHandlers } from './rpc-types.js';
import type { Statement } from './statement.js';
import { failed, idOf, invalidHandle, succeeded } from './thrift-values.js';
import type { TruthBook } from './truth.js';

type OperationMethod =
  | 'GetOperationStatus'
  | 'GetResultSetMetadata'
  | 'FetchResults'
  | 'CancelOperation'
  | 'CloseOperation';

interface OperationRequest {
  readonly operationHandle: t.TOperationHandle;
}

/** The calls that carry an operation handle. A closed operation has none any more. */
export function operationCalls(truth: TruthBook, pauses: Pauses): RpcHandlers<OperationMethod> {
  const open = ({ operationHandle }: OperationRequest): Statement | undefined => {
    const statement = truth.operation(idOf(operationHandle.operationId));
    return statement?.truth.closed ? undefined : statement;
  };

  return {
    async GetOperationStatus(request) {
      const statement = open(request);
      if (statement === undefined) return { status: invalidHandle() };
      await pauses.pause(statement.scenario.pollDelayMs);
      statement.poll();
      statement.truth.statusAnswers += 1;
      return statement.status();
    },

    async GetResultSetMetadata(request) {
      const statement = open(request);
      if (statement === undefined) return { status: invalidHandle() };
      await pauses.pause(statement.scenario.metadataDelayMs);
      return resultMetadata(statement);
    },

    async FetchResults(request) {
      const statement = open(request);
      if (statement === undefined) return { status: invalidHandle() };
      if (request.orientation === ttypes.TFetchOrientation.FETCH_FIRST) statement.nextPage = 0;
      await pauses.pause(statement.scenario.fetchDelayMs);
      // A client may fetch without asking whether the results are there.
      statement.conclude();
      const { state } = statement.truth;
      if (state !== 'FINISHED') return { status: failed({ message: `The statement is ${state}` }) };
      return nextPage(statement);
    },

    async CancelOperation(request) {
      const statement = open(request);
      if (statement === undefined) return { status: invalidHandle() };
      await pauses.pause(statement.scenario.closeDelayMs);
      statement.cancel();
      truth.operationEnded(statement);
      return { status: succeeded() };
    },

    async CloseOperation(request) {
      const statement = open(request);
      if (statement === undefined) return { status: invalidHandle() };
      await pauses.pause(statement.scenario.closeDelayMs);
      statement.close();
      truth.operationEnded(statement);
      return { status: succeeded() };
    },
  };
}
