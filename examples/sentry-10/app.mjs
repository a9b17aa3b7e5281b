import { DBSQLClient } from '@databricks/sql';

const client = new DBSQLClient();
await client.connect({
  host: process.env.DATABRICKS_HOST,
  port: Number(process.env.DATABRICKS_PORT ?? 443),
  path: process.env.DATABRICKS_HTTP_PATH,
  token: process.env.DATABRICKS_TOKEN,
});
const session = await client.openSession();
const operation = await session.executeStatement('SELECT id, name FROM customers WHERE country = :country', {
  namedParameters: { country: 'IS' },
});
const rows = await operation.fetchAll();
console.log(`${rows.length} rows`);
await operation.close();
await session.close();
await client.close();
