import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConnectionHandle } from '../../src/connectionHandle.js';
import type { HostRegistry } from '../../src/hosts/hostRegistry.js';
import { LINGER_MS } from '../../src/hosts/lane.js';
import type { ConnectionLease } from '../../src/hosts/lease.js';
import { WARN_INTERVAL_MS } from '../../src/lossWarner.js';
import { OperationRecord } from '../../src/records.js';
import { TestConnection } from '../support/connections.js';
import { ENABLED, range, Setup, success } from './fakes.js';

const ROUTE = { https: true, rejectUnauthorized: true };
const FORCED = { telemetry: { forceEnableTelemetry: true } };

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

async function settle(durationMs = 1_000): Promise<void> {
  await vi.advanceTimersByTimeAsync(durationMs);
}

/** Chance that is the same every time. */
function seeded(start: number): () => number {
  let seed = start;
  return () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed / 2 ** 31;
  };
}

function outcomes(registry: HostRegistry): Record<string, number> {
  return Object.fromEntries(Object.entries(registry.stats().connections).filter(([, count]) => count > 0));
}

describe('a connection', () => {
  it('for which the gate says off opens nothing and sends nothing, not even the flag request', async () => {
    const setup = new Setup({ enableTelemetry: false });
    const { lease } = setup.open();
    expect(lease.enabled).toBe(false);
    setup.enqueue(lease, 1_000);
    lease.flush();
    lease.release();
    await settle(60_000);
    expect(setup.exporter.hosts).toHaveLength(0);
    expect(outcomes(setup.registry)).toEqual({ disabled: 1 });
  });

  it('is judged by the environment at the time when it is opened', () => {
    const environment: Record<string, string> = {};
    const setup = new Setup({}, undefined, environment);
    expect(setup.open().lease.enabled).toBe(true);
    environment['DATABRICKS_TELEMETRY_DISABLED'] = '1';
    expect(setup.open().lease.enabled).toBe(false);
  });

  it.each([
    ['refused_host', {}, (setup: Setup) => (setup.exporter.isValidHost = () => false)],
    ['refused_route', {}, (setup: Setup) => (setup.exporter.isSupported = () => false)],
    ['refused_route', { route: { https: false } }, () => undefined],
    ['refused_handle', { driverVersion: '../../etc' }, () => undefined],
    ['refused_handle', { orgId: '12\r\nx: y' }, () => undefined],
  ])('is refused and counted as %s (%j)', (outcome, options, prepare) => {
    const setup = new Setup();
    prepare(setup);
    const handle = new TestConnection(options);
    expect(setup.registry.acquire(handle)).toBeUndefined();
    expect(outcomes(setup.registry)).toEqual({ [outcome]: 1 });
    expect(setup.exporter.hosts).toHaveLength(0);
    // It is asked about with every span; it counts once.
    expect(setup.registry.acquire(handle)).toBeUndefined();
    expect(outcomes(setup.registry)).toEqual({ [outcome]: 1 });
  });

  it('whose handle is nonsense or throws is refused, and nothing is thrown', async () => {
    const setup = new Setup();
    const throwing = new TestConnection();
    throwing.listen = () => {
      throw new Error('no');
    };
    const nonsense: unknown[] = [
      undefined,
      null,
      1,
      {},
      { route: {}, telemetry: {}, driverVersion: '1.2.3' },
      throwing,
    ];
    for (const handle of nonsense) {
      expect(setup.registry.acquire(handle as ConnectionHandle)).toBeUndefined();
    }
    expect(outcomes(setup.registry)).toEqual({ refused_handle: nonsense.length });
    await settle(2 * LINGER_MS);
    expect(setup.registry.stats().hosts).toHaveLength(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that is closed already gets a lease that is released', async () => {
    const setup = new Setup();
    const handle = new TestConnection(FORCED);
    handle.close();
    expect(setup.registry.acquire(handle)?.enabled).toBe(true);
    expect(setup.registry.stats().hosts[0]?.connections).toBe(0);
    await settle(LINGER_MS + 1_000);
    expect(setup.registry.stats().hosts).toHaveLength(0);
  });

  it('that closes flushes its host in the background, also what comes in the same turn', async () => {
    const setup = new Setup();
    const { handle, lease } = setup.open(FORCED);
    setup.enqueue(lease, 3);
    handle.close();
    setup.enqueue(lease, 2);
    await settle(50);
    expect(setup.host.ids).toEqual([1, 2, 3, 4, 5]);
    // And what comes later still.
    setup.enqueue(lease, 1);
    await settle(50);
    expect(setup.host.ids).toHaveLength(6);
  });

  it('gives its share back once, by close and release together', async () => {
    const setup = new Setup();
    const { handle, lease } = setup.open(FORCED);
    setup.open(FORCED);
    lease.release();
    handle.close();
    lease.release();
    expect(setup.registry.stats().hosts[0]?.connections).toBe(1);
  });
});

describe('a host', () => {
  it('is shared by all connections to its host and port', () => {
    const setup = new Setup();
    for (let i = 0; i < 10; i++) {
      setup.open();
    }
    setup.open({ host: 'DBC-1.Cloud.Databricks.Test' });
    expect(setup.exporter.hosts).toHaveLength(1);
    expect(setup.registry.stats().hosts[0]).toMatchObject({ connections: 11, lanes: 1 });
  });

  it('lingers for 60 s after its last connection, then it is closed', async () => {
    const setup = new Setup();
    const first = setup.open();
    const second = setup.open();
    first.handle.close();
    await settle(2 * LINGER_MS);
    second.handle.close();
    await settle(LINGER_MS - 1);
    expect(setup.host.isClosed).toBe(false);
    await settle(2);
    expect(setup.host.isClosed).toBe(true);
    expect(setup.registry.stats().hosts).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('lives on when a connection comes while it lingers', async () => {
    const setup = new Setup();
    setup.open().handle.close();
    await settle(LINGER_MS - 1_000);
    setup.open();
    await settle(2 * LINGER_MS);
    expect(setup.exporter.hosts).toHaveLength(1);
    expect(setup.host.isClosed).toBe(false);
  });

  it('is not closed while it still has records to send', async () => {
    const setup = new Setup({}, (host) => {
      host.answer = () => ({ outcome: 'retryable', error: '503' });
    });
    const { handle, lease } = setup.open(FORCED);
    setup.enqueue(lease, 5);
    handle.close();
    await settle(5 * LINGER_MS);
    expect(setup.host.isClosed).toBe(false);
    setup.host.answer = ({ ids }) => success(ids.length);
    await settle(3 * LINGER_MS);
    expect(setup.registry.stats().exported).toBe(5);
    expect(setup.host.isClosed).toBe(true);
  });

  it('is closed in the end even if its records can never be sent', async () => {
    const setup = new Setup({}, (host) => {
      host.answer = () => ({ outcome: 'retryable', error: '503' });
    });
    const { handle, lease } = setup.open(FORCED);
    setup.enqueue(lease, 5);
    handle.close();
    await settle(20 * 60_000);
    expect(setup.registry.stats()).toMatchObject({ hosts: [], dropped: { expired: 5 } });
    setup.enqueue(lease, 1);
    expect(setup.registry.stats().dropped.connection_closed).toBe(1);
    await settle(WARN_INTERVAL_MS);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('beyond maxHosts takes the place of the one that has been idle for longest', async () => {
    const setup = new Setup({ maxHosts: 3 });
    const a = setup.open({ ...FORCED, host: 'a.test' });
    const b = setup.open({ ...FORCED, host: 'b.test' });
    setup.open({ ...FORCED, host: 'c.test' });
    b.handle.close();
    a.handle.close();
    setup.open({ ...FORCED, host: 'a.test' }).handle.close();
    setup.open({ ...FORCED, host: 'd.test' });
    expect(setup.registry.stats().hosts.map(({ host }) => host)).toEqual(['c.test', 'a.test', 'd.test']);
  });

  it('beyond maxHosts is refused and counted while all are in use', () => {
    const setup = new Setup({ maxHosts: 2 });
    setup.open({ host: 'a.test' });
    setup.open({ host: 'b.test' });
    expect(setup.registry.acquire(new TestConnection({ host: 'c.test' }))).toBeUndefined();
    expect(outcomes(setup.registry)).toEqual({ served: 2, refused_max_hosts: 1 });
    expect(setup.exporter.hosts).toHaveLength(2);
  });

  it('that is evicted with records counts them', () => {
    const setup = new Setup({ maxHosts: 1 });
    const { handle, lease } = setup.open({ host: 'a.test' });
    setup.enqueue(lease, 7);
    handle.close();
    setup.open({ host: 'b.test' });
    setup.enqueue(lease, 1);
    expect(setup.registry.stats().dropped.host_evicted).toBe(8);
  });

  it('leaves its totals behind when it is closed', async () => {
    const setup = new Setup({}, (host) => {
      host.transitions = 3;
      host.outcomes['200'] = 2;
    });
    setup.open({ host: 'a.test' }).handle.close();
    await settle(LINGER_MS + 1);
    setup.open({ host: 'b.test' });
    expect(setup.registry.stats()).toMatchObject({ exportRequests: { '200': 4 }, breakerTransitions: 6 });
  });
});

describe('a lane', () => {
  it.each([
    ['the org id', { orgId: '999' }],
    ['the token', { token: 'another' }],
    ['the proxy', { route: { proxy: { protocol: 'http', host: 'p', port: 1 } } }],
    ['the trusted certificates', { route: { ca: ['pem'] } }],
    ['the client certificate', { route: { clientCert: 'pem' } }],
    ['the client key', { route: { clientKey: 'key' } }],
    ['the verification', { route: { rejectUnauthorized: false } }],
    ['the provider', { hasStaticToken: false }],
    ['the gate', { telemetry: { forceEnableTelemetry: true } }],
    ['the driver', { driverProduct: 'Other/1.0.0' }],
  ])('is not shared by connections that differ in %s', (_, options) => {
    const setup = new Setup();
    setup.open();
    setup.open(options);
    expect(setup.registry.stats().hosts[0]?.lanes).toBe(2);
  });

  it('is shared by connections whose routes are equal by value', () => {
    const setup = new Setup();
    for (const pem of ['pem', Buffer.from('pem')]) {
      const proxy = { protocol: 'http', host: 'p', port: 1, username: 'u', password: 'p' };
      setup.open({ route: { proxy: { ...proxy }, ca: [pem], clientCert: pem } });
    }
    expect(setup.registry.stats().hosts[0]?.lanes).toBe(1);
  });

  it("with a token provider is shared by all credentials, and the connections' own are not used", async () => {
    const setup = new Setup({ tokenProvider: 'provided' });
    const { lease } = setup.open({ token: 'a' });
    setup.open({ token: 'b' });
    expect(setup.registry.stats().hosts[0]?.lanes).toBe(1);
    setup.enqueue(lease, 100);
    await settle();
    expect(setup.host.flagFetches.map(({ token }) => token)).toEqual(['Bearer provided']);
    expect(setup.host.batches.map(({ token }) => token)).toEqual(['Bearer provided']);
  });

  it('never mixes the records of two tenants of one host', async () => {
    const setup = new Setup({ batchSize: 7 });
    const a = setup.open({ token: 'a' });
    const b = setup.open({ token: 'b' });
    const owner = new Map<number, string>();
    for (let i = 0; i < 300; i++) {
      const [lease, token] = i % 3 === 0 ? [a.lease, 'Bearer a'] : [b.lease, 'Bearer b'];
      for (const id of setup.enqueue(lease)) {
        owner.set(id, token);
      }
      await settle(10);
    }
    await settle(10_000);
    expect(setup.host.ids).toHaveLength(300);
    for (const { ids, token } of setup.host.batches) {
      expect(ids.every((id) => owner.get(id) === token)).toBe(true);
    }
  });

  it('beyond maxLanes takes the place of the one that has been idle for longest', async () => {
    const setup = new Setup({ maxLanes: 3 });
    const a = setup.open({ ...FORCED, token: 'a' });
    const b = setup.open({ ...FORCED, token: 'b' });
    setup.open({ ...FORCED, token: 'c' });
    setup.enqueue(a.lease, 1);
    a.handle.close();
    b.handle.close();
    // `a` was used less recently, but still has something to send.
    setup.open({ ...FORCED, token: 'd' });
    setup.enqueue(b.lease, 1);
    await settle();
    expect(setup.host.ids).toEqual([1]);
    expect(setup.registry.stats().dropped.lane_evicted).toBe(1);
    expect(setup.registry.stats().hosts[0]?.lanes).toBe(3);
  });

  it('is the least recently used by its last connection, not by its first', async () => {
    const setup = new Setup({ maxLanes: 3 });
    const leases = new Map<string, ConnectionLease>();
    for (const token of ['a', 'b', 'a', 'c']) {
      const { handle, lease } = setup.open({ ...FORCED, token });
      leases.set(token, lease);
      handle.close();
    }
    setup.open({ ...FORCED, token: 'd' });
    for (const lease of leases.values()) {
      setup.enqueue(lease, 1);
    }
    await settle();
    expect(setup.host.batches.map(({ token }) => token).sort()).toEqual(['Bearer a', 'Bearer c']);
    expect(setup.registry.stats().dropped.lane_evicted).toBe(1);
  });

  it('that is evicted with a batch in flight counts the batch once, whatever becomes of it', async () => {
    const setup = new Setup({ maxLanes: 1 });
    const { handle, lease } = setup.open({ ...FORCED, token: 'a' });
    setup.enqueue(lease, 150);
    await settle(10);
    handle.close();
    setup.open({ ...FORCED, token: 'b' });
    await settle();
    expect(setup.registry.stats()).toMatchObject({
      queued: 0,
      inFlight: 0,
      exported: 0,
      dropped: { lane_evicted: 150 },
    });
  });

  it('beyond maxLanes is refused and counted while all are in use', () => {
    const setup = new Setup({ maxLanes: 1 });
    setup.open({ token: 'a' });
    expect(setup.registry.acquire(new TestConnection({ token: 'b' }))).toBeUndefined();
    expect(outcomes(setup.registry)).toEqual({ served: 1, refused_max_lanes: 1 });
  });

  it('that has been idle for 60 s goes, with its credentials, while its host and the flag live on', async () => {
    const setup = new Setup();
    setup.open({ token: 'a', orgId: '1' });
    setup.open({ token: 'b', orgId: '2' }).handle.close();
    await settle(LINGER_MS + 1);
    expect(setup.registry.stats().hosts[0]).toMatchObject({
      lanes: 1,
      flags: [{ orgId: '1' }, { orgId: '2' }],
    });
  });

  it('is shared by static tokens only: every other connection has one, whatever its headers', async () => {
    const setup = new Setup();
    for (let i = 0; i < 3; i++) {
      setup.open({ token: 'same' });
      setup.open({ token: 'same', hasStaticToken: false });
    }
    expect(setup.registry.stats().hosts[0]).toMatchObject({ connections: 6, lanes: 4 });
  });

  it('is not shared by connections with a token provider of their own choice, whose tokens may differ', () => {
    const setup = new Setup({ tokenProvider: () => 'provided' });
    setup.open();
    setup.open();
    expect(setup.registry.stats().hosts[0]?.lanes).toBe(2);
  });

  it('of a static token keeps the headers that were witnessed at first', async () => {
    const setup = new Setup();
    const { handle, lease } = setup.open({ ...FORCED, token: 'a' });
    handle.use('b');
    setup.enqueue(lease, 100);
    await settle();
    expect(setup.host.batches.map(({ token }) => token)).toEqual(['Bearer a']);
  });

  it('of one connection sends with its latest headers, after the close as well', async () => {
    const setup = new Setup();
    const { handle, lease } = setup.open({ ...FORCED, token: 'a', hasStaticToken: false });
    handle.use('b');
    handle.close();
    setup.enqueue(lease, 100);
    await settle();
    expect(setup.host.batches.map(({ token }) => token)).toEqual(['Bearer b']);
  });

  it('never has requests with headers that its connection has not sent, whatever comes and goes', async () => {
    const setup = new Setup({ batchSize: 5, flushIntervalMs: 100 }, (host) => {
      host.answer = ({ ids }) =>
        host.batches.length % 5 === 0 ? { outcome: 'unauthorized' } : success(ids.length);
      host.answerFlag = () =>
        host.flagFetches.length % 3 === 0 ? { outcome: 'unauthorized' } : { ...ENABLED, ttlSeconds: 60 };
    });
    const random = seeded(11);
    const sent = new Map<number, Set<string>>();
    const tenants = Array.from({ length: 6 }, (_, tenant) => {
      const hasStaticToken = tenant < 2;
      const { handle, lease } = setup.open({ token: `t${tenant}.0`, hasStaticToken });
      return { tenant, handle, lease, hasStaticToken, tokens: new Set([`Bearer t${tenant}.0`]), turns: 0 };
    });
    for (let step = 0; step < 2_000; step++) {
      const one = tenants[Math.floor(random() * tenants.length)];
      if (one === undefined) {
        continue;
      }
      if (random() < 0.2 && !one.hasStaticToken) {
        one.turns++;
        one.handle.use(`t${one.tenant}.${one.turns}`);
        one.tokens.add(`Bearer t${one.tenant}.${one.turns}`);
      }
      for (const id of setup.enqueue(one.lease, 1)) {
        sent.set(id, one.tokens);
      }
      one.handle.onAccepted();
      await settle(Math.floor(random() * 60));
    }
    for (let i = 0; i < 120; i++) {
      for (const { handle } of tenants) {
        handle.onAccepted();
      }
      await settle(5_000);
    }
    expect(setup.host.ids.length).toBeGreaterThan(1_900);
    for (const { ids, token } of setup.host.batches) {
      expect(ids.every((id) => sent.get(id)?.has(token ?? ''))).toBe(true);
    }
    expect(setup.registry.stats()).toMatchObject({ queued: 0, exported: 2_000 });
  });
});

describe('a connection whose driver has not sent a request', () => {
  it('has its records wait, and sends them once the driver has', async () => {
    const setup = new Setup();
    const { handle, lease } = setup.open({ token: undefined });
    setup.enqueue(lease, 3);
    await settle(60_000);
    expect(setup.exporter.hosts).toHaveLength(0);
    expect(setup.registry.stats()).toMatchObject({ queued: 3, waitingForConnection: 3 });
    handle.use('late');
    await settle(6_000);
    expect(setup.host.batches.map(({ token }) => token)).toEqual(['Bearer late']);
    expect(setup.registry.stats()).toMatchObject({ queued: 0, exported: 3 });
  });

  it('keeps the age of what waited', async () => {
    const setup = new Setup({ maxRecordAgeMs: 100_000 }, (host) => {
      host.answer = () => ({ outcome: 'retryable', error: '503' });
    });
    const { handle, lease } = setup.open({ ...FORCED, token: undefined });
    setup.enqueue(lease, 3);
    await settle(90_000);
    handle.use('late');
    await settle(13_000);
    expect(setup.registry.stats()).toMatchObject({ queued: 0, dropped: { expired: 3 } });
  });

  it('drops what waits when it closes, and what comes later', async () => {
    const setup = new Setup();
    const { handle, lease } = setup.open({ token: undefined });
    setup.enqueue(lease, 3);
    handle.close();
    setup.enqueue(lease, 2);
    expect(setup.registry.stats()).toMatchObject({ queued: 0, dropped: { never_connected: 5 } });
    expect(lease.enabled).toBe(false);
    await settle(60_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('drops what waits when it turns out to be refused, and gathers nothing more', () => {
    const setup = new Setup();
    setup.exporter.isSupported = () => false;
    const { handle, lease } = setup.open({ token: undefined });
    setup.enqueue(lease, 3);
    expect(lease.enabled).toBe(true);
    handle.use('token');
    expect(lease.enabled).toBe(false);
    setup.enqueue(lease, 1);
    expect(setup.registry.stats()).toMatchObject({
      queued: 0,
      dropped: { connection_refused: 4 },
      connections: { served: 0, refused_route: 1 },
    });
  });

  it('drops what waits for too long, or is too much, and the errors last', async () => {
    const setup = new Setup({ maxRecordAgeMs: 60_000 });
    const { lease } = setup.open({ token: undefined });
    setup.enqueue(lease, 1_100);
    expect(setup.registry.stats()).toMatchObject({ queued: 1_000, dropped: { queue_full: 100 } });
    await settle(61_000);
    expect(setup.registry.stats()).toMatchObject({ queued: 0, dropped: { never_connected: 1_000 } });
  });

  it('is counted at shutdown', async () => {
    const setup = new Setup();
    const { handle, lease } = setup.open({ token: undefined });
    setup.enqueue(lease, 3);
    await setup.registry.shutdown(1_000);
    setup.enqueue(lease, 1);
    handle.use('late');
    expect(setup.registry.stats()).toMatchObject({
      queued: 0,
      dropped: { never_connected: 3, already_shutdown: 1 },
      connections: { served: 0 },
    });
    expect(setup.exporter.hosts).toHaveLength(0);
  });

  it('says beforehand whether an endpoint could be served', async () => {
    const setup = new Setup();
    const { lease } = setup.open({ token: undefined });
    const endpoint = { host: 'a.test', port: 443, orgId: undefined, route: ROUTE };
    expect(lease.accepts(endpoint)).toBe(true);
    expect(lease.accepts({ ...endpoint, orgId: 'x' })).toBe(false);
    expect(lease.accepts({ ...endpoint, route: { ...ROUTE, https: false } })).toBe(false);
    setup.exporter.isValidHost = () => false;
    expect(lease.accepts(endpoint)).toBe(false);
    setup.exporter.isValidHost = () => true;
    await setup.registry.shutdown(10);
    expect(lease.accepts(endpoint)).toBe(false);
  });
});

describe('1,000 connections with a provider each', () => {
  it('make one flag request at a time, in turn where some are refused, and lose nothing', async () => {
    const setup = new Setup({}, (host) => {
      host.answerFlag = (token) =>
        Number(token?.slice('Bearer '.length)) < 20 ? { outcome: 'unauthorized' } : ENABLED;
    });
    const all = range(0, 999).map((number) => setup.open({ token: String(number), hasStaticToken: false }));
    for (const { lease } of all) {
      setup.enqueue(lease, 2);
    }
    await settle(2 * 60_000);
    expect(setup.registry.stats().hosts[0]).toMatchObject({ lanes: 1_000, connections: 1_000 });
    expect(setup.host.maxFlagsInFlight).toBe(1);
    expect(setup.host.flagFetches.length).toBeLessThanOrEqual(21);
    expect(new Set(setup.host.flagFetches.map(({ token }) => token)).size).toBe(
      setup.host.flagFetches.length,
    );
    expect(setup.registry.stats().exported).toBe(2_000);
    for (const { handle } of all) {
      handle.close();
    }
    await settle(2 * LINGER_MS);
    expect(setup.registry.stats().hosts).toHaveLength(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('an exporter', () => {
  it('that throws when it opens a host is refused once per connection, and counted (R8)', () => {
    const setup = new Setup();
    setup.exporter.openHost = () => {
      throw new Error('no');
    };
    const handle = new TestConnection();
    for (let i = 0; i < 300; i++) {
      expect(setup.registry.acquire(handle)).toBeUndefined();
    }
    expect(outcomes(setup.registry)).toEqual({ refused_exporter: 1 });
    expect(setup.registry.stats().userCodeFailures).toEqual({ exporter: 1 });
  });
});

describe('forceFlush', () => {
  it('waits for what is queued and for what is in flight, over all hosts', async () => {
    const setup = new Setup();
    for (const host of ['a.test', 'b.test']) {
      const { lease } = setup.open({ ...FORCED, host });
      setup.enqueue(lease, 250);
    }
    await settle(10);
    expect(setup.registry.stats().inFlight).toBe(200);
    let done = false;
    const flushed = setup.registry.forceFlush(60_000).then(() => {
      done = true;
    });
    await settle(30);
    expect(done).toBe(false);
    await settle(100);
    await flushed;
    expect(setup.registry.stats()).toMatchObject({ queued: 0, inFlight: 0, exported: 500 });
  });

  it('is over at its timeout, and what was in flight goes on', async () => {
    const setup = new Setup({}, (host) => {
      host.latencyMs = 10_000;
    });
    setup.enqueue(setup.open(FORCED).lease, 10);
    const start = Date.now();
    const flushed = setup.registry.forceFlush(2_000).then(() => Date.now() - start);
    await settle(3_000);
    expect(await flushed).toBe(2_000);
    await settle(10_000);
    expect(setup.registry.stats().exported).toBe(10);
  });

  it('is shared by concurrent calls, and takes along what came in between', async () => {
    const setup = new Setup();
    const { lease } = setup.open(FORCED);
    setup.enqueue(lease, 1);
    const first = setup.registry.forceFlush(5_000);
    await settle(10);
    setup.enqueue(lease, 1);
    const second = setup.registry.forceFlush(5_000);
    await settle(100);
    await Promise.all([first, second]);
    expect(setup.host.batches.map(({ ids }) => ids)).toEqual([[1], [2]]);
  });

  it('with nothing to do is over at once', async () => {
    const setup = new Setup();
    setup.open(FORCED);
    await setup.registry.forceFlush(60_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not wait for connections whose driver has not sent a request', async () => {
    const setup = new Setup();
    setup.enqueue(setup.open({ token: undefined }).lease, 10);
    await setup.registry.forceFlush(60_000);
    expect(setup.registry.stats()).toMatchObject({ queued: 10, waitingForConnection: 10 });
  });

  it('does not wait for a flag where the only credentials were refused', async () => {
    const setup = new Setup({}, (host) => {
      host.answerFlag = () => ({ outcome: 'unauthorized' });
    });
    setup.enqueue(setup.open().lease, 10);
    await settle(100);
    await setup.registry.forceFlush(30_000);
    expect(setup.registry.stats().queued).toBe(10);
  });

  it('waits for a first answer that comes at a retry, and sends what waited', async () => {
    const setup = new Setup({}, (host) => {
      host.answerFlag = () => (host.flagFetches.length < 2 ? { outcome: 'failure', error: '503' } : ENABLED);
    });
    setup.enqueue(setup.open().lease, 10);
    const flushed = setup.registry.forceFlush(2_000);
    await settle(1_500);
    await flushed;
    expect(setup.registry.stats().exported).toBe(10);
  });

  it('waits for a first answer no longer than its deadline', async () => {
    const setup = new Setup({}, (host) => {
      host.answerFlag = () => ({ outcome: 'failure', error: '503' });
    });
    setup.enqueue(setup.open().lease, 10);
    const start = Date.now();
    const flushed = setup.registry.forceFlush(2_000).then(() => Date.now() - start);
    await settle(3_000);
    expect(await flushed).toBeLessThanOrEqual(2_000);
    expect(setup.registry.stats().queued).toBe(10);
  });

  it('waits for a flag that is being asked for', async () => {
    const setup = new Setup({}, (host) => {
      host.flagLatencyMs = 500;
    });
    setup.enqueue(setup.open().lease, 10);
    const flushed = setup.registry.forceFlush(60_000);
    await settle(600);
    await flushed;
    expect(setup.registry.stats().exported).toBe(10);
  });

  it('does not wait for a breaker that is open, or for a lane that is paused', async () => {
    const setup = new Setup({}, (host) => {
      host.answer = ({ token }) =>
        token === 'Bearer a' ? { outcome: 'unauthorized' } : { outcome: 'blocked', retryInMs: 60_000 };
    });
    for (const token of ['a', 'b', 'c']) {
      setup.enqueue(setup.open({ ...FORCED, token }).lease, 10);
    }
    const start = Date.now();
    const flushed = setup.registry.forceFlush(60_000).then(() => Date.now() - start);
    await settle(1_000);
    expect(await flushed).toBeLessThan(100);
    expect(setup.registry.stats().queued).toBe(30);
  });

  it('tries again at once what has just failed, but only once', async () => {
    const setup = new Setup({}, (host) => {
      host.answer = () => ({ outcome: 'retryable', error: '503' });
    });
    setup.enqueue(setup.open(FORCED).lease, 100);
    await settle(100);
    expect(setup.host.batches).toHaveLength(1);
    const flushed = setup.registry.forceFlush(60_000);
    await settle(100);
    await flushed;
    expect(setup.host.batches).toHaveLength(2);
  });

  it('does not run on under a constant stream of records', async () => {
    const setup = new Setup();
    const { lease } = setup.open(FORCED);
    const stream = setInterval(() => setup.enqueue(lease, 60), 10);
    await settle(200);
    const start = Date.now();
    const flushed = setup.registry.forceFlush(60_000).then(() => Date.now() - start);
    await settle(2_000);
    clearInterval(stream);
    expect(await flushed).toBeLessThan(500);
  });
});

describe('copies of what was sent', () => {
  it('are waited for by a flush and by a shutdown, within their deadline, and given up after it', async () => {
    const setup = new Setup();
    let waits = 0;
    let givenUp = 0;
    Object.assign(setup.exporter, {
      flushCopies: () => {
        waits++;
        return new Promise(() => undefined);
      },
      giveUpCopies: () => givenUp++,
    });
    const start = Date.now();
    const flushed = setup.registry.forceFlush(1_000).then(() => Date.now() - start);
    await settle(1_000);
    expect(await flushed).toBe(1_000);
    expect({ waits, givenUp }).toEqual({ waits: 1, givenUp: 0 });
    const stopped = setup.registry.shutdown(2_000).then(() => Date.now() - start);
    await settle(2_000);
    expect(await stopped).toBe(3_000);
    expect({ waits, givenUp }).toEqual({ waits: 2, givenUp: 1 });
  });
});

describe('shutdown', () => {
  it('sends what is queued, then refuses quietly and counts', async () => {
    const setup = new Setup();
    const { lease } = setup.open(FORCED);
    setup.enqueue(lease, 250);
    const stopped = setup.registry.shutdown(2_000);
    setup.enqueue(lease, 5);
    expect(setup.registry.acquire(new TestConnection())).toBeUndefined();
    await settle(200);
    await stopped;
    setup.enqueue(lease, 5);
    lease.flush();
    lease.release();
    expect(setup.registry.stats()).toMatchObject({
      exported: 250,
      queued: 0,
      dropped: { already_shutdown: 10, shutdown: 0 },
      connections: { refused_shutdown: 1 },
      hosts: [],
    });
    expect(setup.host.isClosed).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('has one deadline: what hangs is aborted, dropped and counted', async () => {
    const setup = new Setup({}, (host) => {
      host.latencyMs = 600_000;
    });
    for (const host of ['a.test', 'b.test']) {
      const { lease } = setup.open({ ...FORCED, host });
      setup.enqueue(lease, 150);
    }
    const start = Date.now();
    const stopped = setup.registry.shutdown(2_000).then(() => Date.now() - start);
    await settle(2_500);
    expect(await stopped).toBe(2_000);
    expect(setup.registry.stats()).toMatchObject({ queued: 0, inFlight: 0, dropped: { shutdown: 300 } });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('begins no request when it gives up', async () => {
    const setup = new Setup({}, (host) => {
      host.state = 'half-open';
      host.latencyMs = 600_000;
    });
    for (const token of ['a', 'b', 'c']) {
      setup.enqueue(setup.open({ ...FORCED, token }).lease, 100);
    }
    const stopped = setup.registry.shutdown(2_000);
    await settle(2_000);
    await stopped;
    expect(setup.host.batches).toHaveLength(1);
    expect(setup.registry.stats().dropped.shutdown).toBe(300);
  });

  it('is over at its deadline though an exporter never closes', async () => {
    const setup = new Setup({}, (host) => {
      host.close = () => new Promise(() => undefined);
    });
    setup.open(FORCED);
    const stopped = setup.registry.shutdown(2_000);
    await settle(2_000);
    await stopped;
  });

  it.each([
    [1_500, { exported: 10, dropped: { flag_unknown: 0 } }],
    [5_000, { exported: 0, dropped: { flag_unknown: 10 } }],
  ])(
    'waits for a first answer that is on its way, after %d ms: within its deadline',
    async (latency, then) => {
      const setup = new Setup({}, (host) => {
        host.flagLatencyMs = latency;
      });
      setup.enqueue(setup.open().lease, 10);
      await settle(100);
      const start = Date.now();
      const stopped = setup.registry.shutdown(2_000).then(() => Date.now() - start);
      await settle(2_000);
      expect(await stopped).toBeLessThanOrEqual(2_000);
      expect(setup.registry.stats()).toMatchObject({ queued: 0, ...then });
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it('does not wait for a flag where no record does', async () => {
    const setup = new Setup({}, (host) => {
      host.flagLatencyMs = 5_000;
    });
    setup.open();
    await settle(100);
    const start = Date.now();
    await setup.registry.shutdown(2_000);
    expect(Date.now()).toBe(start);
  });

  it('does not wait for an open breaker', async () => {
    const setup = new Setup({}, (host) => {
      host.answer = () => ({ outcome: 'blocked', retryInMs: 60_000 });
    });
    setup.enqueue(setup.open(FORCED).lease, 10);
    const start = Date.now();
    const stopped = setup.registry.shutdown(2_000).then(() => Date.now() - start);
    await settle(2_000);
    expect(await stopped).toBeLessThan(100);
    expect(setup.registry.stats().dropped.shutdown).toBe(10);
  });

  it('is idempotent, and ends a forceFlush that is under way', async () => {
    const setup = new Setup({}, (host) => {
      host.latencyMs = 600_000;
    });
    setup.enqueue(setup.open(FORCED).lease, 10);
    const flushed = setup.registry.forceFlush(600_000);
    const first = setup.registry.shutdown(1_000);
    expect(setup.registry.shutdown(5_000)).toBe(first);
    await settle(1_000);
    await Promise.all([first, flushed]);
    await setup.registry.forceFlush(5_000);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the background', () => {
  it('does not run in, or keep alive, the asynchronous context of whoever opened a connection', async () => {
    const storage = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const setup = new Setup({}, (host) => {
      const { answer, answerFlag } = host;
      host.answer = (batch) => {
        seen.push(storage.getStore());
        return answer(batch);
      };
      host.answerFlag = (token) => {
        seen.push(storage.getStore());
        return answerFlag(token);
      };
    });
    vi.useRealTimers();
    await storage.run('a request', async () => {
      const { lease } = setup.open({ host: 'real.test' });
      for (const host of setup.exporter.hosts) {
        host.latencyMs = 0;
        host.flagLatencyMs = 0;
      }
      lease.enqueue(new OperationRecord(1));
      await setup.registry.forceFlush(5_000);
      await setup.registry.shutdown(1_000);
    });
    expect(setup.registry.stats().exported).toBe(1);
    expect(seen).toEqual([undefined, undefined]);
  });
});

describe('every record', () => {
  it('ends as exported, rejected or dropped, whatever happens', async () => {
    const random = seeded(42);
    const setup = new Setup({ maxQueueSize: 700, maxRecordAgeMs: 90_000, maxLanes: 4 }, (host) => {
      host.answer = ({ ids }) => {
        const luck = random();
        if (luck < 0.3) {
          return success(ids.length);
        }
        if (luck < 0.4) {
          return success(ids.length - 1, 1);
        }
        if (luck < 0.6) {
          return luck < 0.5 ? { outcome: 'too_large' } : { outcome: 'retryable', error: '503' };
        }
        if (luck < 0.7) {
          return { outcome: 'blocked', retryInMs: 3_000 };
        }
        if (luck < 0.8) {
          return { outcome: 'unauthorized' };
        }
        if (luck < 0.82) {
          return { outcome: 'misdirected', error: '302' };
        }
        return luck < 0.9 ? { outcome: 'terminal', error: '400', pauseMs: 2_000 } : { outcome: 'aborted' };
      };
      host.answerFlag = () => ({ outcome: 'answer', enabled: random() < 0.8, ttlSeconds: 60 });
    });
    let enqueued = 0;
    const open: Array<{ handle: TestConnection; lease: { enqueue(record: OperationRecord): void } }> = [];
    for (let step = 0; step < 3_000; step++) {
      if (open.length < 3 || random() < 0.05) {
        const handle = new TestConnection({
          token: String(Math.floor(random() * 8)),
          orgId: random() < 0.5 ? '1' : '2',
        });
        const lease = setup.registry.acquire(handle);
        if (lease !== undefined) {
          open.push({ handle, lease });
        }
      }
      const connection = open[Math.floor(random() * open.length)];
      if (connection !== undefined) {
        enqueued += setup.enqueue(connection.lease as never, Math.floor(random() * 40)).length;
        if (random() < 0.05) {
          connection.handle.close();
          open.splice(open.indexOf(connection), 1);
        }
      }
      await settle(Math.floor(random() * 400));
      const { queued, inFlight, exported, rejected, dropped } = setup.registry.stats();
      const gone = Object.values(dropped).reduce((sum, count) => sum + count, 0);
      if (queued + inFlight + exported + rejected + gone !== enqueued) {
        expect.fail(
          `at step ${step}: ${JSON.stringify({ queued, inFlight, exported, rejected, dropped, enqueued })}`,
        );
      }
    }
    const stopped = setup.registry.shutdown(2_000);
    await settle(2_000);
    await stopped;
    const { queued, inFlight, exported, rejected, dropped } = setup.registry.stats();
    expect({ queued, inFlight }).toEqual({ queued: 0, inFlight: 0 });
    expect(exported + rejected + Object.values(dropped).reduce((sum, count) => sum + count, 0)).toBe(
      enqueued,
    );
    expect(exported).toBeGreaterThan(1_000);
    expect(vi.getTimerCount()).toBe(0);
  });
});
