import { DBSQLClient } from '@databricks/sql';
import { flushTelemetry } from './telemetry.mjs';

// Kept between invocations, as long as the platform keeps the process.
let connecting;

async function connect() {
  const client = new DBSQLClient();
  await client.connect({
    host: process.env.DATABRICKS_HOST,
    port: Number(process.env.DATABRICKS_PORT ?? 443),
    path: process.env.DATABRICKS_HTTP_PATH,
    token: process.env.DATABRICKS_TOKEN,
  });
  return client;
}

export async function handler() {
  connecting ??= connect();
  const client = await connecting;
  const session = await client.openSession();
  try {
    const operation = await session.executeStatement('SELECT id, name FROM customers');
    const rows = await operation.fetchAll();
    return { statusCode: 200, body: JSON.stringify({ rows: rows.length }) };
  } finally {
    await session.close();
    // The platform may freeze the process as soon as the answer is out: whatever is queued has to go now.
    await flushTelemetry();
  }
}
