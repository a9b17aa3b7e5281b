import type * as t from '@databricks/sql/thrift/TCLIService_types.js';

/** What ExecuteStatement and the metadata calls have in common. */
export interface OpeningRequest {
  readonly sessionHandle: t.TSessionHandle;
  readonly getDirectResults?: t.TSparkGetDirectResults;
}
export type OpeningResponse = t.TExecuteStatementResp;

export interface MetadataRequest extends OpeningRequest {
  readonly catalogName?: string;
  readonly schemaName?: string;
  readonly tableName?: string;
}

export const METADATA_METHODS = [
  'GetTypeInfo',
  'GetCatalogs',
  'GetSchemas',
  'GetTables',
  'GetTableTypes',
  'GetColumns',
  'GetFunctions',
  'GetPrimaryKeys',
  'GetCrossReference',
] as const;

export type MetadataMethod = (typeof METADATA_METHODS)[number];

type MetadataRpcs = { [M in MetadataMethod]: [MetadataRequest, OpeningResponse] };

/** Request and response of every method that the driver calls. */
export interface Rpcs extends MetadataRpcs {
  OpenSession: [t.TOpenSessionReq, t.TOpenSessionResp];
  CloseSession: [t.TCloseSessionReq, t.TCloseSessionResp];
  GetInfo: [t.TGetInfoReq, t.TGetInfoResp];
  ExecuteStatement: [t.TExecuteStatementReq, OpeningResponse];
  GetOperationStatus: [t.TGetOperationStatusReq, t.TGetOperationStatusResp];
  GetResultSetMetadata: [t.TGetResultSetMetadataReq, t.TGetResultSetMetadataResp];
  FetchResults: [t.TFetchResultsReq, t.TFetchResultsResp];
  CancelOperation: [t.TCancelOperationReq, t.TCancelOperationResp];
  CloseOperation: [t.TCloseOperationReq, t.TCloseOperationResp];
}

export type RpcName = keyof Rpcs;

/** Who calls, and by what name the server was reached: links to this server use the same. */
export interface Caller {
  readonly token: string;
  readonly origin: string;
}

export type RpcHandler<M extends RpcName> = (request: Rpcs[M][0], caller: Caller) => Promise<Rpcs[M][1]>;
export type RpcHandlers<M extends RpcName = RpcName> = { readonly [K in M]: RpcHandler<K> };
