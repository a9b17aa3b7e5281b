import { DBSQLClient } from '@databricks/sql';
import { trace } from '@opentelemetry/api';
import { log } from './log.mjs';

const client = new DBSQLClient();
await client.connect({
  host: process.env.DATABRICKS_HOST,
  port: Number(process.env.DATABRICKS_PORT ?? 443),
  path: process.env.DATABRICKS_HTTP_PATH,
  token: process.env.DATABRICKS_TOKEN,
});
const session = await client.openSession();
await trace.getTracer('example').startActiveSpan('list customers', async (span) => {
  const operation = await session.executeStatement('SELECT id, name FROM customers');
  const rows = await operation.fetchAll();
  // The application's own line. The statement's id is the driver's `operation.id`.
  log.info({ statement_id: operation.id, rows: rows.length }, 'customers listed');
  span.end();
});
await session.close();
await client.close();
