/**
 * PromQL of the dashboard. A metric with a unit is matched under both of its names: OpenTelemetry JS's Prometheus
 * exporter writes none, the Collector and Prometheus' own OTLP receiver append it.
 */

/** Of the driver's operations. Without a catalog there is no `db_namespace`, which `.*` matches too. */
const OPERATIONS =
  'db_system_name="databricks", job=~"$job", server_address=~"$host", db_namespace=~"$namespace"';
/** Of `DatabricksSpanProcessor`. */
const PROCESSOR = 'job=~"$job", otel_component_type="databricks_span_processor"';

/** A series of the time by account, of its histogram's `sum`, `count` or `bucket`. */
const time = (part: string, further = ''): string =>
  `{__name__=~"databricks_client_statement_time(_seconds)?_${part}", ${OPERATIONS}${further}}`;
const duration = (part: string, further = ''): string =>
  `{__name__=~"db_client_operation_duration(_seconds)?_${part}", ${OPERATIONS}${further}}`;
const processor = (metric: string, further = ''): string => `${metric}{${PROCESSOR}${further}}`;

const RATE = '[$__rate_interval]';
const RANGE = '[$__range]';
/** Every statement has this account, with nothing in it or with something. */
const STATEMENTS = `sum(rate(${time('count', ', databricks_time_account="application"')}${RATE}))`;

export const TIME_BY_ACCOUNT = `sum by (databricks_time_account) (rate(${time('sum')}${RATE}))`;

export const TIME_SHARE = `sort_desc(sum by (databricks_time_account) (increase(${time('sum')}${RANGE})) / ignoring (databricks_time_account) group_left sum(increase(${time('sum')}${RANGE})))`;

export const MEAN_TIME = `${TIME_BY_ACCOUNT} / ignoring (databricks_time_account) group_left ${STATEMENTS}`;

export const SLOWEST_TIME = `histogram_quantile(0.95, sum by (databricks_time_account, le) (rate(${time('bucket')}${RATE})))`;

export const OPERATIONS_PER_SECOND = `sum(rate(${duration('count')}${RATE}))`;

export const FAILED_SHARE = `(sum(rate(${duration('count', ', error_type!=""')}${RATE})) or vector(0)) / sum(rate(${duration('count')}${RATE}))`;

export const quantile = (q: number): string =>
  `histogram_quantile(${q}, sum by (le) (rate(${duration('bucket')}${RATE})))`;

export const DURATIONS = `sum by (le) (increase(${duration('bucket')}${RATE}))`;

export const FAILURES = `sum by (error_type) (rate(${duration('count', ', error_type!=""')}${RATE}))`;

export const TIME_BY_SUMMARY = `topk(10, sum by (db_query_summary) (increase(${duration('sum', ', db_query_summary!=""')}${RANGE})))`;

export const MEAN_BY_SUMMARY = `topk(10, sum by (db_query_summary) (increase(${duration('sum', ', db_query_summary!=""')}${RANGE})) / (sum by (db_query_summary) (increase(${duration('count', ', db_query_summary!=""')}${RANGE})) > 0))`;

export const SENT = `sum(rate(${processor('otel_sdk_processor_span_processed_total', ', error_type=""')}${RATE}))`;

/** Thirteen reasons, of which there are few or none. */
export const DROPPED = `sum by (error_type) (rate(${processor('otel_sdk_processor_span_processed_total', ', error_type!=""')}${RATE})) > 0`;

export const QUEUE_FILL = `sum by (job, instance) (${processor('otel_sdk_processor_span_queue_size')}) / sum by (job, instance) (${processor('otel_sdk_processor_span_queue_capacity')})`;

export const IN_FLIGHT = `sum(${processor('otel_sdk_exporter_span_inflight')})`;

export const WAITING = `sum(${processor('otel_sdk_processor_span_queue_size')})`;

export const ACCEPTED = `sum(rate(${processor('otel_sdk_exporter_span_exported_total', ', error_type=""')}${RATE}))`;

export const NOT_ACCEPTED = `sum by (error_type) (rate(${processor('otel_sdk_exporter_span_exported_total', ', error_type!=""')}${RATE}))`;

export const EXPORT_REQUESTS = `sum by (databricks_telemetry_outcome) (rate(${processor('databricks_telemetry_export_requests_total')}${RATE}))`;

/** Most of these happen before the first scrape of a process: a rate would not see them. */
export const FLAG_FETCHES = `sum by (databricks_telemetry_outcome) (${processor('databricks_telemetry_flag_fetches_total')}) > 0`;

export const CONNECTIONS = `sum by (databricks_telemetry_outcome) (${processor('databricks_telemetry_connections_total')}) > 0`;

export const BREAKER_STATE = `max by (server_address) ({__name__=~"databricks_telemetry_breaker_state(_ratio)?", ${PROCESSOR}})`;

export const BREAKER_OPEN = `max by (server_address) ({__name__=~"databricks_telemetry_breaker_open_duration(_seconds)?", ${PROCESSOR}})`;

/** The values of a variable: of the labels of any operation. */
export const labelValues = (label: string): string =>
  `label_values({__name__=~"db_client_operation_duration(_seconds)?_count", db_system_name="databricks"}, ${label})`;
