import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DISABLED, ENABLED, type FakeHostExporter, REFUSED, Setup, success, UNAVAILABLE } from './fakes.js';

const MINUTE = 60_000;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

async function settle(durationMs = 1_000): Promise<void> {
  await vi.advanceTimersByTimeAsync(durationMs);
}

function flagState(setup: Setup): string | undefined {
  return setup.registry.stats().hosts[0]?.flags[0]?.state;
}

describe('the feature flag', () => {
  it('is asked for once for 50 connections that are opened at the same time', async () => {
    const setup = new Setup();
    for (let i = 0; i < 50; i++) {
      setup.open();
    }
    await settle();
    expect(setup.host.flagFetches).toHaveLength(1);
    expect(setup.registry.stats().flagFetches).toEqual({ enabled: 1, disabled: 0, failed: 0 });
  });

  it('is asked for once in a loop of 100 connects and closes', async () => {
    const setup = new Setup();
    for (let i = 0; i < 100; i++) {
      const { handle, lease } = setup.open();
      setup.enqueue(lease);
      await settle(300);
      handle.close();
      await settle(300);
    }
    expect(setup.host.flagFetches).toHaveLength(1);
    expect(setup.registry.stats().exported).toBe(100);
  });

  it('is not asked for without credentials, and at once when there are some', async () => {
    const setup = new Setup();
    const { handle, lease } = setup.open({ token: undefined });
    setup.enqueue(lease, 3);
    await settle(5 * MINUTE);
    expect(setup.host.flagFetches).toHaveLength(0);
    expect(setup.registry.stats().queued).toBe(3);
    handle.use('late');
    await settle(50);
    expect(setup.host.flagFetches.map(({ token }) => token)).toEqual(['Bearer late']);
    await settle(6_000);
    expect(setup.registry.stats().exported).toBe(3);
  });

  it('is asked for per org id and driver version', async () => {
    const setup = new Setup();
    setup.open({ orgId: '1' });
    setup.open({ orgId: '2' });
    setup.open({ orgId: '2', driverVersion: '1.17.0' });
    setup.open({ orgId: undefined });
    await settle();
    expect(setup.host.flagFetches).toHaveLength(4);
    expect(setup.registry.stats().hosts[0]?.flags).toHaveLength(4);
  });

  it('is not asked for when telemetry is forced', async () => {
    const setup = new Setup();
    const { lease } = setup.open({ telemetry: { forceEnableTelemetry: true } });
    setup.enqueue(lease, 100);
    await settle();
    expect(setup.host.flagFetches).toHaveLength(0);
    expect(setup.registry.stats().exported).toBe(100);
  });

  it('keeps records until the answer, and drops and counts them if it is no', async () => {
    const setup = new Setup({}, (host) => {
      host.flagLatencyMs = 3_000;
      host.answerFlag = () => DISABLED;
    });
    const { lease } = setup.open();
    setup.enqueue(lease, 150);
    await settle(2_000);
    expect(setup.registry.stats().queued).toBe(150);
    await settle(2_000);
    setup.enqueue(lease, 2);
    expect(setup.registry.stats()).toMatchObject({ queued: 0, dropped: { flag_disabled: 152 } });
    expect(setup.host.batches).toHaveLength(0);
  });

  it('means off after a first request that failed, until a retry after a minute', async () => {
    const setup = new Setup({}, (host) => {
      host.answerFlag = () => (host.flagFetches.length === 1 ? UNAVAILABLE : ENABLED);
    });
    const { lease } = setup.open();
    setup.enqueue(lease, 2);
    await settle(MINUTE - 1_000);
    setup.enqueue(lease, 1);
    expect(setup.registry.stats()).toMatchObject({ queued: 0, dropped: { flag_failed: 3 } });
    expect(setup.host.flagFetches).toHaveLength(1);
    await settle(1_100);
    expect(flagState(setup)).toBe('enabled');
    setup.enqueue(lease, 100);
    await settle(100);
    expect(setup.registry.stats().exported).toBe(100);
  });

  it('is refreshed at its time to live: a switch-off reaches open connections, and a switch-on too', async () => {
    const answers = [
      { ...ENABLED, ttlSeconds: 120 },
      { ...DISABLED, ttlSeconds: 120 },
      { ...ENABLED, ttlSeconds: 120 },
    ];
    const setup = new Setup({}, (host) => {
      host.answerFlag = () => answers[host.flagFetches.length - 1] ?? ENABLED;
    });
    const { lease } = setup.open();
    await settle();
    const seen: Array<string | undefined> = [];
    for (let round = 0; round < 3; round++) {
      seen.push(flagState(setup));
      setup.enqueue(lease, 100);
      await settle(2 * MINUTE + 100);
    }
    expect(seen).toEqual(['enabled', 'disabled', 'enabled']);
    expect(setup.registry.stats()).toMatchObject({ exported: 200, dropped: { flag_disabled: 100 } });
  });

  it.each([
    [undefined, 900],
    [0, 60],
    [59, 60],
    [61, 61],
    [100_000, 3_600],
    [Number.NaN, 900],
  ])('lives for %s seconds clamped to %s', async (ttlSeconds, expected) => {
    const setup = new Setup({}, (host) => {
      host.answerFlag = () => ({ outcome: 'answer', enabled: true, ttlSeconds });
    });
    setup.open();
    await settle(expected * 1_000 - 100);
    expect(setup.host.flagFetches).toHaveLength(1);
    await settle(200);
    expect(setup.host.flagFetches).toHaveLength(2);
  });

  it.each([
    ['enabled', ENABLED],
    ['disabled', DISABLED],
  ])(
    'keeps the last good answer, %s, when refreshes fail and while one is under way',
    async (state, first) => {
      const setup = new Setup({}, (host) => {
        host.flagLatencyMs = 5_000;
        host.answerFlag = () => (host.flagFetches.length === 1 ? first : UNAVAILABLE);
      });
      setup.open();
      await settle(15 * MINUTE + 6_000);
      expect(setup.host.flagFetches).toHaveLength(2);
      expect(flagState(setup)).toBe(state);
      await settle(3_000);
      expect(flagState(setup)).toBe(state);
      await settle(3 * MINUTE + 20_000);
      // Retried after a minute each time, not after another 15.
      expect(setup.host.flagFetches).toHaveLength(5);
      expect(flagState(setup)).toBe(state);
      expect(setup.registry.stats().flagFetches.failed).toBe(4);
    },
  );

  it('gives up a request after 10 s, and counts it as failed', async () => {
    const setup = new Setup({}, (host) => {
      host.flagLatencyMs = 24 * 60 * MINUTE;
    });
    setup.open();
    await settle(9_900);
    expect(flagState(setup)).toBe('unknown');
    await settle(200);
    expect(flagState(setup)).toBe('failed');
    expect(setup.registry.stats().flagFetches.failed).toBe(1);
  });

  it('respects Retry-After, and believes at most 15 minutes of it', async () => {
    const setup = new Setup({}, (host) => {
      host.answerFlag = () =>
        host.flagFetches.length === 1
          ? { outcome: 'failure', error: '429', retryAfterMs: 120_000 }
          : { outcome: 'failure', error: '429', retryAfterMs: 24 * 60 * MINUTE };
    });
    setup.open();
    await settle(119_000);
    expect(setup.host.flagFetches).toHaveLength(1);
    // Neither another connection nor other credentials shorten it.
    setup.open({ token: 'other' }).handle.use('another');
    await settle(900);
    expect(setup.host.flagFetches).toHaveLength(1);
    await settle(200);
    expect(setup.host.flagFetches).toHaveLength(2);
    await settle(15 * MINUTE - 1_000);
    expect(setup.host.flagFetches).toHaveLength(2);
    await settle(1_000);
    expect(setup.host.flagFetches).toHaveLength(3);
  });

  it('is not asked for while no connection refers to it, and is asked for again after that when stale', async () => {
    const setup = new Setup({}, (host) => {
      host.answerFlag = () => ({ ...ENABLED, ttlSeconds: 60 });
    });
    const { handle } = setup.open();
    await settle(30_000);
    handle.close();
    await settle(50_000);
    expect(setup.host.flagFetches).toHaveLength(1);
    const { lease } = setup.open();
    setup.enqueue(lease, 100);
    await settle(100);
    expect(setup.host.flagFetches).toHaveLength(2);
    expect(setup.registry.stats().exported).toBe(100);
  });

  it('is decided by the tenant that is believed: a bad token of another one changes nothing', async () => {
    const setup = new Setup({}, badTokenRefused);
    const bad = setup.open({ token: 'bad' });
    const good = setup.open({ token: 'good' });
    setup.enqueue(bad.lease, 100);
    setup.enqueue(good.lease, 100);
    await settle();
    expect(setup.host.flagFetches.map(({ token }) => token)).toEqual(['Bearer bad', 'Bearer good']);
    expect(setup.registry.stats()).toMatchObject({ exported: 100, dropped: { flag_failed: 0 } });
    // The refresh asks at once as the one who was believed.
    await settle(15 * MINUTE);
    expect(setup.host.flagFetches.slice(2).map(({ token }) => token)).toEqual(['Bearer good']);
  });

  it('is asked for a minute after all were refused, as all of them once more', async () => {
    const setup = new Setup({}, (host) => {
      host.answerFlag = () => (host.flagFetches.length <= 2 ? REFUSED : ENABLED);
    });
    setup.open({ token: 'a' });
    setup.open({ token: 'b' });
    await settle(MINUTE - 1_000);
    expect(flagState(setup)).toBe('failed');
    expect(setup.host.flagFetches).toHaveLength(2);
    await settle(1_100);
    expect(flagState(setup)).toBe('enabled');
  });

  it('is asked for a minute after a token provider had nothing to give', async () => {
    const tokens = [undefined, 'late'];
    const setup = new Setup({ tokenProvider: () => tokens.shift() });
    setup.open();
    await settle(MINUTE - 1_000);
    expect(flagState(setup)).toBe('unknown');
    await settle(2_000);
    expect(setup.host.flagFetches.map(({ token }) => token)).toEqual(['Bearer late']);
    expect(flagState(setup)).toBe('enabled');
  });

  it('is asked for promptly, as soon as the driver has sent a request', async () => {
    const setup = new Setup();
    const { handle } = setup.open({ token: undefined });
    await settle(10_000);
    expect(setup.exporter.hosts).toHaveLength(0);
    handle.use('late');
    await settle(100);
    expect(setup.host.flagFetches).toHaveLength(1);
  });

  it('is asked for as a tenant that comes after all others were refused; its records wait for that', async () => {
    const setup = new Setup({}, badTokenRefused);
    setup.open({ token: 'bad' });
    await settle();
    expect(flagState(setup)).toBe('failed');
    const good = setup.open({ token: 'good' });
    setup.enqueue(good.lease, 100);
    expect(setup.registry.stats().queued).toBe(100);
    await settle(6_000);
    expect(flagState(setup)).toBe('enabled');
    expect(setup.registry.stats().exported).toBe(100);
  });

  it('is asked for as a tenant that comes while another one is being refused', async () => {
    const setup = new Setup({}, badTokenRefused);
    setup.open({ token: 'bad' });
    await settle(10);
    const good = setup.open({ token: 'good' });
    setup.enqueue(good.lease, 100);
    await settle(100);
    expect(setup.registry.stats()).toMatchObject({ exported: 100, dropped: { flag_failed: 0 } });
  });

  it('is not asked for with every request of a driver whose credentials change each time and are refused', async () => {
    const setup = new Setup({}, (host) => {
      host.answerFlag = () => REFUSED;
    });
    const { handle } = setup.open();
    for (let i = 0; i < 600; i++) {
      handle.use(`token ${i}`);
      await settle(100);
    }
    expect(setup.host.flagFetches.length).toBeLessThanOrEqual(60 / 5 + 2);
  });

  it('shares nothing between two hosts', async () => {
    const setup = new Setup({}, (host) => {
      host.answerFlag = () => (setup.exporter.hosts[0] === host ? DISABLED : ENABLED);
    });
    const first = setup.open({ host: 'a.test' });
    const second = setup.open({ host: 'b.test' });
    const third = setup.open({ host: 'b.test', port: 8443 });
    for (const { lease } of [first, second, third]) {
      setup.enqueue(lease, 100);
    }
    await settle();
    expect(setup.exporter.hosts.map(({ flagFetches }) => flagFetches.length)).toEqual([1, 1, 1]);
    expect(setup.exporter.hosts.map(({ batches }) => batches.length)).toEqual([0, 1, 1]);
  });
});

function badTokenRefused(host: FakeHostExporter): void {
  host.answerFlag = (token) => (token === 'Bearer bad' ? REFUSED : ENABLED);
  host.answer = ({ token, ids }) =>
    token === 'Bearer bad' ? { outcome: 'unauthorized', pauseMs: MINUTE } : success(ids.length);
}
