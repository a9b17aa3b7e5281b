import type { EncodingOptions } from '../../../src/exporter/encode.js';
import type { OperationRecord } from '../../../src/records.js';

/** The request body as the wire format's tree says, written down once more and independently. */
export function referenceBody(batch: readonly OperationRecord[], options: EncodingOptions): string {
  return JSON.stringify({
    uploadTime: options.uploadTimeMs,
    items: [],
    protoLogs: batch.map((record) => JSON.stringify(pruned(referenceLog(record, options)))),
  });
}

function referenceLog(record: OperationRecord, { userAgent, authenticated }: EncodingOptions): object {
  const known = <Value>(value: Value) => (authenticated ? value : undefined);
  const connection = known(record.connection);
  return {
    workspace_id: known(record.workspaceId),
    frontend_log_event_id: record.eventId,
    context: { client_context: { timestamp_millis: record.startTimeMs, user_agent: userAgent } },
    entry: {
      sql_driver_log: {
        session_id: known(record.sessionId),
        sql_statement_id: known(record.statementId),
        auth_type: connection?.get('auth_type'),
        operation_latency_ms: record.latencyMs,
        system_configuration: {
          driver_name: connection?.get('system_configuration.driver_name'),
          driver_version: connection?.get('system_configuration.driver_version'),
          runtime_name: connection?.get('system_configuration.runtime_name'),
          runtime_version: connection?.get('system_configuration.runtime_version'),
          runtime_vendor: connection?.get('system_configuration.runtime_vendor'),
          os_name: connection?.get('system_configuration.os_name'),
          os_version: connection?.get('system_configuration.os_version'),
          os_arch: connection?.get('system_configuration.os_arch'),
          locale_name: connection?.get('system_configuration.locale_name'),
          char_set_encoding: connection?.get('system_configuration.char_set_encoding'),
        },
        driver_connection_params: {
          http_path: connection?.get('driver_connection_params.http_path'),
          mode: connection?.get('driver_connection_params.mode'),
          auth_mech: connection?.get('driver_connection_params.auth_mech'),
          auth_flow: connection?.get('driver_connection_params.auth_flow'),
          use_proxy: connection?.get('driver_connection_params.use_proxy'),
          enable_arrow: connection?.get('driver_connection_params.enable_arrow'),
          enable_direct_results: connection?.get('driver_connection_params.enable_direct_results'),
          enable_metric_view_metadata: connection?.get(
            'driver_connection_params.enable_metric_view_metadata',
          ),
          socket_timeout: connection?.get('driver_connection_params.socket_timeout'),
          async_poll_interval_millis: connection?.get('driver_connection_params.async_poll_interval_millis'),
        },
        sql_operation: {
          statement_type: record.statementType,
          is_compressed: record.compressed,
          execution_result: record.resultFormat,
          chunk_id: record.chunkId,
          retry_count: record.retryCount,
          chunk_details: {
            initial_chunk_latency_millis: record.chunks?.initialMs,
            slowest_chunk_latency_millis: record.chunks?.slowestMs,
            sum_chunks_download_time_millis: record.chunks?.sumMs,
            total_chunks_present: record.chunks?.present,
            total_chunks_iterated: record.chunks?.iterated,
          },
          result_latency: {
            result_set_ready_latency_millis: record.readyMs,
            result_set_consumption_latency_millis: record.consumptionMs,
          },
          operation_detail: {
            n_operation_status_calls: record.pollCount,
            operation_status_latency_millis: record.pollMs,
            operation_type: record.operationType,
            is_internal_call: record.internal,
          },
        },
        vol_operation: { volume_operation_type: record.volumeOperation },
        error_info: { error_name: record.errorName },
      },
    },
  };
}

/** Without `undefined` and without objects that are empty. */
function pruned(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const members = Object.entries(value)
    .map(([name, member]) => [name, pruned(member)] as const)
    .filter(([, member]) => member !== undefined);
  return members.length === 0 ? undefined : Object.fromEntries(members);
}
