import { describe, expect, it, vi } from 'vitest';
import { jittered, type Runtime, startDeadline } from '../src/runtime.js';
import { SimulatedRuntime } from './support/simulatedRuntime.js';

describe('startDeadline', () => {
  it('calls back once, when the time is over', async () => {
    const runtime = new SimulatedRuntime();
    const passed = vi.fn();
    startDeadline(runtime, 1_000, passed);
    await runtime.pass(999);
    expect(passed).not.toHaveBeenCalled();
    await runtime.pass(2);
    expect(passed).toHaveBeenCalledTimes(1);
    await runtime.pass(10_000);
    expect(passed).toHaveBeenCalledTimes(1);
    expect(runtime.timers).toBe(0);
  });

  it('is over when it is cancelled, at whatever moment', async () => {
    for (let cancelledAtMs = 0; cancelledAtMs < 1_000; cancelledAtMs += 90) {
      const runtime = new SimulatedRuntime();
      const passed = vi.fn();
      const deadline = startDeadline(runtime, 1_000, passed);
      await runtime.pass(cancelledAtMs);
      deadline.cancel();
      await runtime.pass(10_000);
      expect(passed).not.toHaveBeenCalled();
      expect(runtime.timers).toBe(0);
    }
  });

  it('looks at the network after each step, so that a late timer ends nothing that has an answer', () => {
    const timers: Array<() => void> = [];
    const polls: Array<() => void> = [];
    const runtime: Runtime = {
      now: () => 0,
      epochNow: () => 0,
      random: () => 0,
      startTimer: (_delayMs, job) => {
        timers.push(job);
        return job;
      },
      stopTimer: () => undefined,
      afterPoll: (job) => polls.push(job),
    };
    const passed = vi.fn();
    const deadline = startDeadline(runtime, 1_000, passed);
    // The loop was blocked for an hour: the timer fires, and what came in meanwhile is handled before anything else.
    for (let step = 0; step < 10; step++) {
      timers.shift()?.();
      expect(passed).not.toHaveBeenCalled();
      if (step < 9) {
        polls.shift()?.();
      }
    }
    expect(passed).not.toHaveBeenCalled();
    deadline.cancel();
    polls.shift()?.();
    expect(passed).not.toHaveBeenCalled();
  });
});

describe('jittered', () => {
  it('is a fifth shorter to a fifth longer', () => {
    const runtime = new SimulatedRuntime();
    const delays = Array.from({ length: 1_000 }, () => jittered(runtime, 100));
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(80);
    expect(Math.max(...delays)).toBeLessThan(120);
    expect(Math.max(...delays) - Math.min(...delays)).toBeGreaterThan(35);
  });
});
