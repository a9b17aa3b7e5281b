/**
 * Proves: the driver gets the very options object that the application gave, and sends byte for byte what it
 * sends without us, however odd the object is; while we serve the connection, and with that its own telemetry
 * does not begin.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { DatabricksSpanProcessor } from '../../src/processor/databricksSpanProcessor.js';
import { type RecordingProxy, startRecordingProxy } from '../attach/support/recordingProxy.js';
import { type DriverVersion, loadDriver, newClient } from '../support/drivers.js';
import { watchDriverTelemetry } from '../support/driverTelemetry.js';
import {
  type ConnectOptions,
  type LocalDatabricks,
  makeTestCertificate,
  sql,
  startLocalDatabricks,
} from '../support/local-databricks/index.js';
import { startTelemetry } from '../support/telemetry.js';

/** The server's ids come back in the driver's requests: both runs get the same ones. */
const ids = vi.hoisted(() => ({ next: 0 }));
vi.mock('../support/local-databricks/thrift-values.js', async (original) => ({
  ...(await original<typeof import('../support/local-databricks/thrift-values.js')>()),
  newId: () => `00000000-0000-4000-8000-${String(ids.next++).padStart(12, '0')}`,
}));

/** The method of the driver that reads the options. */
interface ConnectionMaker {
  createConnectionProvider(options: unknown): object;
}

type Plain = Readonly<Record<string, unknown>>;

/** What an application may give to `connect()`; each makes the same connection of plain options. */
const ODD_OBJECTS: ReadonlyArray<readonly [title: string, make: (plain: Plain) => object]> = [
  ['a plain object', (plain) => ({ ...plain })],
  ['a frozen object', (plain) => Object.freeze({ ...plain })],
  ['an object without a prototype', (plain) => Object.assign(Object.create(null), plain)],
  ['everything in the prototype', (plain) => Object.create(plain)],
  [
    'a token that is not enumerable',
    ({ token, ...plain }) =>
      Object.defineProperty({ ...plain }, 'token', { value: token, enumerable: false }),
  ],
  [
    'a class with a private field behind a getter',
    ({ token, ...plain }) => {
      class Options {
        readonly #token = token;

        get token(): unknown {
          return this.#token;
        }
      }
      return Object.assign(new Options(), plain);
    },
  ],
  [
    'an own __proto__ key, as JSON.parse makes it',
    (plain) => {
      const options = JSON.parse(
        `{"__proto__": {"proxy": {"protocol": "http", "host": "127.0.0.1", "port": 9}}}`,
      );
      return Object.assign(options, plain);
    },
  ],
  [
    'a token that is another one at each reading',
    ({ token, ...plain }) => {
      let read = 0;
      return Object.defineProperty({ ...plain }, 'token', {
        get: () => `${token}-${++read}`,
        enumerable: true,
      });
    },
  ],
  ['a Proxy', (plain) => new Proxy({ ...plain }, {})],
  [
    'a Proxy that denies all but reading',
    (plain) => {
      const deny = () => {
        throw new Error('denied');
      };
      return new Proxy({ ...plain }, { ownKeys: deny, set: deny, getOwnPropertyDescriptor: deny, has: deny });
    },
  ],
  ['symbols and functions among them', (plain) => ({ ...plain, [Symbol('x')]: 1, toString: () => 'secret' })],
];

let db: LocalDatabricks;
let proxy: RecordingProxy;

beforeAll(async () => {
  const certificate = await makeTestCertificate();
  db = await startLocalDatabricks({ certificate });
  proxy = await startRecordingProxy(db, certificate);
});

afterEach(() => db.reset());

afterAll(async () => {
  await proxy?.close();
  await db?.close();
});

async function requestsWith(version: DriverVersion, options: object): Promise<readonly string[]> {
  ids.next = 0;
  const start = proxy.requests.length;
  const client = newClient(loadDriver(version));
  await client.connect(options as ConnectOptions);
  const session = await client.openSession();
  await (await session.executeStatement(sql({}))).fetchAll();
  await session.close();
  await client.close();
  return proxy.requests.slice(start).filter((request) => request.includes('application/x-thrift'));
}

describe.each<DriverVersion>(['2.1', '1.17', '1.16'])('M6: the driver %s, served by us, given', (version) => {
  it.each(ODD_OBJECTS)('%s', async (_title, make) => {
    const plain: Plain = { ...db.connectOptions({ port: proxy.port, checkServerCertificate: false }) };
    const without = await requestsWith(version, make(plain));
    const processor = new DatabricksSpanProcessor({ forceEnableTelemetry: true });
    const telemetry = startTelemetry({ processors: [processor] });
    const driverTelemetry = watchDriverTelemetry(version);
    const prototype = loadDriver(version).DBSQLClient.prototype as unknown as ConnectionMaker;
    const connect = vi.spyOn(prototype, 'createConnectionProvider');
    const options = make(plain);
    try {
      expect(await requestsWith(version, options)).toEqual(without);
      expect(without.length).toBeGreaterThan(2);
      expect(driverTelemetry.begun).toEqual([]);
      expect(connect.mock.calls[0]?.[0]).toBe(options);
      expect(telemetry.instrumentation.stats().internalErrors).toBe(0);
    } finally {
      connect.mockRestore();
      driverTelemetry.stop();
      await telemetry.stop();
      await processor.shutdown();
    }
  });
});
