import { type Context, createContextKey } from '@opentelemetry/api';
import type { ConnectionHandle } from './connectionHandle.js';

// The version stands in the key: a later shape of the handle gets another, and old and new do not meet.
const CONNECTION_KEY = createContextKey('opentelemetry-databricks-sql/connection/v2');
const NO_TELEMETRY_KEY = createContextKey('opentelemetry-databricks-sql/no-databricks-telemetry/v1');
const NO_QUERY_TEXT_KEY = createContextKey('opentelemetry-databricks-sql/no-query-text/v1');

/** A Context whose spans belong to the connection. */
export function setConnection(context: Context, handle: ConnectionHandle): Context {
  return context.setValue(CONNECTION_KEY, handle);
}

/** A Context whose spans belong to no connection: nothing of them is sent. */
export function withoutConnection(context: Context): Context {
  return context.deleteValue(CONNECTION_KEY);
}

/** The connection that spans started in this Context belong to. */
export function getConnection(context: Context): ConnectionHandle | undefined {
  return context.getValue(CONNECTION_KEY) as ConnectionHandle | undefined;
}

/** A Context whose statements are left out of what is sent to Databricks. */
export function suppressDatabricksTelemetry(context: Context): Context {
  return context.setValue(NO_TELEMETRY_KEY, true);
}

export function isDatabricksTelemetrySuppressed(context: Context): boolean {
  return context.getValue(NO_TELEMETRY_KEY) === true;
}

/** A Context whose statements leave their query text out of their spans. */
export function suppressQueryText(context: Context): Context {
  return context.setValue(NO_QUERY_TEXT_KEY, true);
}

export function isQueryTextSuppressed(context: Context): boolean {
  return context.getValue(NO_QUERY_TEXT_KEY) === true;
}
