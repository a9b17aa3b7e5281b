/**
 * Telemetry without a line of code: `node --import opentelemetry-databricks-sql/register app.js`, or
 * `--require`. Everything is set by environment variables.
 */
import { applicationModules } from './standalone/moduleFinder.js';
import { ownFile } from './standalone/ownFile.js';
import { registerTelemetry } from './standalone/registerTelemetry.js';

registerTelemetry(process.env, applicationModules(ownFile));
