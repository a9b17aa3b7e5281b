import { DBSQLClient } from '@databricks/sql';
import { startDatabricksTelemetry } from 'opentelemetry-databricks-sql';

// A tracer provider of its own: nothing global is set, and what is queued at the end is sent then.
const telemetry = startDatabricksTelemetry();

const client = new DBSQLClient();
await client.connect({
  host: process.env.DATABRICKS_HOST,
  port: Number(process.env.DATABRICKS_PORT ?? 443),
  path: process.env.DATABRICKS_HTTP_PATH,
  token: process.env.DATABRICKS_TOKEN,
});
const session = await client.openSession();
const operation = await session.executeStatement('SELECT id, name FROM customers');
const rows = await operation.fetchAll();
console.log(`${rows.length} rows`);
await operation.close();
await session.close();
await client.close();

await telemetry.forceFlush(); // only to have something to show below
console.log(`${telemetry.stats().exported} records sent to Databricks`);
