import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FLUSH_GAP_MS } from '../../src/hosts/lane.js';
import type { FakeHostExporter } from './fakes.js';
import { DISABLED, ENABLED, range, Setup, success } from './fakes.js';

const FORCED = { telemetry: { forceEnableTelemetry: true } };

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

async function settle(durationMs = 1_000): Promise<void> {
  await vi.advanceTimersByTimeAsync(durationMs);
}

function refuseAll(host: FakeHostExporter): void {
  host.answer = () => ({ outcome: 'retryable', error: '503' });
}

describe('batches', () => {
  it('are sent at once when they are full, one at a time, in order', async () => {
    const setup = new Setup();
    const { lease } = setup.open();
    setup.enqueue(lease, 350);
    await settle(110);
    expect(setup.host.batches.map(({ ids }) => ids.length)).toEqual([100, 100, 100, 50]);
    expect(setup.host.ids).toEqual(range(1, 350));
    expect(setup.host.maxInFlight).toBe(1);
  });

  it('that wait for an answer about the flag wait for nothing else', async () => {
    const setup = new Setup({}, (host) => {
      host.flagLatencyMs = 5_000;
    });
    const { lease } = setup.open();
    setup.enqueue(lease, 100);
    await settle();
    const timers = vi.getTimerCount();
    lease.flush();
    expect(vi.getTimerCount()).toBe(timers);
    await settle(5_000);
    expect(setup.host.ids).toEqual(range(1, 100));
  });

  it('wait for the flush interval when they are not full', async () => {
    const setup = new Setup();
    const { lease } = setup.open(FORCED);
    setup.enqueue(lease, 100);
    await settle();
    const start = Date.now();
    setup.enqueue(lease);
    await settle(3_000);
    setup.enqueue(lease);
    await settle(1_900);
    expect(setup.host.batches).toHaveLength(1);
    await settle(200);
    expect(setup.host.batches[1]).toMatchObject({ ids: [101, 102], at: start + 5_000 });
  });

  it.each([0, 0.5, 0.999])(
    'are first flushed at a random point of the interval (%s of it)',
    async (random) => {
      vi.spyOn(Math, 'random').mockReturnValue(random);
      const setup = new Setup();
      const { lease } = setup.open(FORCED);
      const start = Date.now();
      setup.enqueue(lease);
      await settle(6_000);
      expect(Math.abs((setup.host.batches[0]?.at ?? 0) - start - random * 5_000)).toBeLessThanOrEqual(1);
    },
  );

  it('bear the user agent of products only, and go to the host of the connection', async () => {
    const setup = new Setup();
    const { lease } = setup.open({ ...FORCED, host: 'a.test', port: 8443, orgId: '77' });
    setup.enqueue(lease, 100);
    await settle();
    const destination = setup.host.batches[0]?.destination;
    expect(destination).toMatchObject({ host: 'a.test', port: 8443, orgId: '77' });
    expect(destination?.userAgent).toMatch(
      /^opentelemetry-databricks-sql\/\d+\.\d+\.\d+ NodejsDatabricksSqlConnector\/2\.1\.0 Node\.js\/\d+\.\d+\.\d+$/,
    );
  });

  it('lose none of 20,000 records of one synchronous burst', async () => {
    const setup = new Setup();
    const { lease } = setup.open();
    setup.enqueue(lease, 20_000);
    await settle(10_000);
    expect(setup.host.ids).toEqual(range(1, 20_000));
    expect(setup.registry.stats()).toMatchObject({ exported: 20_000, queued: 0, inFlight: 0 });
  });

  it('count what the server did not keep, and never send it again', async () => {
    const setup = new Setup({}, (host) => {
      host.answer = () => success(97, 3);
    });
    const { lease } = setup.open();
    setup.enqueue(lease, 100);
    await settle(30_000);
    expect(setup.host.batches).toHaveLength(1);
    expect(setup.registry.stats()).toMatchObject({ exported: 97, rejected: 3 });
  });

  it('keep no timer when there is nothing to do, and none that holds the process', async () => {
    const setup = new Setup();
    const { lease } = setup.open(FORCED);
    setup.host.latencyMs = 0;
    expect(vi.getTimerCount()).toBe(0);
    const timers = vi.spyOn(globalThis, 'setTimeout');
    setup.enqueue(lease, 50);
    lease.flush();
    await settle(60_000);
    expect(setup.registry.stats().exported).toBe(50);
    expect(vi.getTimerCount()).toBe(0);
    const holding = timers.mock.results.filter(({ value }) => value.hasRef());
    // The fake exporter's own one.
    expect(holding).toHaveLength(1);
  });
});

describe('after a failure', () => {
  it('a batch goes back to the head, and what came later stays behind it', async () => {
    const setup = new Setup({}, (host) => {
      host.answer = ({ ids }) =>
        host.batches.length === 1 ? { outcome: 'retryable', error: '503' } : success(ids.length);
    });
    const { lease } = setup.open(FORCED);
    setup.enqueue(lease, 100);
    await settle(10);
    setup.enqueue(lease, 100);
    await settle(10_000);
    expect(setup.host.ids).toEqual([...range(1, 100), ...range(1, 200)]);
  });

  it('the waits grow from half the flush interval to a minute', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const setup = new Setup({ maxRecordAgeMs: 3_600_000 }, refuseAll);
    const { lease } = setup.open(FORCED);
    setup.enqueue(lease, 100);
    await settle(400_000);
    const times = setup.host.batches.map(({ at }) => at);
    const waits = times.slice(1).map((at, index) => Math.round((at - (times[index] ?? 0)) / 1_000));
    expect(waits.slice(0, 7)).toEqual([5, 10, 20, 40, 60, 60, 60]);
  });

  it('the waits begin anew after a success', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const setup = new Setup({}, refuseAll);
    const { lease } = setup.open(FORCED);
    setup.enqueue(lease, 100);
    await settle(40_000);
    setup.host.answer = ({ ids }) => success(ids.length);
    await settle(60_000);
    expect(setup.registry.stats().exported).toBe(100);
    refuseAll(setup.host);
    setup.host.batches.length = 0;
    setup.enqueue(lease, 100);
    await settle(5_100);
    expect(setup.host.batches).toHaveLength(2);
  });

  it('a batch that comes back after the flag was switched off is dropped and counted', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const setup = new Setup({}, (host) => {
      refuseAll(host);
      host.answerFlag = () => (host.flagFetches.length === 1 ? { ...ENABLED, ttlSeconds: 60 } : DISABLED);
    });
    const { lease } = setup.open();
    setup.enqueue(lease, 100);
    await settle(50_000);
    expect(setup.registry.stats()).toMatchObject({ queued: 100, hosts: [{ flags: [{ state: 'enabled' }] }] });
    await settle(60_000);
    expect(setup.registry.stats()).toMatchObject({ queued: 0, dropped: { flag_disabled: 100 } });
  });

  it('a host that asks to be left alone is, by a flush as well', async () => {
    const setup = new Setup({}, (host) => {
      host.answer = () => ({ outcome: 'blocked', retryInMs: 120_000 });
    });
    const { lease } = setup.open(FORCED);
    setup.enqueue(lease, 100);
    await settle(1_000);
    await setup.registry.forceFlush(1_000);
    lease.flush();
    await settle(118_000);
    expect(setup.host.batches).toHaveLength(1);
    await settle(2_000);
    expect(setup.host.batches).toHaveLength(2);
  });

  it('that is terminal the batch is dropped and counted, and its lane alone pauses', async () => {
    const setup = new Setup({}, (host) => {
      host.answer = ({ token, ids }) =>
        token === 'Bearer bad' ? { outcome: 'terminal', error: '403', pauseMs: 60_000 } : success(ids.length);
    });
    const bad = setup.open({ ...FORCED, token: 'bad' });
    const good = setup.open({ ...FORCED, token: 'good' });
    setup.enqueue(bad.lease, 200);
    setup.enqueue(good.lease, 200);
    await settle(59_000);
    expect(setup.registry.stats()).toMatchObject({ exported: 200, queued: 100, dropped: { terminal: 100 } });
    expect(setup.registry.stats().hosts[0]?.pausedLanes).toBe(1);
    await settle(2_000);
    expect(setup.registry.stats().dropped.terminal).toBe(200);
  });

  it('without authorization the lane waits for other credentials, and then goes on', async () => {
    const setup = new Setup({}, (host) => {
      host.answer = ({ token, ids }) =>
        token === 'Bearer old' ? { outcome: 'unauthorized' } : success(ids.length);
    });
    const { handle, lease } = setup.open({ ...FORCED, token: 'old', hasStaticToken: false });
    setup.enqueue(lease, 100);
    await settle(20_000);
    expect(setup.host.batches).toHaveLength(1);
    handle.use('new');
    await settle(100);
    expect(setup.host.batches.map(({ token }) => token)).toEqual(['Bearer old', 'Bearer new']);
    expect(setup.registry.stats().exported).toBe(100);
  });

  it('refused credentials are tried again after 1, 5, and then every 15 minutes', async () => {
    const setup = new Setup({ maxRecordAgeMs: 7_200_000 }, (host) => {
      host.answer = () => ({ outcome: 'unauthorized' });
    });
    const { lease } = setup.open(FORCED);
    setup.enqueue(lease, 100);
    await settle(60 * 60_000);
    const times = setup.host.batches.map(({ at }) => at);
    const waits = times.slice(1).map((at, index) => Math.round((at - (times[index] ?? 0)) / 60_000));
    expect(waits).toEqual([1, 5, 15, 15, 15]);
    setup.host.answer = ({ ids }) => success(ids.length);
    await settle(15 * 60_000);
    expect(setup.registry.stats().exported).toBe(100);
  });

  it('a stray 401 is made up for as soon as the driver is served with the same credentials (R2)', async () => {
    const setup = new Setup({}, (host) => {
      host.answer = ({ ids }) =>
        host.batches.length === 2 ? { outcome: 'unauthorized' } : success(ids.length);
    });
    const { handle, lease } = setup.open(FORCED);
    for (let i = 0; i < 20; i++) {
      setup.enqueue(lease, 100);
      handle.onAccepted();
      await settle(1_000);
    }
    await settle(5_000);
    expect(setup.registry.stats()).toMatchObject({ exported: 2_000, queued: 0 });
    expect(setup.host.batches).toHaveLength(21);
  });

  it('credentials with which the driver is served, and telemetry never, cost fewer and fewer requests', async () => {
    const setup = new Setup({}, (host) => {
      host.answer = () => ({ outcome: 'unauthorized' });
    });
    const { handle, lease } = setup.open(FORCED);
    for (let i = 0; i < 3_600; i++) {
      setup.enqueue(lease, 1);
      handle.onAccepted();
      await settle(1_000);
    }
    // After 1, 2, 4, … 512 s, and then every 15 minutes.
    expect(setup.host.batches.length).toBeLessThanOrEqual(14);
  });

  it('a batch that is too large is halved, down to one record, which is dropped and counted', async () => {
    const setup = new Setup({}, (host) => {
      host.answer = ({ ids }) => (ids.includes(42) ? { outcome: 'too_large' } : success(ids.length));
    });
    const { lease } = setup.open(FORCED);
    setup.enqueue(lease, 100);
    await settle(60_000);
    expect(setup.registry.stats()).toMatchObject({
      exported: 99,
      queued: 0,
      dropped: { too_large: 1, terminal: 0 },
    });
    const delivered = setup.host.batches.filter(({ ids }) => !ids.includes(42)).flatMap(({ ids }) => ids);
    expect(delivered).toEqual([...range(1, 41), ...range(43, 100)]);
  });

  it('redirects and missing paths are waited out, with waits from a minute to 15, and nothing is lost', async () => {
    const setup = new Setup({ maxRecordAgeMs: 7_200_000 }, (host) => {
      host.answer = () => ({ outcome: 'misdirected', error: '404' });
    });
    const { lease } = setup.open(FORCED);
    setup.enqueue(lease, 100);
    await settle(1_000);
    await setup.registry.forceFlush(1_000);
    await settle(70 * 60_000);
    const times = setup.host.batches.map(({ at }) => at);
    const waits = times.slice(1).map((at, index) => (at - (times[index] ?? 0)) / 60_000);
    [1, 2, 4, 8, 15].forEach((minutes, index) => {
      expect(waits[index]).toBeGreaterThan(minutes * 0.75);
      expect(waits[index]).toBeLessThan(minutes * 1.25);
    });
    setup.host.answer = ({ ids }) => success(ids.length);
    await settle(20 * 60_000);
    expect(setup.registry.stats()).toMatchObject({ exported: 100, queued: 0 });
  });

  it('credentials that changed while the request was under way are tried soon', async () => {
    const setup = new Setup({}, (host) => {
      host.latencyMs = 500;
      host.answer = ({ token, ids }) =>
        token === 'Bearer old' ? { outcome: 'unauthorized' } : success(ids.length);
    });
    const { handle, lease } = setup.open({ ...FORCED, token: 'old', hasStaticToken: false });
    setup.enqueue(lease, 100);
    await settle(100);
    handle.use('new');
    await settle(3_000);
    expect(setup.registry.stats().exported).toBe(100);
  });

  it('credentials that change with each request and are refused each time cost a request per second', async () => {
    const setup = new Setup({}, (host) => {
      host.answer = () => ({ outcome: 'unauthorized' });
    });
    const { handle, lease } = setup.open({ ...FORCED, hasStaticToken: false });
    setup.enqueue(lease, 100);
    for (let i = 0; i < 1_000; i++) {
      await settle(10);
      handle.use(`token ${i}`);
    }
    expect(setup.host.batches.length).toBeLessThanOrEqual(11);
  });

  it('an exporter that rejects against its contract costs its batch and nothing else', async () => {
    const setup = new Setup({}, (host) => {
      host.answer = ({ ids }) => {
        if (host.batches.length === 1) {
          throw new Error('a bug');
        }
        return success(ids.length);
      };
    });
    const { lease } = setup.open(FORCED);
    setup.enqueue(lease, 200);
    await settle(1_000);
    expect(setup.registry.stats()).toMatchObject({ exported: 100, dropped: { terminal: 100 } });
  });

  it('a record that could not be sent for its age is dropped and counted', async () => {
    const setup = new Setup({ maxRecordAgeMs: 60_000 }, refuseAll);
    const { lease } = setup.open(FORCED);
    setup.enqueue(lease, 100);
    await settle(55_000);
    expect(setup.registry.stats()).toMatchObject({ queued: 100, dropped: { expired: 0 } });
    await settle(6_000);
    expect(setup.registry.stats()).toMatchObject({ queued: 0, dropped: { expired: 100 } });
  });

  it('the queue keeps the newest up to its cap, and counts what goes', async () => {
    const setup = new Setup({ maxQueueSize: 500 }, refuseAll);
    const { lease } = setup.open(FORCED);
    setup.enqueue(lease, 2_000);
    await settle(1_000);
    expect(setup.registry.stats()).toMatchObject({ queued: 500, dropped: { queue_full: 1_500 } });
    setup.host.answer = ({ ids }) => success(ids.length);
    setup.host.batches.length = 0;
    await settle(60_000);
    expect(setup.host.ids).toEqual(range(1_501, 2_000));
  });
});

describe('while the breaker is open', () => {
  /** A breaker by the clock: open until `openUntil`, then half-open for two successes. */
  function withBreaker(host: FakeHostExporter, openMs: number): void {
    let openUntil = Date.now() + openMs;
    let successes = 0;
    host.state = 'open';
    const failing = new Set<string>();
    host.answer = ({ ids, token }) => {
      if (Date.now() < openUntil) {
        return { outcome: 'blocked', retryInMs: openUntil - Date.now() };
      }
      host.state = 'half-open';
      if (failing.has(token ?? '')) {
        openUntil = Date.now() + openMs;
        host.state = 'open';
        return { outcome: 'retryable', error: '503' };
      }
      successes++;
      if (successes === 2) {
        host.state = 'closed';
      }
      return success(ids.length);
    };
  }

  it('one lane asks and the others wait for the same time, without a request each', async () => {
    const setup = new Setup({}, (host) => withBreaker(host, 60_000));
    for (let i = 0; i < 20; i++) {
      const { lease } = setup.open({ ...FORCED, token: `${i}` });
      setup.enqueue(lease, 100);
    }
    await settle(59_000);
    expect(setup.host.batches).toHaveLength(1);
    expect(setup.registry.stats().queued).toBe(2_000);
    await settle(5_000);
    expect(setup.registry.stats().exported).toBe(2_000);
  });

  it("one request at a time probes, and each probe is another lane's", async () => {
    const probes: Array<string | undefined> = [];
    const setup = new Setup({}, (host) => {
      let openUntil = Date.now() + 60_000;
      host.state = 'open';
      host.latencyMs = 500;
      host.answer = ({ token }) => {
        if (Date.now() < openUntil) {
          return { outcome: 'blocked', retryInMs: openUntil - Date.now() };
        }
        probes.push(token);
        openUntil = Date.now() + 60_000;
        return { outcome: 'retryable', error: '503' };
      };
    });
    for (let i = 0; i < 4; i++) {
      setup.enqueue(setup.open({ ...FORCED, token: `${i}` }).lease, 100);
    }
    await settle(9 * 61_000);
    expect(setup.host.maxInFlight).toBe(1);
    expect(probes.length).toBeGreaterThanOrEqual(8);
    for (let i = 0; i + 4 <= probes.length; i++) {
      expect(new Set(probes.slice(i, i + 4)).size).toBe(4);
    }
  });

  it('2,000 records that come in 90 s of an outage all arrive afterwards, once, in order', async () => {
    const setup = new Setup({}, (host) => withBreaker(host, 90_000));
    const { lease } = setup.open(FORCED);
    for (let i = 0; i < 90; i++) {
      setup.enqueue(lease, i < 20 ? 23 : 22);
      await settle(1_000);
    }
    await settle(20_000);
    const delivered = setup.host.batches.filter(({ at }) => at > (setup.host.batches[0]?.at ?? 0) + 60_000);
    expect(delivered.flatMap(({ ids }) => ids)).toEqual(range(1, 2_000));
    expect(setup.registry.stats()).toMatchObject({ exported: 2_000, queued: 0 });
  });

  it('a breaker that says "at once" again and again does not make the host spin', async () => {
    const setup = new Setup({}, (host) => {
      host.latencyMs = 0;
      host.state = 'half-open';
      host.answer = () => ({ outcome: 'blocked', retryInMs: 0 });
    });
    setup.enqueue(setup.open(FORCED).lease, 100);
    await settle(1_000);
    expect(setup.host.batches.length).toBeLessThanOrEqual(21);
  });
});

describe('a flush', () => {
  it('of a lease sends its lane soon, at most once a second', async () => {
    const setup = new Setup();
    const { lease } = setup.open(FORCED);
    setup.enqueue(lease, 1);
    lease.flush();
    await settle(100);
    expect(setup.host.ids).toEqual([1]);
    for (let i = 0; i < 5; i++) {
      setup.enqueue(lease, 1);
      lease.flush();
    }
    await settle(FLUSH_GAP_MS - 200);
    expect(setup.host.batches).toHaveLength(1);
    await settle(200);
    expect(setup.host.batches.map(({ ids }) => ids.length)).toEqual([1, 5]);
  });

  it('takes along what is queued, not what comes later', async () => {
    const setup = new Setup();
    const { lease } = setup.open(FORCED);
    setup.enqueue(lease, 250);
    lease.flush();
    await settle(15);
    setup.enqueue(lease, 10);
    await settle(500);
    expect(setup.host.batches.map(({ ids }) => ids.length)).toEqual([100, 100, 60]);
  });

  it('waits for an answer about the flag, and is given up when that says no', async () => {
    const setup = new Setup({}, (host) => {
      host.answerFlag = () => DISABLED;
    });
    const { lease } = setup.open();
    setup.enqueue(lease, 1);
    const start = Date.now();
    const flushed = setup.registry.forceFlush(60_000).then(() => Date.now() - start);
    await settle(1_000);
    expect(await flushed).toBeLessThan(100);
    expect(setup.registry.stats().dropped.flag_disabled).toBe(1);
  });
});
