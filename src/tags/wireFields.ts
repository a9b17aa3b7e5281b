import {
  BOOLEAN_RULE,
  CODE_RULE,
  DIGITS_RULE,
  enumRule,
  INTEGER_RULE,
  patternRule,
  UUID_RULE,
  type ValueRule,
  VERSION_RULE,
} from './kinds.js';

/**
 * Every field of Databricks' telemetry log that carries a value of ours, by its path below
 * `entry.sql_driver_log` (`workspace_id` stands at the top of the log). A field that is not listed is
 * not sent. `client_context` and `frontend_log_event_id` are made by the encoder, not from tags.
 */
export const WIRE_FIELDS = {
  workspace_id: DIGITS_RULE,
  session_id: UUID_RULE,
  sql_statement_id: UUID_RULE,
  auth_type: enumRule(
    'pat',
    'external-browser',
    'oauth-m2m',
    'token-provider',
    'external-token',
    'static-token',
    'custom',
    'unknown',
  ),
  operation_latency_ms: INTEGER_RULE,

  'system_configuration.driver_name': enumRule('nodejs-sql-driver'),
  'system_configuration.driver_version': VERSION_RULE,
  'system_configuration.runtime_name': enumRule('Node.js'),
  'system_configuration.runtime_version': VERSION_RULE,
  'system_configuration.runtime_vendor': enumRule('Node.js Foundation'),
  'system_configuration.os_name': enumRule(
    'aix',
    'android',
    'cygwin',
    'darwin',
    'freebsd',
    'haiku',
    'linux',
    'netbsd',
    'openbsd',
    'sunos',
    'win32',
  ),
  'system_configuration.os_version': VERSION_RULE,
  'system_configuration.os_arch': enumRule(
    'arm',
    'arm64',
    'ia32',
    'loong64',
    'mips',
    'mipsel',
    'ppc',
    'ppc64',
    'riscv64',
    's390',
    's390x',
    'x64',
  ),
  'system_configuration.locale_name': patternRule(/^[a-z]{2,3}(_[A-Z]{2})?$/),
  'system_configuration.char_set_encoding': enumRule('UTF-8'),

  'driver_connection_params.http_path': patternRule(
    /^(\/sql\/1\.0\/(warehouses|endpoints)\/[0-9a-f]{1,32}|\/sql\/protocolv1\/o\/\d{1,20}\/[\w-]{1,40})$/,
  ),
  'driver_connection_params.mode': enumRule('THRIFT', 'SEA'),
  'driver_connection_params.auth_mech': enumRule('OTHER', 'PAT', 'OAUTH'),
  'driver_connection_params.auth_flow': enumRule(
    'TOKEN_PASSTHROUGH',
    'CLIENT_CREDENTIALS',
    'BROWSER_BASED_AUTHENTICATION',
  ),
  'driver_connection_params.use_proxy': BOOLEAN_RULE,
  'driver_connection_params.enable_arrow': BOOLEAN_RULE,
  'driver_connection_params.enable_direct_results': BOOLEAN_RULE,
  'driver_connection_params.enable_metric_view_metadata': BOOLEAN_RULE,
  'driver_connection_params.socket_timeout': INTEGER_RULE,
  'driver_connection_params.async_poll_interval_millis': INTEGER_RULE,

  'sql_operation.statement_type': enumRule('QUERY', 'SQL', 'UPDATE', 'METADATA', 'VOLUME'),
  'sql_operation.is_compressed': BOOLEAN_RULE,
  'sql_operation.execution_result': enumRule(
    'INLINE_ARROW',
    'INLINE_JSON',
    'EXTERNAL_LINKS',
    'COLUMNAR_INLINE',
  ),
  'sql_operation.chunk_id': INTEGER_RULE,
  'sql_operation.retry_count': INTEGER_RULE,
  'sql_operation.chunk_details.initial_chunk_latency_millis': INTEGER_RULE,
  'sql_operation.chunk_details.slowest_chunk_latency_millis': INTEGER_RULE,
  'sql_operation.chunk_details.sum_chunks_download_time_millis': INTEGER_RULE,
  'sql_operation.chunk_details.total_chunks_present': INTEGER_RULE,
  'sql_operation.chunk_details.total_chunks_iterated': INTEGER_RULE,
  'sql_operation.result_latency.result_set_ready_latency_millis': INTEGER_RULE,
  'sql_operation.result_latency.result_set_consumption_latency_millis': INTEGER_RULE,
  'sql_operation.operation_detail.n_operation_status_calls': INTEGER_RULE,
  'sql_operation.operation_detail.operation_status_latency_millis': INTEGER_RULE,
  'sql_operation.operation_detail.operation_type': enumRule(
    'CREATE_SESSION',
    'DELETE_SESSION',
    'EXECUTE_STATEMENT',
    'EXECUTE_STATEMENT_ASYNC',
    'CLOSE_STATEMENT',
    'CANCEL_STATEMENT',
    'LIST_TYPE_INFO',
    'LIST_CATALOGS',
    'LIST_SCHEMAS',
    'LIST_TABLES',
    'LIST_TABLE_TYPES',
    'LIST_COLUMNS',
    'LIST_FUNCTIONS',
    'LIST_PRIMARY_KEYS',
    'LIST_IMPORTED_KEYS',
    'LIST_EXPORTED_KEYS',
    'LIST_CROSS_REFERENCES',
  ),
  'sql_operation.operation_detail.is_internal_call': BOOLEAN_RULE,

  'vol_operation.volume_operation_type': enumRule('PUT', 'GET', 'DELETE', 'LIST', 'QUERY'),
  'error_info.error_name': CODE_RULE,
} as const satisfies Record<string, ValueRule>;

/** The path of a field of Databricks' telemetry log. */
export type WireField = keyof typeof WIRE_FIELDS;

/** Wire fields that the processor derives from the spans of downloads: no tag of the table fills them. */
export const DERIVED_WIRE_FIELDS: readonly WireField[] = [
  'sql_operation.chunk_details.initial_chunk_latency_millis',
  'sql_operation.chunk_details.slowest_chunk_latency_millis',
  'sql_operation.chunk_details.sum_chunks_download_time_millis',
  'sql_operation.chunk_details.total_chunks_iterated',
];

export function isWireField(name: string): name is WireField {
  return Object.hasOwn(WIRE_FIELDS, name);
}
