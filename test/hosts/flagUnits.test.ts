import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Background, backgroundOf } from '../../src/background.js';
import type { Credentials } from '../../src/credentials/credentials.js';
import type { FlagResult } from '../../src/exporter/contract.js';
import { keyedRoute } from '../../src/exporter/routeKey.js';
import { FeatureFlag } from '../../src/gate/featureFlag.js';
import { FORCED } from '../../src/gate/flag.js';
import { FlagTimes } from '../../src/gate/flagTimes.js';
import { NODE_RUNTIME } from '../../src/runtime.js';
import { FakeHostExporter } from './fakes.js';

const HEADERS = { authorization: 'Bearer one' };
const DESTINATION = {
  host: 'a.test',
  port: 443,
  orgId: '1',
  route: keyedRoute({ https: true, rejectUnauthorized: true }),
  userAgent: 'Test/1.0.0',
  customHeaders: undefined,
};
const answer = (enabled: boolean, ttlSeconds?: number): FlagResult => ({
  outcome: 'answer',
  enabled,
  ttlSeconds,
});
const UNAUTHORIZED: FlagResult = { outcome: 'unauthorized' };
const FAILURE: FlagResult = { outcome: 'failure', error: '500' };

let random = 0.5;
let background: Background;

beforeEach(() => {
  vi.useFakeTimers();
  random = 0.5;
  background = backgroundOf({ ...NODE_RUNTIME, random: () => random });
});

afterEach(() => {
  vi.useRealTimers();
});

/** A flag, who asks for it, and what was said to the credentials. */
class Bench {
  readonly said: string[] = [];
  readonly exporter = new FakeHostExporter();
  readonly counts = { enabled: 0, disabled: 0, failed: 0 };
  readonly flag: FeatureFlag;
  readonly asker: { destination: typeof DESTINATION; credentials: Credentials };
  usableAt = 0;
  headers: typeof HEADERS | undefined = HEADERS;

  constructor(result: FlagResult = answer(true)) {
    const bench = this;
    this.exporter.answerFlag = () => result;
    this.flag = new FeatureFlag('1', '2.1.0', { exporter: this.exporter, background, counts: this.counts });
    this.asker = {
      destination: DESTINATION,
      credentials: {
        get: async () => bench.headers,
        accept: () => bench.said.push('accept'),
        refuse: () => bench.said.push('refuse'),
        get usableAt() {
          return bench.usableAt;
        },
        listen: () => () => undefined,
      },
    };
  }

  answers(result: FlagResult): void {
    this.exporter.answerFlag = () => result;
  }

  /** What asking comes to, with the time that a request takes. */
  async asked() {
    const asked = this.flag.ask(this.asker);
    await vi.advanceTimersByTimeAsync(20);
    return asked;
  }
}

describe('FlagTimes', () => {
  it.each([
    [true, 0, 600, 600],
    [true, 1, 600, 200],
    [false, 0, 600, 600],
    [false, 1, 600, 1_000],
    [true, 0, undefined, 900],
    [true, 0, Number.NaN, 900],
    [true, 0, 1, 60],
    [true, 0, 100_000, 3_600],
  ])('after a first answer %s, chance %d, ttl %s s: in %d s', (isEnabled, chance, ttlSeconds, seconds) => {
    random = chance;
    const times = new FlagTimes(background);
    const now = background.now();
    times.onAnswer(isEnabled, ttlSeconds);
    expect(times.askAt - now).toBeCloseTo(seconds * 1_000);
    random = 1;
    const later = background.now();
    times.onAnswer(isEnabled, 100);
    expect(times.askAt - later).toBeCloseTo(isEnabled ? 75_000 : 125_000);
  });

  it('is due at the beginning, and again exactly when its time has come', () => {
    const times = new FlagTimes(background);
    expect([times.askAt, times.isDue]).toEqual([0, true]);
    random = 0;
    times.onAnswer(true, 60);
    vi.advanceTimersByTime(59_999);
    expect(times.isDue).toBe(false);
    vi.advanceTimersByTime(1);
    expect(times.isDue).toBe(true);
  });

  it('waits 1, 2, 4, 8, 15, 30 and then 60 s without an answer, and begins anew after one', () => {
    const times = new FlagTimes(background);
    const waits = () => {
      const now = background.now();
      times.onFailure({ outcome: 'failure', error: '500' });
      return Math.round(times.askAt - now);
    };
    expect(Array.from({ length: 8 }, waits)).toEqual([
      1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000, 60_000,
    ]);
    times.onAnswer(true, 90);
    // With an answer: after a third of its interval.
    expect(waits()).toBe(30_000);
  });

  it('waits as long as is asked for, and a little longer; hurry does not shorten it', () => {
    const times = new FlagTimes(background);
    const now = background.now();
    times.onFailure({ outcome: 'failure', error: '429', retryAfterMs: 7_000 });
    expect(times.askAt - now).toBeCloseTo(8_000);
    times.hurry();
    expect(times.askAt - now).toBeCloseTo(8_000);
    times.onFailure({ outcome: 'blocked', retryInMs: 5_000 });
    expect(times.askAt - now).toBeCloseTo(6_000);
    times.hurry();
    expect(times.askAt - now).toBeCloseTo(6_000);
  });

  it('is hurried out of a wait of its own, not sooner than a second after the last question', () => {
    const times = new FlagTimes(background);
    times.onAsked();
    const now = background.now();
    times.onFailure({ outcome: 'failure', error: '500' });
    times.onFailure({ outcome: 'aborted' });
    vi.advanceTimersByTime(999);
    times.hurry();
    expect(times.isDue).toBe(false);
    vi.advanceTimersByTime(1);
    times.hurry();
    expect(times.askAt).toBeCloseTo(now + 1_000);
    vi.advanceTimersByTime(500);
    times.hurry();
    expect(times.askAt).toBeCloseTo(now + 1_000);
  });

  it('is postponed by what ends later, and only then', () => {
    const times = new FlagTimes(background);
    times.onAnswer(true, 90);
    const now = background.now();
    const askAt = times.askAt;
    expect(times.postpone(1_000)).toBe(false);
    expect(times.askAt).toBe(askAt);
    expect(times.postpone(200_000)).toBe(true);
    expect(times.askAt - now).toBeCloseTo(215_000);
  });
});

describe('FeatureFlag', () => {
  it.each([
    [true, 'enabled', undefined],
    [false, 'disabled', 'flag_disabled'],
  ] as const)('answered %s: %s, counted, and the credentials are good', async (enabled, state, refusal) => {
    const bench = new Bench(answer(enabled));
    expect([bench.flag.answer, bench.flag.stats().state, bench.flag.refusal]).toEqual([
      undefined,
      'unknown',
      undefined,
    ]);
    expect(await bench.asked()).toBeUndefined();
    expect([bench.flag.answer, bench.flag.stats().state, bench.flag.refusal]).toEqual([
      state,
      state,
      refusal,
    ]);
    expect(bench.counts).toEqual({ enabled: 0, disabled: 0, failed: 0, [state]: 1 });
    expect(bench.said).toEqual(['accept']);
    // What is known is not asked for.
    expect(await bench.asked()).toBeUndefined();
    expect(bench.exporter.flagFetches).toHaveLength(1);
    vi.advanceTimersByTime(3_600_000);
    expect([bench.flag.answer, bench.flag.stats().state, bench.flag.refusal]).toEqual([
      undefined,
      state,
      undefined,
    ]);
  });

  it('that fails is unknown until its next time; one that is known stays known', async () => {
    const bench = new Bench(FAILURE);
    expect(await bench.asked()).toBe(bench.flag.askAt);
    expect(bench.flag.answer).toBeUndefined();
    expect(bench.counts).toEqual({ enabled: 0, disabled: 0, failed: 1 });
    vi.advanceTimersByTime(2_000);
    bench.answers(answer(false, 60));
    expect(await bench.asked()).toBeUndefined();
    vi.advanceTimersByTime(120_000);
    bench.answers(FAILURE);
    expect(await bench.asked()).toBeUndefined();
    expect(bench.flag.refusal).toBe('flag_disabled');
    expect(bench.counts).toEqual({ enabled: 0, disabled: 1, failed: 2 });
  });

  it('is not counted as failed where nothing was sent', async () => {
    const bench = new Bench({ outcome: 'blocked', retryInMs: 5_000 });
    expect(await bench.asked()).toBe(bench.flag.askAt);
    expect(bench.counts.failed).toBe(0);
  });

  it('refused: says so to who asked, and asks the next one who comes', async () => {
    const bench = new Bench(UNAUTHORIZED);
    expect(await bench.asked()).toBe(background.now() + 1_000);
    expect([bench.said, bench.counts.failed, bench.flag.isAsking]).toEqual([['refuse'], 1, false]);
    bench.answers(answer(true));
    expect(await bench.asked()).toBeUndefined();
  });

  it('is not asked for without credentials, unless none are needed', async () => {
    const bench = new Bench();
    bench.headers = undefined;
    expect(await bench.asked()).toBeCloseTo(background.now() + 1_000, -2);
    expect([bench.exporter.flagFetches.length, bench.said]).toEqual([0, []]);
    bench.exporter.needsCredentials = { export: false, flag: false };
    expect(await bench.asked()).toBeUndefined();
    expect(bench.said).toEqual([]);
    bench.flag.close();
  });

  it('is a failure where asking throws: counted, and asked for again', async () => {
    const bench = new Bench();
    bench.exporter.answerFlag = () => {
      throw new Error('not foreseen');
    };
    expect(await bench.asked()).toBe(bench.flag.askAt);
    expect([bench.counts.failed, bench.flag.isAsking]).toEqual([1, false]);
    bench.answers(answer(true));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await bench.asked()).toBeUndefined();
  });

  it('is not asked for with credentials that come too late', async () => {
    const bench = new Bench();
    bench.asker.credentials.get = (signal) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve(HEADERS)));
    const asked = bench.flag.ask(bench.asker);
    await vi.advanceTimersByTimeAsync(11_000);
    expect(await asked).toBe(bench.flag.askAt);
    expect([bench.exporter.flagFetches.length, bench.counts.failed, bench.said]).toEqual([0, 1, []]);
  });

  it('refused where no credentials were sent blames none', async () => {
    const bench = new Bench(UNAUTHORIZED);
    bench.exporter.needsCredentials = { export: false, flag: false };
    expect(await bench.asked()).toBe(background.now() + 1_000);
    expect(bench.said).toEqual([]);
  });

  it('that is on leaves no timer behind', async () => {
    await new Bench(answer(true)).asked();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is asked for once at a time, for all who ask', async () => {
    const bench = new Bench();
    const both = [bench.flag.ask(bench.asker), bench.flag.ask(bench.asker)];
    expect(bench.flag.isAsking).toBe(true);
    await vi.advanceTimersByTimeAsync(20);
    expect(await Promise.all(both)).toEqual([undefined, undefined]);
    expect([bench.exporter.flagFetches.length, bench.flag.isAsking]).toEqual([1, false]);
  });

  it('closed: a request under way ends, counts nothing, and nobody asks again', async () => {
    const bench = new Bench();
    bench.exporter.flagLatencyMs = 5_000;
    const asked = bench.flag.ask(bench.asker);
    await vi.advanceTimersByTimeAsync(1);
    bench.flag.close();
    await vi.advanceTimersByTimeAsync(1);
    expect(await asked).toBe(Number.POSITIVE_INFINITY);
    expect([bench.counts, bench.said]).toEqual([{ enabled: 0, disabled: 0, failed: 0 }, []]);
    expect(bench.exporter.flagsInFlight).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is hurried and postponed only where that is of use', async () => {
    const bench = new Bench(FAILURE);
    await bench.asked();
    await vi.advanceTimersByTimeAsync(2_000);
    await bench.asked();
    const askAt = bench.flag.askAt;
    bench.flag.postpone(60_000);
    expect(bench.flag.askAt).toBe(askAt);
    vi.advanceTimersByTime(1_000);
    bench.flag.hurry();
    expect(bench.flag.askAt).toBeLessThan(askAt);
    bench.answers(answer(false, 60));
    await bench.asked();
    const known = bench.flag.askAt;
    vi.advanceTimersByTime(2_000);
    bench.flag.hurry();
    expect(bench.flag.askAt).toBe(known);
    bench.flag.postpone(300_000);
    expect(bench.flag.askAt).toBeGreaterThan(known);
    vi.advanceTimersByTime(known - background.now() + 1_000);
    expect(bench.flag.refusal).toBe('flag_disabled');
  });

  it('tells when it was answered and when it is asked for again', async () => {
    const bench = new Bench(answer(true, 600));
    expect(bench.flag.stats()).toEqual({
      orgId: '1',
      driverVersion: '2.1.0',
      state: 'unknown',
      answeredAt: undefined,
      nextRequestAt: undefined,
    });
    random = 0;
    await bench.asked();
    const now = Date.now();
    expect(bench.flag.stats()).toMatchObject({ state: 'enabled', answeredAt: now });
    expect(bench.flag.stats().nextRequestAt).toBe(now + 600_000);
  });
});

describe('The flag of a lane', () => {
  it('of forced telemetry asks nobody and always says yes', async () => {
    const bench = new Bench();
    FORCED.askAhead(bench.asker);
    FORCED.hurry();
    FORCED.postpone(1_000);
    expect(await FORCED.ask(bench.asker)).toBeUndefined();
    expect(FORCED).toMatchObject({ isForced: true, answer: 'enabled', refusal: undefined, isUnknown: false });
    expect([FORCED.stats(), FORCED.isAnswerNear(bench.asker, 1e12)]).toEqual([undefined, false]);
    expect(bench.exporter.flagFetches).toHaveLength(0);
  });

  it('is unknown until somebody has answered', async () => {
    const bench = new Bench(answer(false));
    const { flag } = bench;
    expect(flag).toMatchObject({ isForced: false, answer: undefined, isUnknown: true, isAsking: false });
    const asked = flag.ask(bench.asker);
    expect(flag.isAsking).toBe(true);
    await vi.advanceTimersByTimeAsync(20);
    expect(await asked).toBeUndefined();
    expect(flag).toMatchObject({
      answer: 'disabled',
      refusal: 'flag_disabled',
      isUnknown: false,
      isAsking: false,
    });
  });

  it('comes again when the flag does, or when its credentials may be tried, a second later at least', async () => {
    const bench = new Bench(FAILURE);
    const ask = async () => {
      const asked = bench.flag.ask(bench.asker);
      await vi.advanceTimersByTimeAsync(20);
      return asked;
    };
    expect(await ask()).toBe(bench.flag.askAt);
    vi.advanceTimersByTime(2_000);
    bench.answers(UNAUTHORIZED);
    const start = background.now();
    expect(await ask()).toBeCloseTo(start + 1_020);
    bench.usableAt = background.now() + 60_000;
    expect(await ask()).toBe(bench.usableAt);
  });

  it('asks ahead once, while nothing is known', async () => {
    const bench = new Bench();
    bench.flag.askAhead(bench.asker);
    bench.flag.askAhead(bench.asker);
    await vi.advanceTimersByTimeAsync(20);
    bench.flag.askAhead(bench.asker);
    vi.advanceTimersByTime(3_600_000);
    bench.flag.askAhead(bench.asker);
    await vi.advanceTimersByTimeAsync(20);
    expect(bench.exporter.flagFetches).toHaveLength(1);
  });

  it('knows whether an answer is near: on its way, or to be had by then with these credentials', async () => {
    const bench = new Bench(FAILURE);
    const { asker, flag } = bench;
    const until = background.now() + 1_500;
    expect(flag.isAnswerNear(asker, background.now())).toBe(false);
    expect(flag.isAnswerNear(asker, until)).toBe(true);
    bench.usableAt = until + 1;
    expect(flag.isAnswerNear(asker, until)).toBe(false);
    bench.usableAt = until;
    expect(flag.isAnswerNear(asker, until)).toBe(true);
    bench.usableAt = until + 1;
    const asked = bench.flag.ask(bench.asker);
    expect(flag.isAnswerNear(asker, until)).toBe(true);
    await vi.advanceTimersByTimeAsync(20);
    await asked;
    bench.usableAt = 0;
    expect(flag.isAnswerNear(asker, bench.flag.askAt)).toBe(true);
    expect(flag.isAnswerNear(asker, bench.flag.askAt - 1)).toBe(false);
  });
});
