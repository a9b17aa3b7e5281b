import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DISABLED, ENABLED, type FakeHostExporter, REFUSED, Setup, success, UNAVAILABLE } from './fakes.js';

const MINUTE = 60_000;

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

  it('is not asked for while the driver uses no credentials, and at once when it does', async () => {
    const setup = new Setup();
    const { handle, lease } = setup.open({ token: undefined, hasStaticToken: false });
    handle.use({});
    setup.enqueue(lease, 3);
    await settle(5 * MINUTE);
    expect(setup.host.flagFetches).toHaveLength(0);
    expect(setup.registry.stats()).toMatchObject({ queued: 3, hosts: [{ pausedLanes: 1 }] });
    handle.use('late');
    await settle(6_000);
    expect(setup.host.flagFetches.map(({ token }) => token)).toEqual(['Bearer late']);
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

  it('is asked for after 1, 2, 4, 8, 15, 30, and then every 60 s, while nobody answers; records wait (R1)', async () => {
    const setup = new Setup({}, (host) => {
      host.answerFlag = () => UNAVAILABLE;
    });
    const { lease } = setup.open();
    setup.enqueue(lease, 100);
    await settle(5 * MINUTE);
    const times = setup.host.flagFetches.map(({ at }) => at);
    const waits = times.slice(1).map((at, index) => (at - (times[index] ?? 0)) / 1_000);
    [1, 2, 4, 8, 15, 30, 60, 60].forEach((seconds, index) => {
      expect(waits[index]).toBeGreaterThan(seconds * 0.79);
      expect(waits[index]).toBeLessThan(seconds * 1.21 + 0.1);
    });
    expect(flagState(setup)).toBe('unknown');
    expect(setup.registry.stats()).toMatchObject({ queued: 100, flagFetches: { enabled: 0 } });
    setup.host.answerFlag = () => ENABLED;
    await settle(80_000);
    expect(flagState(setup)).toBe('enabled');
    expect(setup.registry.stats()).toMatchObject({ exported: 100, queued: 0 });
  });

  it('that fails once costs no record (R1)', async () => {
    const setup = new Setup({}, (host) => {
      host.answerFlag = () => (host.flagFetches.length === 1 ? UNAVAILABLE : ENABLED);
    });
    const { lease } = setup.open();
    setup.enqueue(lease, 12);
    await settle(10_000);
    expect(setup.registry.stats()).toMatchObject({ exported: 12, queued: 0, flagFetches: { failed: 1 } });
  });

  it('that nobody answers lets records go when they are too old', async () => {
    const setup = new Setup({}, (host) => {
      host.answerFlag = () => UNAVAILABLE;
    });
    setup.enqueue(setup.open().lease, 12);
    await settle(14 * MINUTE);
    expect(setup.registry.stats().queued).toBe(12);
    await settle(1.5 * MINUTE);
    expect(setup.registry.stats()).toMatchObject({ queued: 0, dropped: { flag_unknown: 12 } });
  });

  it('is asked for again when its time is over and something is due: off and on reach open connections', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
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
      setup.enqueue(lease, 100);
      await settle(100);
      seen.push(flagState(setup));
      await settle(2 * MINUTE + 100);
    }
    expect(seen).toEqual(['enabled', 'disabled', 'enabled']);
    expect(setup.registry.stats()).toMatchObject({ exported: 200, dropped: { flag_disabled: 100 } });
  });

  it('that is off costs one request per interval at most, however much is queued', async () => {
    const setup = new Setup({}, (host) => {
      host.answerFlag = () => ({ ...DISABLED, ttlSeconds: 600 });
    });
    const { lease } = setup.open();
    for (let i = 0; i < 3_600; i++) {
      setup.enqueue(lease, 10);
      await settle(1_000);
    }
    const times = setup.host.flagFetches.map(({ at }) => at);
    expect(times.length).toBeGreaterThan(3);
    for (const [index, at] of times.slice(1).entries()) {
      expect(at - (times[index] ?? 0)).toBeGreaterThanOrEqual(10 * MINUTE);
    }
    expect(setup.host.batches).toHaveLength(0);
  });

  it('is not asked for by a process that has nothing to send', async () => {
    const setup = new Setup();
    setup.open();
    await settle(24 * 60 * MINUTE);
    expect(setup.host.flagFetches).toHaveLength(1);
  });

  it.each([
    [undefined, 900],
    [0, 60],
    [59, 60],
    [61, 61],
    [100_000, 3_600],
    [Number.NaN, 900],
  ])('lives for %s seconds clamped to %s', async (ttlSeconds, expected) => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const setup = new Setup({}, (host) => {
      host.answerFlag = () => ({ outcome: 'answer', enabled: true, ttlSeconds });
    });
    const { lease } = setup.open();
    await settle(expected * 1_000 - 100);
    setup.enqueue(lease, 100);
    await settle(50);
    expect(setup.host.flagFetches).toHaveLength(1);
    await settle(200);
    setup.enqueue(lease, 100);
    await settle(100);
    expect(setup.host.flagFetches).toHaveLength(2);
  });

  it.each([
    ['enabled', ENABLED, { exported: 200 }],
    ['disabled', DISABLED, { dropped: { flag_disabled: 200 } }],
  ])('keeps the last good answer, %s, when a refresh fails', async (state, first, outcome) => {
    const setup = new Setup({}, (host) => {
      host.answerFlag = () => (host.flagFetches.length === 1 ? first : UNAVAILABLE);
    });
    const { lease } = setup.open();
    setup.enqueue(lease, 100);
    await settle(26 * MINUTE);
    setup.enqueue(lease, 100);
    await settle(6_000);
    expect(setup.host.flagFetches.length).toBeGreaterThan(1);
    expect(flagState(setup)).toBe(state);
    expect(setup.registry.stats()).toMatchObject({ queued: 0, ...outcome });
  });

  it.each([
    [0, 4 * MINUTE],
    [1, 6 * MINUTE],
  ])(
    'that is known is asked for again a third of its interval after a refresh fails, chance being %i',
    async (chance, wait) => {
      const setup = new Setup({}, (host) => {
        host.answerFlag = () => (host.flagFetches.length === 1 ? ENABLED : UNAVAILABLE);
      });
      const { lease } = setup.open();
      vi.spyOn(Math, 'random').mockReturnValue(chance);
      for (let second = 0; second < 3_600; second++) {
        setup.enqueue(lease, 100);
        await settle(1_000);
      }
      const [, second, third, fourth] = setup.host.flagFetches.map(({ at }) => at);
      for (const gap of [(third ?? 0) - (second ?? 0), (fourth ?? 0) - (third ?? 0)]) {
        expect(Math.abs(gap - wait)).toBeLessThan(2_000);
      }
      expect(setup.registry.stats().exported).toBe(360_000);
    },
  );

  it.each([
    ['enabled', 5, 15],
    ['disabled', 15, 25],
  ] as const)(
    'that is %s at first is asked for again within a wide span, so that a fleet spreads out',
    async (state, shortest, longest) => {
      const answer = state === 'enabled' ? ENABLED : DISABLED;
      const firstGaps: number[] = [];
      for (const chance of [0, 0.5, 1]) {
        const setup = new Setup({}, (host) => {
          host.answerFlag = () => answer;
        });
        vi.spyOn(Math, 'random').mockReturnValue(chance);
        const { lease } = setup.open();
        while (setup.host.flagFetches.length < 2) {
          setup.enqueue(lease, 100);
          await settle(1_000);
        }
        const [first, second] = setup.host.flagFetches.map(({ at }) => at);
        firstGaps.push(Math.round(((second ?? 0) - (first ?? 0)) / MINUTE));
      }
      expect(Math.min(...firstGaps)).toBe(shortest);
      expect(Math.max(...firstGaps)).toBe(longest);
    },
  );

  it('that falls due while the host is left alone is renewed later than at the end of that, at a time of its own', async () => {
    const setup = new Setup({}, (host) => {
      host.answerFlag = () => ({ ...ENABLED, ttlSeconds: 300 });
      host.answer = ({ ids }) =>
        host.batches.length === 1 ? { outcome: 'blocked', retryInMs: 6 * MINUTE } : success(ids.length);
    });
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const { lease } = setup.open();
    setup.enqueue(lease, 100);
    await settle(6 * MINUTE + 1_000);
    expect(setup.registry.stats().exported).toBe(100);
    expect(setup.host.flagFetches).toHaveLength(1);
    await settle(MINUTE);
    setup.enqueue(lease, 100);
    await settle(1_000);
    expect(setup.host.flagFetches).toHaveLength(2);
  });

  it('that hangs is given up after 10 s, with a token provider before it, and asked for again', async () => {
    const setup = new Setup({ tokenProvider: () => new Promise(() => undefined) });
    setup.open();
    await settle(9_900);
    expect(setup.registry.stats().flagFetches.failed).toBe(0);
    const other = new Setup({}, (host) => {
      host.flagLatencyMs = 24 * 60 * MINUTE;
    });
    const { lease } = other.open();
    other.enqueue(lease, 10);
    await settle(9_900);
    expect(other.registry.stats().flagFetches.failed).toBe(0);
    await settle(200);
    expect(flagState(other)).toBe('unknown');
    expect(other.registry.stats()).toMatchObject({ queued: 10, flagFetches: { failed: 1 } });
    other.host.flagLatencyMs = 20;
    await settle(10_000);
    expect(other.registry.stats().exported).toBe(10);
  });

  it('respects Retry-After, whoever comes meanwhile, and a flush as well', async () => {
    const setup = new Setup({}, (host) => {
      host.answerFlag = () => ({ outcome: 'failure', error: '429', retryAfterMs: 120_000 });
    });
    const { lease } = setup.open({ hasStaticToken: false });
    setup.enqueue(lease, 1);
    await settle(60_000);
    const other = setup.open({ token: 'other', hasStaticToken: false });
    other.handle.use('another');
    setup.enqueue(other.lease, 1);
    void setup.registry.forceFlush(1_000);
    await settle(59_000);
    expect(setup.host.flagFetches).toHaveLength(1);
    await settle(3_000);
    expect(setup.host.flagFetches).toHaveLength(2);
  });

  it('is left alone while the host has asked for that', async () => {
    const setup = new Setup({}, (host) => {
      host.answerFlag = () =>
        host.flagFetches.length === 1 ? { outcome: 'blocked', retryInMs: 30_000 } : ENABLED;
    });
    setup.enqueue(setup.open().lease, 1);
    await settle(30_000);
    expect(setup.registry.stats().flagFetches.failed).toBe(0);
    expect(setup.host.flagFetches).toHaveLength(1);
    await settle(7_000);
    expect(setup.registry.stats().exported).toBe(1);
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
    expect(setup.registry.stats()).toMatchObject({ exported: 100, queued: 100 });
    expect(setup.host.batches.map(({ token }) => token)).not.toContain('Bearer bad');
  });

  it('is asked for again after 1, 5 and 15 minutes where all are refused; records wait', async () => {
    const setup = new Setup({ maxRecordAgeMs: 60 * MINUTE }, (host) => {
      host.answerFlag = () => REFUSED;
    });
    const { lease } = setup.open();
    setup.enqueue(lease, 10);
    await settle(40 * MINUTE);
    const times = setup.host.flagFetches.map(({ at }) => at);
    const waits = times.slice(1).map((at, index) => Math.round((at - (times[index] ?? 0)) / MINUTE));
    expect(waits).toEqual([1, 5, 15, 15]);
    setup.host.answerFlag = () => ENABLED;
    await settle(15 * MINUTE);
    expect(setup.registry.stats()).toMatchObject({ exported: 10, queued: 0 });
  });

  it('is asked for again soon after a stray 401 where the driver is served with that token (R2)', async () => {
    const setup = new Setup({}, (host) => {
      host.answerFlag = () => (host.flagFetches.length === 1 ? REFUSED : ENABLED);
    });
    const { handle, lease } = setup.open();
    setup.enqueue(lease, 10);
    await settle(500);
    handle.onAccepted();
    await settle(7_000);
    expect(setup.registry.stats()).toMatchObject({ exported: 10, queued: 0 });
    expect(setup.host.flagFetches).toHaveLength(2);
  });

  it.each([true, false])(
    'does not spin where a refresh is refused, with credentials for the export: %s',
    async (needed) => {
      const setup = new Setup({}, (host) => {
        host.needsCredentials = { export: needed, flag: true };
        host.answerFlag = () => (host.flagFetches.length === 2 ? REFUSED : { ...ENABLED, ttlSeconds: 60 });
      });
      const { lease } = setup.open();
      await settle(70_000);
      setup.enqueue(lease, 10);
      await settle(30_000);
      expect(setup.host.flagFetches).toHaveLength(2);
      expect(setup.registry.stats().queued).toBe(10);
      await settle(60_000);
      expect(setup.host.flagFetches).toHaveLength(3);
      expect(setup.registry.stats()).toMatchObject({ exported: 10, queued: 0 });
    },
  );

  it('is asked for a minute after a token provider had nothing to give', async () => {
    const tokens = [undefined, 'late'];
    const setup = new Setup({ tokenProvider: () => tokens.shift() });
    const { lease } = setup.open();
    setup.enqueue(lease, 1);
    await settle(MINUTE - 1_000);
    expect(flagState(setup)).toBe('unknown');
    await settle(10_000);
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

  it('is asked for as a tenant that comes after all others were refused', async () => {
    const setup = new Setup({}, badTokenRefused);
    setup.open({ token: 'bad' });
    await settle();
    const good = setup.open({ token: 'good' });
    setup.enqueue(good.lease, 100);
    await settle(100);
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
    expect(setup.registry.stats().exported).toBe(100);
  });

  it('is not asked for with every request of a driver whose credentials change each time and are refused', async () => {
    const setup = new Setup({}, (host) => {
      host.answerFlag = () => REFUSED;
    });
    const { handle, lease } = setup.open({ hasStaticToken: false });
    setup.enqueue(lease, 1);
    for (let i = 0; i < 600; i++) {
      handle.use(`token ${i}`);
      await settle(100);
    }
    // After 1, 2, 4, 8, 16 and 32 s.
    expect(setup.host.flagFetches.length).toBeLessThanOrEqual(7);
  });

  it('says in the statistics when it was answered and when it is asked for again', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const setup = new Setup();
    setup.open();
    const start = Date.now();
    await settle();
    expect(setup.registry.stats().hosts[0]?.flags).toEqual([
      {
        orgId: '123',
        driverVersion: '2.1.0',
        state: 'enabled',
        answeredAt: start + 20,
        nextRequestAt: start + 20 + 900_000,
      },
    ]);
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
    token === 'Bearer bad' ? { outcome: 'unauthorized' } : success(ids.length);
}
