/**
 * Queries, shuts telemetry down and exits at once. argv: the connect options as JSON, the path of the copy or
 * nothing, and the set-up: `standalone` or `sdk`. Prints what `stats().copies` says at the exit. With TEST_LOGS,
 * warnings go to standard error.
 */
import { createRequire } from 'node:module';
import { DiagConsoleLogger, DiagLogLevel, diag } from '@opentelemetry/api';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import {
  DatabricksSpanProcessor,
  DatabricksSqlInstrumentation,
  startDatabricksTelemetry,
} from '../../../src/index.js';

const { DBSQLClient } = createRequire(import.meta.url)('@databricks/sql') as typeof import('@databricks/sql');
const [connectOptions = '{}', path, setUp] = process.argv.slice(2);
const copyTo = path || undefined;

if (process.env['TEST_LOGS'] !== undefined) {
  diag.setLogger(new DiagConsoleLogger(), DiagLogLevel.WARN);
}

function start() {
  if (setUp === 'standalone') {
    return startDatabricksTelemetry({ copyTo });
  }
  const processor = new DatabricksSpanProcessor({ copyTo });
  const provider = new NodeTracerProvider({ spanProcessors: [processor] });
  provider.register();
  new DatabricksSqlInstrumentation().setTracerProvider(provider);
  return { shutdown: () => provider.shutdown(), stats: () => processor.stats() };
}

const telemetry = start();
const client = new DBSQLClient({ logger: { log: () => undefined } as never });
await client.connect(JSON.parse(connectOptions));
const session = await client.openSession();
await (await session.executeStatement('SELECT 1')).fetchAll();
await session.close();
await client.close();
await telemetry.shutdown();
process.stdout.write(JSON.stringify(telemetry.stats().copies ?? null), () => process.exit());
