/**
 * Telemetry without a line of code: `node --import opentelemetry-databricks-sql/register app.js`, or
 * `--require`. Everything is set by environment variables.
 */
import { applicationModules } from './standalone/moduleFinder.js';
import { ownFile } from './standalone/ownFile.js';
import { type RegisteredTelemetry, registerTelemetry } from './standalone/registerTelemetry.js';

// A process has one global provider, but may load this file twice: as ESM and as CommonJS.
const REGISTERED = Symbol.for('opentelemetry-databricks-sql/registered/v1');
const globals = globalThis as { [REGISTERED]?: { readonly telemetry: RegisteredTelemetry | undefined } };

globals[REGISTERED] ??= { telemetry: registerTelemetry(process.env, applicationModules(ownFile)) };

/**
 * Ends what is open, sends what is queued and stops, within `DATABRICKS_OTEL_SHUTDOWN_TIMEOUT_MS` (default 2000).
 * For programs that end by `process.exit()`. Idempotent; never rejects.
 */
export async function shutdown(): Promise<void> {
  await globals[REGISTERED]?.telemetry?.shutdown();
}
