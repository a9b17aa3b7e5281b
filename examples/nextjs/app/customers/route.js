import { DBSQLClient } from '@databricks/sql';

export const dynamic = 'force-dynamic';

export async function GET() {
  const client = new DBSQLClient();
  await client.connect({
    host: process.env.DATABRICKS_HOST,
    port: Number(process.env.DATABRICKS_PORT ?? 443),
    path: process.env.DATABRICKS_HTTP_PATH,
    token: process.env.DATABRICKS_TOKEN,
  });
  const session = await client.openSession();
  try {
    const operation = await session.executeStatement('SELECT id, name FROM customers');
    const rows = await operation.fetchAll();
    return Response.json({ customers: rows.length });
  } finally {
    await session.close();
    await client.close();
  }
}
