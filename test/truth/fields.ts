import type { TelemetryLog } from '../support/local-databricks/index.js';

type Read = (log: TelemetryLog) => unknown;

const driverLog = (log: TelemetryLog) => log.entry?.sql_driver_log;
const operation = (log: TelemetryLog) => driverLog(log)?.sql_operation;
const chunks = (log: TelemetryLog) => operation(log)?.chunk_details;
const result = (log: TelemetryLog) => operation(log)?.result_latency;
const detail = (log: TelemetryLog) => operation(log)?.operation_detail;

/** Every field that the log of an operation can have, by the last part of its name. */
export const OPERATION_FIELDS = {
  // Another of the drivers sends the number.
  workspace_id: (log) => log.workspace_id?.toString(),
  timestamp_millis: (log) =>
    log.context?.client_context?.timestamp_millis ?? Reflect.get(log.context ?? {}, 'timestamp_millis'),
  session_id: (log) => driverLog(log)?.session_id,
  sql_statement_id: (log) => driverLog(log)?.sql_statement_id,
  operation_type: (log) => detail(log)?.operation_type,
  is_internal_call: (log) => detail(log)?.is_internal_call,
  statement_type: (log) => operation(log)?.statement_type,
  operation_latency_ms: (log) => driverLog(log)?.operation_latency_ms,
  result_set_ready_latency_millis: (log) => result(log)?.result_set_ready_latency_millis,
  result_set_consumption_latency_millis: (log) => result(log)?.result_set_consumption_latency_millis,
  n_operation_status_calls: (log) => detail(log)?.n_operation_status_calls,
  operation_status_latency_millis: (log) => detail(log)?.operation_status_latency_millis,
  retry_count: (log) => operation(log)?.retry_count,
  execution_result: (log) => operation(log)?.execution_result,
  is_compressed: (log) => operation(log)?.is_compressed,
  total_chunks_present: (log) => chunks(log)?.total_chunks_present,
  total_chunks_iterated: (log) => chunks(log)?.total_chunks_iterated,
  initial_chunk_latency_millis: (log) => chunks(log)?.initial_chunk_latency_millis,
  slowest_chunk_latency_millis: (log) => chunks(log)?.slowest_chunk_latency_millis,
  sum_chunks_download_time_millis: (log) => chunks(log)?.sum_chunks_download_time_millis,
  volume_operation_type: (log) => driverLog(log)?.vol_operation?.volume_operation_type,
  error_name: (log) => driverLog(log)?.error_info?.error_name,
} as const satisfies Record<string, Read>;

export type OperationField = keyof typeof OPERATION_FIELDS;

export const OPERATION_FIELD_NAMES = Object.keys(OPERATION_FIELDS) as readonly OperationField[];

/** Every field that only the log of a connection has. */
export const CONNECTION_FIELDS: Readonly<Record<string, Read>> = {
  auth_type: (log) => driverLog(log)?.auth_type,
  ...Object.fromEntries(
    (
      [
        'driver_name',
        'driver_version',
        'runtime_name',
        'runtime_version',
        'runtime_vendor',
        'os_name',
        'os_version',
        'os_arch',
        'locale_name',
        'char_set_encoding',
      ] as const
    ).map((name): [string, Read] => [
      `system_configuration.${name}`,
      (log) => driverLog(log)?.system_configuration?.[name],
    ]),
  ),
  ...Object.fromEntries(
    (
      [
        'http_path',
        'mode',
        'auth_mech',
        'auth_flow',
        'use_proxy',
        'enable_arrow',
        'enable_direct_results',
        'enable_metric_view_metadata',
        'socket_timeout',
        'async_poll_interval_millis',
      ] as const
    ).map((name): [string, Read] => [
      `driver_connection_params.${name}`,
      (log) => driverLog(log)?.driver_connection_params?.[name],
    ]),
  ),
};
