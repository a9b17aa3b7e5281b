// A program without an SDK of its own, which neither flushes nor closes everything.
import { DBSQLClient } from '@databricks/sql';
import { startDatabricksTelemetry } from 'opentelemetry-databricks-sql';
import queries from './queries.cjs';

startDatabricksTelemetry({ flushIntervalMs: 600_000 });
await queries(DBSQLClient);

const client = new DBSQLClient({ logger: { log: () => undefined } });
await client.connect(JSON.parse(process.env.TEST_DATABASE).connect);
const session = await client.openSession();
await session.executeStatement('SELECT 1');
process.stdout.write('end\n');
