import type { ContextManager, MeterProvider, TracerProvider } from '@opentelemetry/api';

/** What is registered with the OpenTelemetry API, by whichever of its copies. */
export interface GlobalApi {
  readonly trace?: TracerProvider;
  readonly context?: ContextManager;
  readonly metrics?: MeterProvider;
  readonly diag?: unknown;
}

/**
 * Where the copies of the API of one major version keep what is global. A copy that is newer than the one by
 * which something was registered does not see it. Here it is seen.
 */
const GLOBALS = Symbol.for('opentelemetry.js.api.1');

export function globalApi(): GlobalApi {
  return (globalThis as { [GLOBALS]?: GlobalApi })[GLOBALS] ?? {};
}
