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
        auth_type: connection?.authType,
        operation_latency_ms: record.latencyMs,
        system_configuration: {
          driver_name: connection?.driverName,
          driver_version: connection?.driverVersion,
          runtime_name: connection?.runtimeName,
          runtime_version: connection?.runtimeVersion,
          runtime_vendor: connection?.runtimeVendor,
          os_name: connection?.osName,
          os_version: connection?.osVersion,
          os_arch: connection?.osArch,
          locale_name: connection?.localeName,
          char_set_encoding: connection?.charSetEncoding,
        },
        driver_connection_params: {
          http_path: connection?.httpPath,
          mode: connection?.mode,
          auth_mech: connection?.authMech,
          auth_flow: connection?.authFlow,
          use_proxy: connection?.useProxy,
          enable_arrow: connection?.enableArrow,
          enable_direct_results: connection?.enableDirectResults,
          enable_metric_view_metadata: connection?.enableMetricViewMetadata,
          socket_timeout: connection?.socketTimeoutS,
          async_poll_interval_millis: connection?.asyncPollIntervalMs,
        },
        sql_operation: {
          statement_type: record.statementType,
          is_compressed: record.compressed,
          execution_result: record.resultFormat,
          chunk_id: record.chunkId,
          retry_count: record.retryCount,
          chunk_details:
            record.resultFormat === 'EXTERNAL_LINKS'
              ? {
                  initial_chunk_latency_millis: record.chunks?.initialMs,
                  slowest_chunk_latency_millis: record.chunks?.slowestMs,
                  sum_chunks_download_time_millis: record.chunks?.sumMs,
                  total_chunks_present: record.chunks?.present,
                  total_chunks_iterated: record.chunks?.iterated,
                }
              : undefined,
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
