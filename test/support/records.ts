import { ChunkDetails, type ConnectionFields, OperationRecord } from '../../src/records.js';

export const UUID = '01ef1234-5678-1abc-9def-0123456789ab';
export const WORKSPACE_ID = '1234567890123456';
/** When the records' operations started. */
export const START_MS = 1_795_207_059_128;
export const USER_AGENT =
  'opentelemetry-databricks-sql/0.1.0 NodejsDatabricksSqlConnector/2.1.0 Node.js/20.20.2';

/** What a record of a usual statement has. */
export const STATEMENT_FIELDS = {
  workspaceId: WORKSPACE_ID,
  sessionId: UUID,
  statementId: UUID,
  latencyMs: 123,
  operationType: 'EXECUTE_STATEMENT',
  internal: false,
  statementType: 'QUERY',
  resultFormat: 'INLINE_ARROW',
  compressed: true,
  readyMs: 120,
  consumptionMs: 30,
  pollCount: 2,
  pollMs: 55,
  retryCount: 0,
} as const;

export const CHUNK_FIELDS = { present: 10, iterated: 9, initialMs: 35, slowestMs: 121, sumMs: 600 } as const;

/** Every field of a connection, by its wire path and in the order of the wire. */
export const CONNECTION: ConnectionFields = new Map<string, string | number | boolean>([
  ['auth_type', 'pat'],
  ['system_configuration.driver_name', 'nodejs-sql-driver'],
  ['system_configuration.driver_version', '2.1.0'],
  ['system_configuration.runtime_name', 'Node.js'],
  ['system_configuration.runtime_version', 'v20.20.2'],
  ['system_configuration.runtime_vendor', 'Node.js Foundation'],
  ['system_configuration.os_name', 'linux'],
  ['system_configuration.os_version', '6.1.0'],
  ['system_configuration.os_arch', 'x64'],
  ['system_configuration.locale_name', 'en_US'],
  ['system_configuration.char_set_encoding', 'UTF-8'],
  ['driver_connection_params.http_path', '/sql/1.0/warehouses/0123456789abcdef'],
  ['driver_connection_params.mode', 'THRIFT'],
  ['driver_connection_params.auth_mech', 'PAT'],
  ['driver_connection_params.auth_flow', 'TOKEN_PASSTHROUGH'],
  ['driver_connection_params.use_proxy', false],
  ['driver_connection_params.enable_arrow', true],
  ['driver_connection_params.enable_direct_results', true],
  ['driver_connection_params.enable_metric_view_metadata', false],
  ['driver_connection_params.socket_timeout', 900],
  ['driver_connection_params.async_poll_interval_millis', 100],
]);

/** What a record has besides, if it has all that there is. */
export const OTHER_FIELDS = {
  resultFormat: 'EXTERNAL_LINKS',
  volumeOperation: 'PUT',
  errorName: 'ECONNRESET',
  chunkId: 3,
  connection: CONNECTION,
} as const;

export function statementRecord(): OperationRecord {
  return Object.assign(new OperationRecord(START_MS), STATEMENT_FIELDS);
}

/** A record with every field that there is. */
export function fullRecord(): OperationRecord {
  const chunks = Object.assign(new ChunkDetails(), CHUNK_FIELDS);
  return Object.assign(statementRecord(), OTHER_FIELDS, { chunks });
}

export function records(count: number): OperationRecord[] {
  return Array.from({ length: count }, statementRecord);
}
