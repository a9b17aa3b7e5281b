import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { InFlight, type InFlightEntry } from '../../src/inFlight.js';

class Entry implements InFlightEntry {
  readonly key: string;
  openedAtStep = 0;

  constructor(key: string) {
    this.key = key;
  }
}

const TTL_MS = 16_000;

describe('InFlight', () => {
  const fallen: string[] = [];
  let open: InFlight<Entry>;

  beforeEach(() => {
    vi.useFakeTimers();
    fallen.length = 0;
    open = new InFlight((entry, reason) => fallen.push(`${entry.key} ${reason}`));
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('lets the oldest fall out where there are too many, and no more than needed', () => {
    for (const key of ['a', 'b', 'c']) {
      open.makeRoom(2);
      open.add(new Entry(key), TTL_MS);
    }
    expect(fallen).toEqual(['a evicted']);
    expect([open.size, open.get('a'), open.newest?.key]).toEqual([2, undefined, 'c']);
  });

  it('lets each fall out at its own age, and at most a tenth later', () => {
    open.add(new Entry('a'), TTL_MS);
    vi.advanceTimersByTime(5_500);
    open.add(new Entry('b'), TTL_MS);
    vi.advanceTimersByTime(TTL_MS - 5_501);
    expect(fallen).toEqual([]);
    vi.advanceTimersByTime(TTL_MS / 10 + 1);
    expect(fallen).toEqual(['a expired']);
    vi.advanceTimersByTime(5_500 - TTL_MS / 10 - 1);
    expect(fallen).toEqual(['a expired']);
    vi.advanceTimersByTime(TTL_MS / 10 + 1);
    expect(fallen).toEqual(['a expired', 'b expired']);
  });

  it('has no timer while nothing is open, and one that does not keep the process alive else', () => {
    const setTimer = vi.spyOn(globalThis, 'setTimeout');
    expect(vi.getTimerCount()).toBe(0);
    open.add(new Entry('a'), TTL_MS);
    open.add(new Entry('b'), TTL_MS);
    expect(vi.getTimerCount()).toBe(1);
    const timers = setTimer.mock.results.map(({ value }) => value as NodeJS.Timeout);
    expect(timers.map((timer) => timer.hasRef())).toEqual([false]);
    vi.advanceTimersByTime(2 * TTL_MS);
    expect([open.size, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it('forgets what is removed: it never falls out', () => {
    const entry = new Entry('a');
    open.add(entry, TTL_MS);
    open.remove(entry);
    open.remove(entry);
    vi.advanceTimersByTime(2 * TTL_MS);
    expect([open.size, fallen.length]).toEqual([0, 0]);
  });

  it('gives back all that is open, oldest first, and stops its timer', () => {
    open.add(new Entry('a'), TTL_MS);
    open.add(new Entry('b'), TTL_MS);
    expect(open.drain().map(({ key }) => key)).toEqual(['a', 'b']);
    expect([open.size, vi.getTimerCount(), fallen.length]).toEqual([0, 0, 0]);
  });

  it('takes the time to live that was said last', () => {
    open.add(new Entry('a'), 1_000_000);
    open.add(new Entry('b'), 1_600);
    vi.advanceTimersByTime(1_000_000 / 16);
    vi.advanceTimersByTime(1_800);
    expect(fallen).toEqual(['a expired', 'b expired']);
  });
});
