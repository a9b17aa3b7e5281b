import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DatabricksSpanProcessorOptions } from '../../src/index.js';
import {
  type LocalDatabricks,
  makeTestCertificate,
  startConnectProxy,
  startLocalDatabricks,
} from '../support/local-databricks/index.js';
import type { EndpointBehaviour } from '../support/local-databricks/types.js';
import { Application, newClient, ROWS } from './application.js';

let db: LocalDatabricks;
const started: Application[] = [];
const uncaught: unknown[] = [];
const onUncaught = (error: unknown): void => {
  uncaught.push(error);
};

beforeAll(() => {
  process.on('uncaughtException', onUncaught);
  process.on('unhandledRejection', onUncaught);
});

afterAll(() => {
  process.off('uncaughtException', onUncaught);
  process.off('unhandledRejection', onUncaught);
});

// Each test has a workspace of its own: what a test gives up may be on its way still.
beforeEach(async () => {
  db = await startLocalDatabricks();
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((application) => application.stop()));
  await db.close();
  expect(uncaught.splice(0)).toEqual([]);
});

function start(options: DatabricksSpanProcessorOptions = {}): Application {
  const application = new Application(options);
  started.push(application);
  return application;
}

describe('whatever the telemetry endpoint does, queries return the same rows and shutdown keeps its deadline', () => {
  const FAULTS: ReadonlyArray<readonly [name: string, behaviour: EndpointBehaviour]> = [
    ['reset before the headers', 'reset'],
    ['reset in the body', 'reset-in-body'],
    ['hang before the headers', 'hang'],
    ['hang in the body', 'hang-in-body'],
    ['200 with garbage', 'garbage'],
    ['an endless body', 'endless-body'],
    ['302 elsewhere', { status: 302, location: 'https://127.0.0.1:1/elsewhere' }],
    ['500', { status: 500 }],
    ['401', { status: 401 }],
    ['429 for two minutes', { status: 429, retryAfter: '120' }],
  ];

  it.each(FAULTS)('%s', async (_name, behaviour) => {
    db.telemetry.answer(behaviour);
    const application = start({ shutdownTimeoutMs: 400 });
    expect(await application.query(db)).toEqual(ROWS);
    expect(await application.query(db)).toEqual(ROWS);
    await db.telemetry.waitForRequests(1);

    const before = performance.now();
    await application.processor.shutdown();
    // An endpoint that hangs takes 10 s and more where nobody has a deadline.
    expect(performance.now() - before).toBeLessThan(7_000);
    const stats = application.processor.stats();
    expect(stats.queued + stats.inFlight + stats.openStatements).toBe(0);
    expect(stats.internalErrors).toBe(0);
  });

  it('nobody listens', async () => {
    const gone = await startLocalDatabricks();
    const application = start({ shutdownTimeoutMs: 400, forceEnableTelemetry: true });
    const client = await application.connect(gone);
    const session = await client.openSession();
    const rows = await (await session.executeStatement('SELECT 1')).fetchAll();
    await gone.close();

    expect(rows).toEqual(ROWS);
    await application.processor.forceFlush();
    await application.processor.shutdown();
    expect(application.processor.stats()).toMatchObject({ queued: 0, inFlight: 0, exported: 0 });
  });

  it('a certificate that the connection does not trust: nothing is sent, on no weaker terms', async () => {
    const stranger = await startLocalDatabricks({ certificate: await makeTestCertificate() });
    const application = start({ forceEnableTelemetry: true });
    const client = newClient();
    await client.connect(stranger.connectOptions({ customCaCert: db.ca }));
    await expect(client.openSession()).rejects.toThrow();
    await application.processor.forceFlush();

    expect(stranger.telemetry.requests).toEqual([]);
    await stranger.close();
  });
});

describe('connect() is as quick as without us', () => {
  it.each([
    ['answers 503', { status: 503 }],
    ['hangs', 'hang'],
  ] as const)('when the flag endpoint %s', async (_name, behaviour) => {
    db.flags.answer(behaviour);
    const timed = async (client: Promise<{ close(): Promise<void> }>): Promise<number> => {
      const before = performance.now();
      const connected = await client;
      const elapsed = performance.now() - before;
      await connected.close();
      return elapsed;
    };
    const plain = newClient();
    const without = await timed(
      plain
        .connect(db.connectOptions({ checkServerCertificate: false, telemetryEnabled: false }))
        .then(() => plain),
    );
    const application = start();
    const withUs = await timed(application.connect(db));

    // Coarse: a connection that waited for the flag would take 10 s, and the driver's own telemetry takes 30 s here.
    expect(withUs).toBeLessThan(without + 7_000);
    expect(await application.query(db)).toEqual(ROWS);
    await db.flags.waitForRequests(1);
    expect(db.telemetry.requests).toEqual([]);
  });
});

describe('off means zero packets', () => {
  it.each<readonly [string, DatabricksSpanProcessorOptions, Record<string, unknown>]>([
    ['the processor says no', { enableTelemetry: false }, {}],
    ['the connection says no', {}, { enableTelemetry: false }],
    ['the connection says no to the driver’s telemetry', {}, { telemetryEnabled: false }],
    ['any no beats any yes', { enableTelemetry: false }, { enableTelemetry: true }],
  ])('%s: no telemetry request and no flag request', async (_name, options, connectOptions) => {
    const application = start(options);
    expect(await application.query(db, connectOptions)).toEqual(ROWS);
    await application.processor.forceFlush();

    expect(db.telemetry.requests).toEqual([]);
    expect(db.flags.requests).toEqual([]);
  });

  it.each([
    ['disabled', { enabled: false }],
    ['absent', { enabled: 'absent' }],
  ] as const)('the server’s flag is %s: no telemetry request', async (_name, flag) => {
    db.flags.set(flag);
    const application = start();
    expect(await application.query(db)).toEqual(ROWS);
    await db.flags.waitForRequests(1);
    await application.processor.forceFlush();

    expect(db.telemetry.requests).toEqual([]);
    expect(application.processor.stats().dropped).toMatchObject({ flag_disabled: 3 });
  });
});

describe('the feature flag', () => {
  it('is asked for once by 50 connections at a time', async () => {
    const application = start();
    const clients = await Promise.all(Array.from({ length: 50 }, () => application.connect(db)));
    const sessions = await Promise.all(clients.map((client) => client.openSession()));
    await Promise.all(sessions.map((session) => session.close()));
    await Promise.all(clients.map((client) => client.close()));
    await application.processor.forceFlush();

    expect(db.flags.requests).toHaveLength(1);
    expect(db.telemetry.logs()).toHaveLength(100);
  });

  it('is asked for once by a loop of 100 connections', async () => {
    const application = start();
    for (let n = 0; n < 100; n++) {
      await application.query(db);
    }
    await application.processor.forceFlush();

    expect(db.flags.requests).toHaveLength(1);
    expect(db.telemetry.logs()).toHaveLength(300);
  });

  it('and all else is another one for another host', async () => {
    const other = await startLocalDatabricks();
    const application = start();
    await application.query(db, { token: 'token-of-the-first' });
    await application.query(other, { token: 'token-of-the-other' });
    await application.processor.forceFlush();

    for (const [host, token] of [
      [db, 'token-of-the-first'],
      [other, 'token-of-the-other'],
    ] as const) {
      expect(host.flags.requests).toHaveLength(1);
      expect(host.telemetry.logs()).toHaveLength(3);
      const authorizations = [...host.telemetry.requests, ...host.flags.requests].map(
        (request) => request.headers['authorization'],
      );
      expect(new Set(authorizations)).toEqual(new Set([`Bearer ${token}`]));
    }
    await other.close();
  });
});

describe('tenants that share a host', () => {
  it('never share a request: no body carries a session of one under the token of the other', async () => {
    const application = start();
    const tenants = ['token-of-alice', 'token-of-bob'];
    const clients = await Promise.all(tenants.map((token) => application.connect(db, { token })));
    const sessions = await Promise.all(clients.map((client) => client.openSession()));
    for (let n = 0; n < 20; n++) {
      await Promise.all(
        sessions.map(async (session) => (await session.executeStatement('SELECT 1')).fetchAll()),
      );
    }
    await Promise.all(sessions.map((session) => session.close()));
    await Promise.all(clients.map((client) => client.close()));
    await application.processor.forceFlush();

    expect(db.telemetry.logs()).toHaveLength(44);
    for (const { headers, body } of db.telemetry.requests) {
      for (const session of db.truth.sessions) {
        if (body.includes(session.id)) {
          expect(headers['authorization']).toBe(`Bearer ${session.token}`);
        }
      }
    }
  });
});

describe('authentication', () => {
  it('is never called by us: a provider that counts its calls is called as often as without us', async () => {
    const countCalls = async (
      run: (options: Record<string, unknown>) => Promise<unknown>,
    ): Promise<number> => {
      let calls = 0;
      const provider = {
        authenticate: async () => {
          calls++;
          return { Authorization: `Bearer counted-${calls}` };
        },
      };
      await run({ authType: 'custom', provider });
      return calls;
    };
    const without = await countCalls(async (options) => {
      const client = newClient();
      await client.connect(
        db.connectOptions({ checkServerCertificate: false, telemetryEnabled: false, ...options } as never),
      );
      const session = await client.openSession();
      await (await session.executeStatement('SELECT 1')).fetchAll();
      await session.close();
      await client.close();
    });
    const application = start();
    const withUs = await countCalls((options) => application.query(db, options));
    await application.processor.forceFlush();

    expect(withUs).toBe(without);
    expect(db.telemetry.logs()).toHaveLength(3);
    // The headers are those that the driver itself last used.
    expect(db.telemetry.requests.at(-1)?.headers['authorization']).toBe(`Bearer counted-${withUs}`);
  });
});

describe('through a proxy', () => {
  it('telemetry goes the way of the connection, and not at all when the proxy is gone', async () => {
    const proxy = await startConnectProxy({ host: db.host, port: db.port });
    const application = start({ shutdownTimeoutMs: 500 });
    const host = 'dbc-1.cloud.databricks.test';
    const options = {
      host,
      port: 443,
      proxy: { protocol: 'http' as const, host: proxy.host, port: proxy.port },
      forceEnableTelemetry: true,
    };
    // The driver forgets the certificate options behind a proxy: only its telemetry-like requests of ours get through.
    const client = await application.connect(db, options);
    await client.openSession().catch(() => undefined);
    await application.processor.forceFlush();
    const tunnels = proxy.connects.length;
    expect(tunnels).toBeGreaterThan(0);
    expect(new Set(proxy.connects.map((connect) => connect.host))).toEqual(new Set([host]));
    const sent = db.telemetry.requests.length;

    await proxy.close();
    await client.openSession().catch(() => undefined);
    await application.processor.forceFlush();
    expect(db.telemetry.requests).toHaveLength(sent);
  });
});
