import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KnownStatements } from '../../src/instrumentation/knownStatements.js';

describe('what is remembered of statements', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is one reading for the same text', () => {
    const known = new KnownStatements();
    const first = known.get('SELECT 1', true);
    expect(known.get('SELECT 1', true)).toBe(first);
    known.clear();
    expect(known.get('SELECT 1', true)).not.toBe(first);
    known.clear();
  });

  it('L2: is bounded in bytes, the first in going first', () => {
    const known = new KnownStatements();
    const text = (index: number) => `SELECT ${index} -- ${'x'.repeat(8_000)}`;
    const first = known.get(text(0), true);
    for (let index = 1; index < 100; index++) {
      known.get(text(index), true);
      expect(known.bytes).toBeLessThanOrEqual(262_144);
    }
    const last = known.get(text(99), true);
    expect(known.get(text(99), true)).toBe(last);
    expect(known.get(text(0), true)).not.toBe(first);
    known.clear();
    expect(known.bytes).toBe(0);
  });

  it('L2: is nothing of a text that is not to be kept', () => {
    const known = new KnownStatements();
    expect(known.get('SELECT 1', false)).not.toBe(known.get('SELECT 1', false));
    expect(known.bytes).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('L2: is forgotten when nobody has asked for ten minutes', () => {
    const known = new KnownStatements();
    known.get('SELECT 1', true);
    vi.advanceTimersByTime(500_000);
    known.get('SELECT 1', true);
    vi.advanceTimersByTime(500_000);
    expect(known.bytes).toBeGreaterThan(0);
    vi.advanceTimersByTime(1_200_000);
    expect(known.bytes).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
