import { describe, expect, it } from 'vitest';
import { truncateSql } from '../../src/instrumentation/sql/index.js';

describe('truncated raw text', () => {
  it('is the same if it is short enough', () => {
    expect(truncateSql('SELECT 1', 8)).toBe('SELECT 1');
    expect(truncateSql('', 0)).toBe('');
  });

  it('is cut at the length', () => {
    expect(truncateSql('SELECT 1', 6)).toBe('SELECT');
    expect(truncateSql('SELECT 1', 6.9)).toBe('SELECT');
  });

  it('does not end with half a surrogate pair', () => {
    expect(truncateSql('a😀b', 2)).toBe('a');
    expect(truncateSql('a😀b', 3)).toBe('a😀');
  });

  it('keeps what is no pair', () => {
    expect(truncateSql('\ud83d\ud83d\ude00', 1)).toBe('\ud83d');
  });

  it.each([0, -1, Number.NaN])('of the length %d is empty', (maxLength) => {
    expect(truncateSql('SELECT 1', maxLength)).toBe('');
  });

  it('of a large text has the right characters', () => {
    expect(truncateSql('abc'.repeat(100_000), 5)).toBe('abcab');
  });
});
