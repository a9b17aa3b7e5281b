import { setTimeout } from 'node:timers/promises';
import type { DBSQLClient } from '@databricks/sql';
import { type LocalDatabricks, sql } from '../support/local-databricks/index.js';

type Session = Awaited<ReturnType<DBSQLClient['openSession']>>;

/** What stands in the SQL below and in the server's error message, and must reach nobody but the warehouse. */
export const SECRETS = ['jane.doe@example.com', '4111-1111', 'main.finance.invoices'];

interface Step {
  readonly title: string;
  readonly run: (session: Session) => Promise<unknown>;
}

/** What the application does, in this order, one statement each. */
export const STEPS: readonly Step[] = [
  {
    title: 'A query with its rows inline',
    run: (session) =>
      rowsOf(session, sql({}, "SELECT id, name FROM customers WHERE email = 'jane.doe@example.com'")),
  },
  {
    title: 'A large result by CloudFetch: 3 pages of 2 files',
    run: (session) =>
      rowsOf(
        session,
        sql(
          { format: 'cloudfetch', lz4: true, pages: 3, filesPerPage: 2, downloadDelayMs: 15 },
          "SELECT id, name FROM payments WHERE card = '4111-1111'",
        ),
      ),
  },
  {
    title: 'A slow query, polled until it is finished',
    run: (session) =>
      rowsOf(session, sql({ polls: 3, pollDelayMs: 10 }, 'INSERT INTO report SELECT id, name FROM visits')),
  },
  {
    title: 'A statement that fails',
    run: (session) =>
      rowsOf(
        session,
        sql(
          { outcome: { state: 'ERROR', sqlState: '42P01', message: 'main.finance.invoices does not exist' } },
          'SELECT total FROM main.finance.invoices',
        ),
      ).catch(() => 'as it should'),
  },
  {
    title: 'A metadata call',
    run: async (session) => {
      const operation = await session.getTables({ catalogName: 'main', schemaName: 'default' });
      await operation.fetchAll();
      await operation.close();
    },
  },
];

/** Connects, runs the steps in one session, and closes everything. */
export async function runQueries(
  client: DBSQLClient,
  databricks: LocalDatabricks,
  pauseMs = 0,
): Promise<void> {
  // Loading all public roots to verify one local certificate would cost a connection some 40 ms.
  await client.connect(databricks.connectOptions({ checkServerCertificate: false }));
  const session = await client.openSession({ initialCatalog: 'main', initialSchema: 'default' });
  for (const step of STEPS) {
    await step.run(session);
    await setTimeout(pauseMs);
  }
  await session.close();
  await client.close();
}

async function rowsOf(session: Session, statement: string): Promise<void> {
  const operation = await session.executeStatement(statement);
  await operation.fetchAll();
  await operation.close();
}
