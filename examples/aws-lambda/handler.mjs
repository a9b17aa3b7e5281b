// The import of the telemetry stands first: it has to run before the driver is used.

import { DBSQLClient } from '@databricks/sql';
import { withTelemetry } from './telemetry.mjs';

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

export const handler = withTelemetry(async (event) => {
  connecting ??= connect();
  const client = await connecting;
  const session = await client.openSession();
  try {
    const operation = await session.executeStatement(
      'SELECT id, name FROM customers WHERE country = :country',
      {
        namedParameters: { country: event.country },
      },
    );
    const rows = await operation.fetchAll();
    return { statusCode: 200, body: JSON.stringify({ rows: rows.length }) };
  } finally {
    await session.close();
  }
});
