import { createServer } from 'node:http';
import { DBSQLClient } from '@databricks/sql';
import { shutdownTelemetry } from './telemetry.mjs';

const {
  DATABRICKS_HOST = '',
  DATABRICKS_PORT = '443',
  DATABRICKS_WAREHOUSE_ID,
  DATABRICKS_HTTP_PATH = `/sql/1.0/warehouses/${DATABRICKS_WAREHOUSE_ID}`,
  DATABRICKS_TOKEN,
  DATABRICKS_CLIENT_ID,
  DATABRICKS_CLIENT_SECRET,
  DATABRICKS_APP_PORT = '8000',
} = process.env;

// In an app: its own service principal. On your machine a token is simpler.
const credentials =
  DATABRICKS_TOKEN === undefined
    ? {
        authType: 'databricks-oauth',
        oauthClientId: DATABRICKS_CLIENT_ID,
        oauthClientSecret: DATABRICKS_CLIENT_SECRET,
      }
    : { token: DATABRICKS_TOKEN };

const client = new DBSQLClient();
await client.connect({
  host: DATABRICKS_HOST.replace(/^https:\/\//, ''),
  port: Number(DATABRICKS_PORT),
  path: DATABRICKS_HTTP_PATH,
  ...credentials,
});

async function countCustomers() {
  const session = await client.openSession();
  try {
    const operation = await session.executeStatement('SELECT id, name FROM customers');
    return (await operation.fetchAll()).length;
  } finally {
    await session.close();
  }
}

const server = createServer(async (_request, response) => {
  try {
    response.end(`${await countCustomers()} customers\n`);
  } catch (error) {
    response.writeHead(500).end(`${error.name}\n`);
  }
});
server.listen(Number(DATABRICKS_APP_PORT), () => {
  console.log(`listening on port ${server.address().port}`);
});

// Apps are ended by SIGTERM: what waits is sent then.
process.once('SIGTERM', () => {
  server.close(async () => {
    await client.close();
    await shutdownTelemetry();
    process.exit();
  });
});
