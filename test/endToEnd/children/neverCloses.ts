/** Opens, queries and ends, closing nothing: argv are the connect options as JSON. Prints at its end the rows that
 * it got, and how many requests of telemetry had failed without an answer. */
import { createRequire } from 'node:module';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
// Loaded before the first statement, so that telemetry's requests are under way at the end.
import '../../../src/exporter/network.js';
import { DatabricksSpanProcessor, DatabricksSqlInstrumentation } from '../../../src/index.js';

const { DBSQLClient } = createRequire(import.meta.url)('@databricks/sql') as typeof import('@databricks/sql');

const processor = new DatabricksSpanProcessor({ flushIntervalMs: 1 });
const provider = new NodeTracerProvider({ spanProcessors: [processor] });
provider.register();
new DatabricksSqlInstrumentation().setTracerProvider(provider);

const client = new DBSQLClient({ logger: { log: () => undefined } as never });
await client.connect(JSON.parse(process.argv[2] ?? '{}'));
const session = await client.openSession();
const operation = await session.executeStatement('SELECT 1');
const rows = await operation.fetchAll();
// Time for telemetry's requests to be on their way, and to hang.
await new Promise((resolve) => {
  setTimeout(resolve, 100);
});
process.on('exit', () => {
  const { exportRequests, flagFetches } = processor.stats();
  const outcomes = Object.keys(exportRequests).filter((outcome) => !/^\d+$/.test(outcome));
  process.stdout.write(JSON.stringify({ rows: rows.length, timeouts: outcomes.length + flagFetches.failed }));
});
