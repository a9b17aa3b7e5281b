import { DBSQLClient } from '@databricks/sql';
import express from 'express';
import { shutdownTelemetry } from './telemetry.mjs';

/** Each tenant has a token of its own: their telemetry never shares a request, and so never a token. */
const TENANTS = {
  north: { token: process.env.NORTH_TOKEN, path: process.env.NORTH_HTTP_PATH },
  south: { token: process.env.SOUTH_TOKEN, path: process.env.SOUTH_HTTP_PATH },
};

const clients = new Map();

function clientOf(tenant) {
  if (!clients.has(tenant)) {
    const client = new DBSQLClient();
    const connected = client.connect({
      host: process.env.DATABRICKS_HOST,
      port: Number(process.env.DATABRICKS_PORT ?? 443),
      ...TENANTS[tenant],
    });
    clients.set(
      tenant,
      connected.then(() => client),
    );
  }
  return clients.get(tenant);
}

async function countCustomers(client) {
  const session = await client.openSession();
  try {
    const operation = await session.executeStatement('SELECT id, name FROM customers');
    return (await operation.fetchAll()).length;
  } finally {
    await session.close();
  }
}

const app = express();

app.get('/:tenant/customers', async (request, response) => {
  const { tenant } = request.params;
  if (!Object.hasOwn(TENANTS, tenant)) {
    response.status(404).json({ error: 'no such tenant' });
    return;
  }
  response.json({ tenant, customers: await countCustomers(await clientOf(tenant)) });
});

const server = app.listen(Number(process.env.PORT ?? 3000), () => {
  console.log(`listening on port ${server.address().port}`);
});

process.once('SIGTERM', () => {
  server.close(async () => {
    for (const client of clients.values()) {
      await (await client).close();
    }
    await shutdownTelemetry();
  });
});
