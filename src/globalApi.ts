import type { ContextManager, MeterProvider, TracerProvider } from '@opentelemetry/api';

/** The providers and managers that are registered with the OpenTelemetry API, by any copy of it. */
export interface GlobalApi {
  readonly trace?: TracerProvider;
  readonly context?: ContextManager;
  readonly metrics?: MeterProvider;
  readonly diag?: unknown;
}

/**
 * All copies of the API of one major version keep their globals here. A newer copy ignores what an older one has
 * registered; this package does not.
 */
const GLOBALS = Symbol.for('opentelemetry.js.api.1');

export function globalApi(): GlobalApi {
  return (globalThis as { [GLOBALS]?: GlobalApi })[GLOBALS] ?? {};
}
