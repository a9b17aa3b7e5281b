import { ttypes } from './driver-modules.js';
import type { RpcHandlers } from './rpc-types.js';
import { handleOf, idOf, invalidHandle, newId, succeeded } from './thrift-values.js';
import type { TruthBook } from './truth.js';

const INFO: Readonly<Record<number, string>> = {
  [ttypes.TGetInfoType.CLI_SERVER_NAME]: 'Local Databricks',
  [ttypes.TGetInfoType.CLI_DBMS_NAME]: 'Spark SQL',
  [ttypes.TGetInfoType.CLI_DBMS_VER]: '3.5.0',
};

export function sessionCalls(truth: TruthBook): RpcHandlers<'OpenSession' | 'CloseSession' | 'GetInfo'> {
  return {
    async OpenSession({ configuration }, { token }) {
      const id = newId();
      truth.sessionOpened({ id, openedAt: performance.now(), token, configuration: { ...configuration } });
      return {
        status: succeeded(),
        // A lower version would cost the client parameters, CloudFetch and Arrow.
        serverProtocolVersion: ttypes.TProtocolVersion.SPARK_CLI_SERVICE_PROTOCOL_V8,
        sessionHandle: { sessionId: handleOf(id) },
        canUseMultipleCatalogs: true,
      };
    },

    async CloseSession({ sessionHandle }) {
      const known = truth.sessionClosed(idOf(sessionHandle.sessionId));
      return { status: known ? succeeded() : invalidHandle() };
    },

    async GetInfo({ sessionHandle, infoType }) {
      const known = truth.isOpen(idOf(sessionHandle.sessionId));
      return {
        status: known ? succeeded() : invalidHandle(),
        infoValue: { stringValue: INFO[infoType] ?? '' },
      };
    },
  };
}
