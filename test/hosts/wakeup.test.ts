import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { backgroundOf, Wakeup } from '../../src/background.js';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('Wakeup', () => {
  it('does its job once, at the earliest of the times that it was asked for', () => {
    const job = vi.fn();
    const wakeup = new Wakeup(backgroundOf(), job);
    for (const delay of [500, 300, 400]) {
      wakeup.in(delay);
    }
    vi.advanceTimersByTime(299);
    expect(job).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    expect(job).toHaveBeenCalledTimes(1);
  });

  it('can be asked again from within its job, and be cancelled', () => {
    const job = vi.fn(() => wakeup.in(100));
    const wakeup: Wakeup = new Wakeup(backgroundOf(), job);
    wakeup.at(0);
    vi.advanceTimersByTime(250);
    expect(job).toHaveBeenCalledTimes(3);
    wakeup.cancel();
    vi.advanceTimersByTime(1_000);
    expect(job).toHaveBeenCalledTimes(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('never does what is asked for at an infinite time', () => {
    const wakeup = new Wakeup(backgroundOf(), vi.fn());
    wakeup.at(Number.POSITIVE_INFINITY);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('survives a job that throws', () => {
    const wakeup = new Wakeup(backgroundOf(), () => {
      throw new Error('a bug');
    });
    wakeup.in(1);
    vi.advanceTimersByTime(10);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does its job in the context in which the background was made, not in that of whoever asked', async () => {
    vi.useRealTimers();
    const storage = new AsyncLocalStorage<string>();
    const background = storage.run('the start', () => backgroundOf());
    const seen = await new Promise((resolve) => {
      const wakeup = new Wakeup(background, () => resolve(storage.getStore()));
      storage.run('a request', () => wakeup.in(1));
    });
    expect(seen).toBe('the start');
  });
});
