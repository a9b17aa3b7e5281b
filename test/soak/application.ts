import { createRequire } from 'node:module';
import { connectClient, type Driver, type DriverClient, type DriverSession } from '../support/drivers.js';
import { type Course, type StubWarehouse, sqlOf } from './stubWarehouse.js';

/** One in twenty fails, in each of these ways in turn. */
const FAILURES: readonly Course[] = ['rejected', 'forbidden', 'error', 'polled-error', 'fetch-503'];

/** A connected client of the real driver, whose calls end in the stub instead of on the wire. */
export async function connectStub(
  driver: Driver,
  warehouse: StubWarehouse,
  host = 'dbc-0.cloud.databricks.test',
): Promise<DriverClient> {
  const client = await connectClient(driver, {
    host,
    path: '/sql/1.0/warehouses/0123456789abcdef?o=6012345678901234',
    token: 'dapi-soak',
  });
  Object.assign(client, { driver: wireOf(client, warehouse) });
  return client;
}

/** As `HiveDriver` does, it has the client authenticate before each request. */
function wireOf(client: DriverClient, warehouse: StubWarehouse): object {
  return Object.fromEntries(
    RPCS.map((rpc) => [
      rpc,
      async (request: never) => {
        await Reflect.get(client, 'getClient').call(client);
        if (rpc === 'openSession') {
          await sendNothing(client);
        }
        return warehouse[rpc](request);
      },
    ]),
  );
}

const RPCS = [
  'openSession',
  'closeSession',
  'executeStatement',
  'getTables',
  'getOperationStatus',
  'getResultSetMetadata',
  'fetchResults',
  'closeOperation',
  'cancelOperation',
] as const satisfies ReadonlyArray<keyof StubWarehouse>;

/** One request of the driver's own: without any, nobody knows where the connection goes. It has no answer. */
async function sendNothing(client: DriverClient): Promise<void> {
  const wire = await Reflect.get(client, 'connectionProvider').getThriftConnection();
  wire.write(Buffer.alloc(0), 0);
}

/** No request leaves the process. */
export function stubRequests(): void {
  const fromDriver = createRequire(createRequire(import.meta.url).resolve('@databricks/sql/package.json'));
  Object.assign(fromDriver('node-fetch'), { default: () => new Promise(() => undefined) });
}

/** Result files come from the stub, too. */
export function stubDownloads(warehouse: StubWarehouse): void {
  const handler = createRequire(createRequire(import.meta.url).resolve('@databricks/sql/package.json'))(
    './dist/result/CloudFetchResultHandler',
  ).default as { prototype: object };
  Object.assign(handler.prototype, { fetch: () => warehouse.download() });
}

export const isAbandoned = (n: number): boolean => n % 10 === 3;
export const isFailing = (n: number): boolean => n % 20 === 7;

/** The n-th statement: what comes of it, and what the application does with it, depends on n alone. */
export async function useStatement(session: DriverSession, n: number): Promise<void> {
  if (isFailing(n)) {
    return useFailing(session, FAILURES[Math.floor(n / 20) % FAILURES.length] ?? 'rejected');
  }
  if (isAbandoned(n)) {
    return abandon(session, Math.floor(n / 10) % 3);
  }
  switch (n % 10) {
    case 0:
      return readAll(session, 'pages');
    case 1: {
      const operation = await session.executeStatement(sqlOf('pages'));
      await operation.fetchAll();
      return;
    }
    case 2:
      return readAll(session, 'cloudfetch');
    case 4: {
      const operation = await session.executeStatement(sqlOf('pages'));
      await operation.cancel();
      return;
    }
    case 5: {
      const operation = await session.executeStatement(sqlOf('pages'));
      await operation.close();
      return;
    }
    case 6: {
      const operation = await session.executeStatement(sqlOf('ddl'));
      await operation.close();
      return;
    }
    case 7:
      return readAll(session, 'polled');
    case 8: {
      const operation = await session.executeStatement(sqlOf('pages'));
      for await (const _row of operation.iterateRows({ autoClose: true })) {
        break;
      }
      return;
    }
    default: {
      const operation = await session.getTables();
      await operation.fetchAll();
      await operation.close();
    }
  }
}

async function readAll(session: DriverSession, course: Course): Promise<void> {
  const operation = await session.executeStatement(sqlOf(course));
  await operation.fetchAll();
  await operation.close();
}

async function useFailing(session: DriverSession, course: Course): Promise<void> {
  try {
    const operation = await session.executeStatement(sqlOf(course));
    await operation.fetchAll().finally(() => operation.close());
  } catch {
    return;
  }
  throw new Error(`${course} did not fail`);
}

/** Never read to its end, never closed; nor is its session, nor its client. */
async function abandon(session: DriverSession, how: number): Promise<void> {
  const operation = await session.executeStatement(sqlOf(how === 2 ? 'cloudfetch' : 'pages'));
  if (how > 0) {
    await operation.fetchChunk({ maxRows: 1, disableBuffering: false });
  }
}
