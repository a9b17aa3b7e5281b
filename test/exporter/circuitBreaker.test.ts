import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CircuitBreaker, type Permit } from '../../src/exporter/circuitBreaker.js';
import { NODE_RUNTIME, type Runtime } from '../../src/runtime.js';

/** Without chance: the shortest waits. */
const RUNTIME: Runtime = { ...NODE_RUNTIME, random: () => 0 };
const OPTIONS = { failureThreshold: 5, openMs: 60_000, successThreshold: 2 };

function acquire(breaker: CircuitBreaker): Permit {
  const permit = breaker.tryAcquire();
  if (permit === undefined) {
    throw new Error('no permit');
  }
  return permit;
}

function failTimes(breaker: CircuitBreaker, times: number): void {
  for (let i = 0; i < times; i++) {
    acquire(breaker).failure();
  }
}

describe('CircuitBreaker', () => {
  let breaker: CircuitBreaker;

  beforeEach(() => {
    vi.useFakeTimers();
    breaker = new CircuitBreaker('test', OPTIONS, RUNTIME);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('stays closed below the threshold and opens at it', () => {
    failTimes(breaker, 4);
    expect(breaker.snapshot()).toEqual({ state: 'closed', openSince: undefined, transitions: 0 });
    failTimes(breaker, 1);
    expect(breaker.snapshot()).toEqual({ state: 'open', openSince: Date.now(), transitions: 1 });
    expect(breaker.tryAcquire()).toBeUndefined();
  });

  it('counts consecutive failures only', () => {
    failTimes(breaker, 4);
    acquire(breaker).success();
    failTimes(breaker, 4);
    expect(breaker.snapshot().state).toBe('closed');
  });

  it('does not change its state by successes while it is closed', () => {
    for (let i = 0; i < 10; i++) {
      acquire(breaker).success();
    }
    expect(breaker.snapshot()).toEqual({ state: 'closed', openSince: undefined, transitions: 0 });
  });

  it('is left alone by abandoned permits, the count of failures too', () => {
    failTimes(breaker, 4);
    for (let i = 0; i < 10; i++) {
      acquire(breaker).abandon();
    }
    expect(breaker.snapshot().state).toBe('closed');
    failTimes(breaker, 1);
    expect(breaker.snapshot().state).toBe('open');
  });

  it('lets nothing through for openMs, then one at a time', () => {
    failTimes(breaker, 5);
    vi.advanceTimersByTime(59_999);
    expect(breaker.tryAcquire()).toBeUndefined();
    expect(breaker.retryInMs()).toBe(1);
    vi.advanceTimersByTime(1);
    expect(breaker.retryInMs()).toBe(0);
    const probe = acquire(breaker);
    expect(breaker.snapshot().state).toBe('half-open');
    expect(breaker.tryAcquire()).toBeUndefined();
    expect(breaker.retryInMs()).toBeGreaterThan(0);
    probe.success();
    expect(breaker.tryAcquire()).toBeDefined();
  });

  it('waits up to a quarter and a minute longer than it must: processes that were told the same do not come back together', () => {
    const late = { ...RUNTIME, random: () => 1 };
    breaker = new CircuitBreaker('test', OPTIONS, late);
    failTimes(breaker, 5);
    expect(breaker.retryInMs()).toBe(75_000);
    breaker = new CircuitBreaker('test', OPTIONS, late);
    breaker.heed(120_000);
    expect(breaker.quietMs()).toBe(150_000);
    breaker.heed(600_000);
    expect(breaker.quietMs()).toBe(660_000);
  });

  it('closes after successThreshold successes in half-open', () => {
    failTimes(breaker, 5);
    vi.advanceTimersByTime(60_000);
    acquire(breaker).success();
    expect(breaker.snapshot().state).toBe('half-open');
    acquire(breaker).success();
    expect(breaker.snapshot()).toEqual({ state: 'closed', openSince: undefined, transitions: 3 });
    acquire(breaker);
    expect(breaker.tryAcquire()).toBeDefined();
  });

  it('opens again at one failure in half-open, and remembers since when it has not been closed', () => {
    failTimes(breaker, 5);
    const openSince = Date.now();
    vi.advanceTimersByTime(60_000);
    acquire(breaker).success();
    acquire(breaker).failure();
    expect(breaker.snapshot()).toEqual({ state: 'open', openSince, transitions: 3 });
    vi.advanceTimersByTime(59_999);
    expect(breaker.tryAcquire()).toBeUndefined();
    vi.advanceTimersByTime(1);
    acquire(breaker).success();
    expect(breaker.snapshot().state).toBe('half-open');
  });

  it('counts from zero again after it closed', () => {
    failTimes(breaker, 5);
    vi.advanceTimersByTime(60_000);
    acquire(breaker).success();
    acquire(breaker).success();
    failTimes(breaker, 4);
    expect(breaker.snapshot().state).toBe('closed');
  });

  it('gives an abandoned probe to the next who asks', () => {
    failTimes(breaker, 5);
    vi.advanceTimersByTime(60_000);
    acquire(breaker).abandon();
    expect(breaker.snapshot().state).toBe('half-open');
    expect(breaker.tryAcquire()).toBeDefined();
  });

  it('stays open longer where Retry-After asks for it', () => {
    failTimes(breaker, 4);
    acquire(breaker).failure(120_000);
    expect(breaker.retryInMs()).toBe(120_000);
    vi.advanceTimersByTime(119_999);
    expect(breaker.tryAcquire()).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(breaker.tryAcquire()).toBeDefined();
  });

  it('is never open for shorter than openMs, whatever Retry-After says', () => {
    failTimes(breaker, 4);
    acquire(breaker).failure(1_000);
    expect(breaker.retryInMs()).toBe(60_000);
  });

  it('lets nothing through while the host has asked to be left alone, closed as it is', () => {
    acquire(breaker).failure(120_000);
    expect(breaker.snapshot().state).toBe('closed');
    expect(breaker.tryAcquire()).toBeUndefined();
    expect([breaker.retryInMs(), breaker.quietMs()]).toEqual([120_000, 120_000]);
    vi.advanceTimersByTime(119_999);
    expect(breaker.tryAcquire()).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(breaker.tryAcquire()).toBeDefined();
    expect([breaker.retryInMs(), breaker.quietMs()]).toEqual([0, 0]);
  });

  it('heeds what other requests to the host were told, and what came with no judgement on its health', () => {
    breaker.heed(undefined);
    expect(breaker.quietMs()).toBe(0);
    breaker.heed(30_000);
    breaker.heed(10_000);
    expect(breaker.retryInMs()).toBe(30_000);
    vi.advanceTimersByTime(30_000);
    acquire(breaker).abandon(5_000);
    expect(breaker.retryInMs()).toBe(5_000);
  });

  it('heeds a Retry-After though another request succeeds after it: the server means it', () => {
    const other = acquire(breaker);
    acquire(breaker).failure(120_000);
    other.success();
    expect(breaker.retryInMs()).toBe(120_000);
  });

  it('is extended, but not moved, by what began before it opened', () => {
    const late = [acquire(breaker), acquire(breaker), acquire(breaker)];
    failTimes(breaker, 5);
    late[0]?.success();
    late[1]?.failure();
    expect(breaker.retryInMs()).toBe(60_000);
    late[2]?.failure(90_000);
    expect(breaker.retryInMs()).toBe(90_000);
    expect(breaker.snapshot().transitions).toBe(1);
  });

  it('does not take a late answer for that of its probe', () => {
    const late = acquire(breaker);
    failTimes(breaker, 5);
    vi.advanceTimersByTime(60_000);
    const probe = acquire(breaker);
    late.success();
    expect(breaker.tryAcquire()).toBeUndefined();
    probe.success();
    expect(breaker.snapshot().state).toBe('half-open');
  });

  it('settles a permit once', () => {
    const permit = acquire(breaker);
    for (let i = 0; i < 10; i++) {
      permit.failure(500_000);
    }
    expect(breaker.snapshot().state).toBe('closed');
    expect(breaker.retryInMs()).toBe(500_000);
    permit.failure(900_000);
    expect(breaker.retryInMs()).toBe(500_000);
  });

  it('measures by the monotonic clock: a set-back of the wall clock does not keep it open', () => {
    failTimes(breaker, 5);
    vi.setSystemTime(Date.now() - 3_600_000);
    vi.advanceTimersByTime(60_000);
    expect(breaker.tryAcquire()).toBeDefined();
  });
});
