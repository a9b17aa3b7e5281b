import { DBSQLClient } from '@databricks/sql';
import { withoutDatabricksTelemetry, withoutQueryText } from 'opentelemetry-databricks-sql';
import { currentOrder } from './currentOrder.mjs';

const client = new DBSQLClient();
await client.connect({
  host: process.env.DATABRICKS_HOST,
  port: Number(process.env.DATABRICKS_PORT ?? 443),
  path: process.env.DATABRICKS_HTTP_PATH,
  token: process.env.DATABRICKS_TOKEN,
});
const session = await client.openSession();

async function query(text) {
  const operation = await session.executeStatement(text);
  const rows = await operation.fetchAll();
  console.log(`${rows.length} rows`);
  await operation.close();
}

// In your backend the span says which order it was for.
await currentOrder.run('order-4711', () => query('SELECT id, name FROM orders'));
// One statement without its text in your backend, and one of which Databricks gets no record.
await withoutQueryText(() => query('SELECT id, name FROM salaries'));
await withoutDatabricksTelemetry(() => query('SELECT id, name FROM secrets'));

await session.close();
await client.close();
