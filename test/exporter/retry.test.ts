import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CircuitBreaker, type Permit } from '../../src/exporter/circuitBreaker.js';
import type { ExportResult } from '../../src/exporter/contract.js';
import { type AttemptResult, withRetries } from '../../src/exporter/retry.js';
import { NODE_RUNTIME } from '../../src/runtime.js';
import { never } from './support/fixtures.js';

const SUCCESS: ExportResult = { outcome: 'success', accepted: 1, rejected: 0 };
const DONE: Extract<AttemptResult, { kind: 'done' }> = { kind: 'done', result: SUCCESS };

interface Failed {
  readonly kind: 'failed';
  readonly error: string;
  readonly soon: boolean;
  readonly retryAfterMs?: number;
}

type Attempted = Failed | Extract<AttemptResult, { kind: 'done' }>;

function failed(overrides: Partial<Failed> = {}): Failed {
  return { kind: 'failed', error: '503', soon: true, ...overrides };
}

describe('withRetries', () => {
  let breaker: CircuitBreaker;
  let attemptedAt: number[];

  beforeEach(() => {
    vi.useFakeTimers();
    vi.setSystemTime(0);
    vi.spyOn(Math, 'random').mockReturnValue(0);
    breaker = new CircuitBreaker(
      'test',
      { failureThreshold: 5, openMs: 60_000, successThreshold: 2 },
      NODE_RUNTIME,
    );
    attemptedAt = [];
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  /** Attempts that come to these results one after the other, the last one again and again. */
  function attempts(...results: Attempted[]) {
    return async (permit: Permit) => {
      attemptedAt.push(Date.now());
      const result = results[Math.min(attemptedAt.length, results.length) - 1] ?? DONE;
      if (result.kind === 'failed') permit.failure(result.retryAfterMs);
      return result;
    };
  }

  function services(maxRetries = 3) {
    return { breaker, maxRetries, runtime: NODE_RUNTIME };
  }

  async function run(attempt: (permit: Permit) => Promise<AttemptResult>, maxRetries = 3, signal = never) {
    const result = withRetries(attempt, services(maxRetries), signal);
    await vi.advanceTimersByTimeAsync(20_000);
    return result;
  }

  it('does not repeat what is done', async () => {
    expect(await run(attempts(DONE))).toBe(SUCCESS);
    expect(attemptedAt).toEqual([0]);
  });

  it('waits 100 ms, twice as long each time, at most 1 s', async () => {
    breaker = new CircuitBreaker(
      'test',
      { failureThreshold: 99, openMs: 1, successThreshold: 1 },
      NODE_RUNTIME,
    );
    expect(await run(attempts(failed()), 6)).toEqual({ outcome: 'retryable', error: '503' });
    const waits = attemptedAt.slice(1).map((at, i) => at - (attemptedAt[i] ?? 0));
    expect(waits).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  it('waits up to twice as long where chance wants it so', async () => {
    vi.mocked(Math.random).mockReturnValue(1);
    await run(attempts(failed(), DONE));
    expect(attemptedAt).toEqual([0, 200]);
  });

  it('retries maxRetries times and no more', async () => {
    await run(attempts(failed()), 3);
    expect(attemptedAt).toHaveLength(4);
    attemptedAt = [];
    await run(attempts(failed()), 0);
    expect(attemptedAt).toHaveLength(1);
  });

  it('waits as long as Retry-After says where that is longer', async () => {
    expect(await run(attempts(failed({ retryAfterMs: 2_000 }), DONE))).toBe(SUCCESS);
    expect(attemptedAt).toEqual([0, 2_001]);
  });

  it('waits for 5 s and no longer', async () => {
    expect(await run(attempts(failed({ retryAfterMs: 4_999 }), DONE))).toBe(SUCCESS);
    expect(attemptedAt).toEqual([0, 5_000]);
    attemptedAt = [];
    vi.setSystemTime(0);
    expect(await run(attempts(failed({ retryAfterMs: 5_000 }), DONE))).toMatchObject({
      outcome: 'retryable',
    });
    expect(attemptedAt).toEqual([0]);
  });

  it('gives the batch back where Retry-After asks for minutes', async () => {
    expect(await run(attempts(failed({ error: '429', retryAfterMs: 120_000 })))).toEqual({
      outcome: 'retryable',
      error: '429',
    });
    expect(attemptedAt).toEqual([0]);
  });

  it('does not retry at once what is not worth it', async () => {
    expect(await run(attempts(failed({ error: 'CERT_HAS_EXPIRED', soon: false })))).toEqual({
      outcome: 'retryable',
      error: 'CERT_HAS_EXPIRED',
    });
    expect(attemptedAt).toEqual([0]);
  });

  it('asks the breaker before the first attempt', async () => {
    for (let i = 0; i < 5; i++) breaker.tryAcquire()?.failure();
    expect(await withRetries(attempts(DONE), services(), never)).toEqual({
      outcome: 'blocked',
      retryInMs: 60_000,
    });
    expect(attemptedAt).toEqual([]);
  });

  it('asks the breaker before each retry', async () => {
    breaker.tryAcquire()?.failure();
    breaker.tryAcquire()?.failure();
    const result = withRetries(attempts(failed()), services(10), never);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await result).toMatchObject({ outcome: 'retryable', error: '503' });
    expect(attemptedAt).toHaveLength(3);
    expect(breaker.snapshot().state).toBe('open');
  });

  it('ends at once when it is aborted while it waits, and leaves no timer', async () => {
    const abort = new AbortController();
    const result = withRetries(attempts(failed()), services(), abort.signal);
    await vi.advanceTimersByTimeAsync(10);
    abort.abort();
    expect(await result).toEqual({ outcome: 'aborted' });
    expect(attemptedAt).toEqual([0]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('gives back the permit of an attempt that threw', async () => {
    breaker = new CircuitBreaker(
      'test',
      { failureThreshold: 1, openMs: 10, successThreshold: 1 },
      NODE_RUNTIME,
    );
    breaker.tryAcquire()?.failure();
    vi.advanceTimersByTime(10);
    const broken = async () => {
      throw new Error('fault');
    };
    await expect(withRetries(broken, services(), never)).rejects.toThrow('fault');
    expect(breaker.tryAcquire()).toBeDefined();
  });
});
