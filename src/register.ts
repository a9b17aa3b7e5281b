/**
 * Telemetry without a line of code: `node --import opentelemetry-databricks-sql/register app.js`, or
 * `--require`. Everything is set by environment variables. It starts when the driver is loaded.
 */
import { registerOnce } from './registration.js';
import { applicationModules } from './standalone/moduleFinder.js';
import { ownFile } from './standalone/ownFile.js';
import { registerTelemetry } from './standalone/registerTelemetry.js';

const registration = registerOnce(() => registerTelemetry(process.env, applicationModules(ownFile)));

/**
 * Ends what is open, sends what is queued and stops, within `DATABRICKS_OTEL_SHUTDOWN_TIMEOUT_MS` (default 2000).
 * For programs that end by `process.exit()`. Idempotent; never rejects.
 */
export async function shutdown(): Promise<void> {
  await registration?.shutdown();
}
