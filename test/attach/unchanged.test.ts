import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectClient, type Driver, type DriverVersion, loadDriver, newClient } from '../support/drivers.js';
import {
  type LocalDatabricks,
  makeTestCertificate,
  type Scenario,
  sql,
  startLocalDatabricks,
} from '../support/local-databricks/index.js';
import { startTelemetry } from '../support/telemetry.js';
import { type RecordingProxy, startRecordingProxy } from './support/recordingProxy.js';

/** The server's ids come back in the driver's requests: both runs get the same ones. */
const ids = vi.hoisted(() => ({ next: 0 }));
vi.mock('../support/local-databricks/thrift-values.js', async (original) => ({
  ...(await original<typeof import('../support/local-databricks/thrift-values.js')>()),
  newId: () => `00000000-0000-4000-8000-${String(ids.next++).padStart(12, '0')}`,
}));

const SCENARIOS: readonly Scenario[] = [
  {},
  { directResults: false, polls: 1, pages: 3, format: 'column' },
  { format: 'cloudfetch', pages: 2, filesPerPage: 2, lz4: true },
  { directResults: false, http: { GetOperationStatus: { status: 503, times: 1 } } },
  { outcome: { state: 'ERROR', sqlState: '42P01' }, directResults: false },
  { executeStatus: { message: 'no' } },
  { resultSet: false },
];

let db: LocalDatabricks;
let proxy: RecordingProxy;

beforeAll(async () => {
  const certificate = await makeTestCertificate();
  db = await startLocalDatabricks({ certificate });
  proxy = await startRecordingProxy(db, certificate);
});

beforeEach(() => db.reset());

afterAll(async () => {
  await proxy?.close();
  await db?.close();
});

/** Everything that the driver sends in a run of a little of everything. */
async function requestsOf(driver: Driver): Promise<readonly string[]> {
  ids.next = 0;
  const start = proxy.requests.length;
  const client = await connectClient(
    driver,
    db.connectOptions({ port: proxy.port, checkServerCertificate: false }),
  );
  const session = await client.openSession({ initialCatalog: 'main' });
  for (const [index, scenario] of SCENARIOS.entries()) {
    const text = sql(scenario, `SELECT ${index} FROM rows WHERE id = :id`);
    try {
      const operation = await session.executeStatement(text, { namedParameters: { id: index } });
      await operation.fetchAll();
      await operation.close();
    } catch {
      // Some of them fail: on the wire as well as here.
    }
  }
  await (await session.getTables({ catalogName: 'main' })).fetchAll();
  const cancelled = await session.executeStatement(sql({ directResults: false }));
  await cancelled.cancel();
  await session.close();
  await client.close();
  const requests = proxy.requests.slice(start);
  const isDownload = (request: string) => request.includes('"url":"/cloud/');
  // Downloads run side by side: their order is nobody's doing.
  return [...requests.filter((each) => !isDownload(each)), ...requests.filter(isDownload).sort()];
}

describe('an instrumentation without a processor of ours', () => {
  it.each<DriverVersion>(['2.1', '1.17', '1.16'])(
    'the driver %s sends byte for byte what it sends without, and Databricks gets no telemetry',
    async (version) => {
      const driver = loadDriver(version);
      const without = await requestsOf(driver);
      const telemetry = startTelemetry();
      const observed = await requestsOf(driver);
      await telemetry.stop();
      expect(telemetry.operations().length).toBeGreaterThan(SCENARIOS.length);
      expect(without.length).toBeGreaterThan(2 * SCENARIOS.length);
      expect(observed).toEqual(without);
      expect(db.telemetry.requestCount + db.flags.requestCount).toBe(0);
    },
  );

  it('put back, the driver sends the same once more, and nobody observes it', async () => {
    const driver = loadDriver();
    const telemetry = startTelemetry();
    const observed = await requestsOf(driver);
    await telemetry.stop();
    telemetry.clear();
    expect(await requestsOf(driver)).toEqual(observed);
    expect(telemetry.operations()).toEqual([]);
  });

  it('the driver gets the very connect options that the application gave, its own telemetry as it was', async () => {
    const { prototype } = loadDriver().DBSQLClient;
    const connect = vi.spyOn(prototype, 'connect').mockImplementation(async function (this: never) {
      return this;
    });
    const telemetry = startTelemetry();
    const options = db.connectOptions();
    try {
      await newClient(loadDriver()).connect(options);
      expect(connect.mock.calls[0]?.[0]).toBe(options);
      expect(telemetry.operations()).toHaveLength(1);
    } finally {
      await telemetry.stop();
      connect.mockRestore();
    }
  });
});
