import { DBSQLClient } from '@databricks/sql';

/** Runs a statement and returns the number of rows. */
export async function countRows() {
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
  await session.close();
  await client.close();
  return rows.length;
}
