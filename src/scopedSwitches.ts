import { context } from '@opentelemetry/api';
import { suppressDatabricksTelemetry, suppressQueryText } from './context.js';

/**
 * Leaves the statements that are started within `fn` out of what is sent to Databricks. Your own backend
 * sees them as ever. Needs a context manager, as every OpenTelemetry set-up for Node.js has one.
 *
 * @returns what `fn` returns
 */
export function withoutDatabricksTelemetry<Result>(fn: () => Result): Result {
  return context.with(suppressDatabricksTelemetry(context.active()), fn);
}

/**
 * Leaves the query text of statements that are started within `fn` out of their spans.
 *
 * @returns what `fn` returns
 */
export function withoutQueryText<Result>(fn: () => Result): Result {
  return context.with(suppressQueryText(context.active()), fn);
}
