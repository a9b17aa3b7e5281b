/**
 * Proves: a client that is connected again without a close sends us nowhere with a token that the driver has
 * not sent there, and no session's id to a workspace that has not opened it. See also the checks of `useWorld`.
 */
import { describe, expect, it } from 'vitest';
import type { DriverClient } from '../support/drivers.js';
import { as, useWorld } from './support/world.js';

const sessionIds = (...sessions: ReadonlyArray<{ readonly id: string }>) =>
  sessions.map(({ id }) => id).sort();

/** As if the driver's own telemetry had run for the client: `connect()` first waits for its release. */
function pretendToHaveReported(client: DriverClient): void {
  Object.assign(client, { telemetryClient: {} });
}

describe.each(['2.1', '1.17', '1.16'] as const)(
  'a client of the driver %s that connects again',
  (version) => {
    const world = useWorld(version);

    it('C1: to another host while the driver’s own telemetry is being released: each host gets its own token', async () => {
      const client = await world.connect(as(world.a, 'TA'));
      pretendToHaveReported(client);
      world.start();
      await world.connect(as(world.b, 'TB'), client);
      const session = await world.use(client);
      const { a, b } = await world.sent();
      expect(world.b.truth.sessions.map(({ id }) => id)).toEqual([session.id]);
      expect(b.tokens).toEqual(['TB']);
      expect(b.sessions).toEqual([session.id]);
      expect(a.requests).toEqual([]);
    });

    it('C1: with both telemetries on, or with a first connect that was not sampled', async () => {
      world.start({}, { config: { driverTelemetry: 'keep' } });
      const client = await world.connect(as(world.a, 'TA'));
      const first = await world.use(client);
      pretendToHaveReported(client);
      await world.connect(as(world.b, 'TB'), client);
      const second = await world.use(client);
      const { a, b } = await world.sent();
      // The driver keeps its Thrift client: SQL still goes to the first host.
      expect(world.b.truth.sessions).toEqual([]);
      expect(b.requests).toEqual([]);
      expect(a.tokens).toEqual(['TA']);
      expect(a.sessions).toEqual(sessionIds(first, second));
    });

    it('H1: while the driver keeps its Thrift client, the first host gets the records, the second nothing', async () => {
      world.start();
      const client = await world.connect(as(world.a, 'TA'));
      const first = await world.use(client);
      await world.connect(as(world.b, 'TB'), client);
      await world.run(first);
      const second = await world.use(client);
      expect(world.b.truth.tokens.size).toBe(0);
      const { a, b } = await world.sent();
      expect(b.requests).toEqual([]);
      expect(a.tokens).toEqual(['TA']);
      expect(a.sessions).toEqual(sessionIds(first, second));
      expect(a.statements.filter((id) => id !== undefined)).toHaveLength(3);
      const addresses = world.telemetry.operations().map(({ attributes }) => attributes['server.port']);
      expect(new Set(addresses.filter((port) => port !== world.b.port))).toEqual(new Set([world.a.port]));
    });

    it('after a close: each host gets what was done there', async () => {
      world.start();
      const client = await world.connect(as(world.a, 'TA'));
      const first = await world.use(client);
      await client.close();
      await world.connect(as(world.b, 'TB'), client);
      const second = await world.use(client);
      const { a, b } = await world.sent();
      expect([a.tokens, b.tokens]).toEqual([['TA'], ['TB']]);
      expect([a.sessions, b.sessions]).toEqual([[first.id], [second.id]]);
    });

    it('while a session is being opened: its id goes to the host that opened it, or nowhere', async () => {
      world.start();
      const client = await world.connect(as(world.a, 'TA'));
      const opening = client.openSession();
      await world.connect(as(world.b, 'TB'), client);
      const session = await opening;
      await world.run(session);
      const { a, b } = await world.sent();
      const opener = world.a.truth.sessions.some(({ id }) => id === session.id) ? a : b;
      const other = opener === a ? b : a;
      expect(other.sessions).toEqual([]);
      expect([[], [session.id]]).toContainEqual(opener.sessions);
      const { unboundSessions } = world.telemetry.instrumentation.stats();
      expect(opener.sessions).toHaveLength(1 - unboundSessions);
    });

    it('adopted after such a reconnect: nothing is known of where its SQL goes, and nothing is sent', async () => {
      const client = await world.connect(as(world.a, 'TA'));
      const session = await client.openSession();
      await world.connect(as(world.b, 'TB'), client);
      world.start({}, { config: { enabled: false } });
      world.telemetry.instrumentation.instrument(client, { enableTelemetry: true });
      await world.run(session);
      await world.use(client);
      const { a, b } = await world.sent();
      expect([...a.requests, ...b.requests]).toEqual([]);
      expect(world.telemetry.statements()).toHaveLength(2);
      expect(world.telemetry.instrumentation.stats().unboundSessions).toBe(2);
    });
  },
);

describe('the kernel backend, which shows no requests', () => {
  const world = useWorld();

  it('connected again: a session’s records go to the host that opened it, with that connection’s token', async () => {
    world.start();
    const kernel = (db: typeof world.a, token: string) =>
      db.kernelConnectOptions({ token, checkServerCertificate: false });
    const client = await world.connect(kernel(world.a, 'TA'));
    const first = await world.use(client);
    await world.connect(kernel(world.b, 'TB'), client);
    const second = await world.use(client);
    await world.run(first);
    const { a, b } = await world.sent();
    expect([a.tokens, b.tokens]).toEqual([['TA'], ['TB']]);
    expect([a.sessions, b.sessions]).toEqual([[first.id], [second.id]]);
    expect([a.statements.length, b.statements.length]).toEqual([2, 1]);
  });

  it('sends nothing before a session is open, and never a token that its authentication is not about', async () => {
    world.start();
    const options = world.a.kernelConnectOptions({ token: 'TA', checkServerCertificate: false });
    const client = await world.connect(options);
    await expect(world.connect({ ...options, authType: 'databricks-oauth' } as never)).rejects.toThrow();
    expect((await world.sent()).a.requests).toEqual([]);
    await world.use(client);
    expect((await world.sent()).a.tokens).toEqual(['TA']);
  });
});
