-- Three datasets for a Databricks dashboard: where the time of statements went, beside what the query history says.
--
-- Spans: a Unity Catalog table with the columns of OTLP spans (docs/recipes/unity-catalog.md); here main.telemetry.otel_spans.
-- Columns of system.query.history: https://docs.databricks.com/aws/en/admin/system-tables/query-history
-- Parameter: :days, an integer.

-- Once: a view with one row per statement. `time` is the column that the table is clustered by.
CREATE OR REPLACE VIEW main.telemetry.databricks_statements AS
SELECT
  time,
  timestamp_micros(start_time_unix_nano DIV 1000) AS started_at,
  (end_time_unix_nano - start_time_unix_nano) / 1000000 AS span_ms,
  trace_id,
  span_id,
  service_name,
  name AS summary,
  attributes:['databricks.statement.id']::string AS statement_id,
  attributes:['error.type']::string AS error_type,
  attributes:['databricks.time.queued_ms']::bigint AS queued_ms,
  attributes:['databricks.time.running_ms']::bigint AS running_ms,
  attributes:['databricks.time.fetching_ms']::bigint AS fetching_ms,
  attributes:['databricks.time.downloading_ms']::bigint AS downloading_ms,
  attributes:['databricks.time.retrying_ms']::bigint AS retrying_ms,
  attributes:['databricks.time.driver_ms']::bigint AS driver_ms,
  attributes:['databricks.time.application_ms']::bigint AS application_ms,
  attributes:['databricks.time.unseen_ms']::bigint AS unseen_ms
FROM main.telemetry.otel_spans
WHERE attributes:['db.system.name']::string = 'databricks'
  AND attributes:['databricks.time.application_ms'] IS NOT NULL;

-- Dataset 1, a table: the statements that took longest in the application, and what the server knows of them.
-- The rows of the history come up to an hour late, and only those of this region: hence LEFT JOIN.
SELECT
  s.started_at, s.service_name, s.summary, s.statement_id, s.trace_id, s.error_type,
  s.span_ms,
  h.total_duration_ms AS server_ms,
  s.span_ms - h.total_duration_ms AS beside_the_server_ms,
  s.queued_ms, h.waiting_for_compute_duration_ms, h.waiting_at_capacity_duration_ms,
  s.running_ms, h.compilation_duration_ms, h.execution_duration_ms,
  s.fetching_ms, h.result_fetch_duration_ms,
  s.downloading_ms, s.retrying_ms, s.driver_ms, s.application_ms, s.unseen_ms,
  h.compute.warehouse_id, h.produced_rows, h.read_bytes, h.spilled_local_bytes, h.from_result_cache
FROM main.telemetry.databricks_statements AS s
LEFT JOIN system.query.history AS h
  ON h.statement_id = s.statement_id
  AND h.start_time >= date_sub(current_date(), :days + 1)
WHERE s.time >= date_sub(current_date(), :days)
ORDER BY s.span_ms DESC
LIMIT 100;

-- Dataset 2, a stacked bar chart: seconds by hour and account.
SELECT date_trunc('HOUR', started_at) AS hour, account, sum(ms) / 1000 AS seconds
FROM main.telemetry.databricks_statements
LATERAL VIEW stack(8,
  'queued', queued_ms,
  'running', running_ms,
  'fetching', fetching_ms,
  'downloading', downloading_ms,
  'retrying', retrying_ms,
  'driver', driver_ms,
  'application', application_ms,
  'unseen', unseen_ms
) AS account, ms
WHERE time >= date_sub(current_date(), :days)
GROUP BY ALL
HAVING sum(ms) > 0
ORDER BY hour, account;

-- Dataset 3, a bar chart: by warehouse, what the applications waited for the server, and for everything else.
SELECT
  h.compute.warehouse_id,
  count(*) AS statements,
  avg(s.queued_ms) AS queued_ms,
  avg(s.running_ms) AS running_ms,
  avg(s.fetching_ms + s.downloading_ms) AS result_ms,
  avg(s.retrying_ms + s.driver_ms) AS driver_ms,
  avg(s.application_ms) AS application_ms,
  avg(h.compilation_duration_ms) AS server_compilation_ms,
  avg(h.execution_duration_ms) AS server_execution_ms
FROM main.telemetry.databricks_statements AS s
JOIN system.query.history AS h
  ON h.statement_id = s.statement_id
  AND h.start_time >= date_sub(current_date(), :days + 1)
WHERE s.time >= date_sub(current_date(), :days)
GROUP BY ALL
ORDER BY statements DESC;
