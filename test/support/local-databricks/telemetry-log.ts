/** One decoded entry of `protoLogs`, as wire-format.md lists it. */
export interface TelemetryLog {
  workspace_id?: string;
  frontend_log_event_id?: string;
  context?: { client_context?: { timestamp_millis?: number; user_agent?: string } };
  entry?: { sql_driver_log?: SqlDriverLog };
}

export interface SqlDriverLog {
  session_id?: string;
  sql_statement_id?: string;
  auth_type?: string;
  operation_latency_ms?: number;
  system_configuration?: SystemConfiguration;
  driver_connection_params?: DriverConnectionParams;
  sql_operation?: SqlOperation;
  vol_operation?: { volume_operation_type?: string };
  error_info?: { error_name?: string };
}

export interface SystemConfiguration {
  driver_name?: string;
  driver_version?: string;
  runtime_name?: string;
  runtime_version?: string;
  runtime_vendor?: string;
  os_name?: string;
  os_version?: string;
  os_arch?: string;
  locale_name?: string;
  char_set_encoding?: string;
}

export interface DriverConnectionParams {
  http_path?: string;
  mode?: string;
  auth_mech?: string;
  auth_flow?: string;
  use_proxy?: boolean;
  enable_arrow?: boolean;
  enable_direct_results?: boolean;
  enable_metric_view_metadata?: boolean;
  socket_timeout?: number;
  async_poll_interval_millis?: number;
}

export interface SqlOperation {
  statement_type?: string;
  is_compressed?: boolean;
  execution_result?: string;
  chunk_id?: number;
  retry_count?: number;
  chunk_details?: {
    initial_chunk_latency_millis?: number;
    slowest_chunk_latency_millis?: number;
    sum_chunks_download_time_millis?: number;
    total_chunks_present?: number;
    total_chunks_iterated?: number;
  };
  result_latency?: {
    result_set_ready_latency_millis?: number;
    result_set_consumption_latency_millis?: number;
  };
  operation_detail?: {
    n_operation_status_calls?: number;
    operation_status_latency_millis?: number;
    operation_type?: string;
    is_internal_call?: boolean;
  };
}
