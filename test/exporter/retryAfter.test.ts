import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_RETRY_AFTER_MS, parseRetryAfter } from '../../src/exporter/retryAfter.js';

const NOW = Date.UTC(2026, 10, 20, 10, 0, 0);

describe('parseRetryAfter', () => {
  it.each([
    ['0', 0],
    ['7', 7_000],
    [' 120 ', 120_000],
    ['900', MAX_RETRY_AFTER_MS],
    ['86400', MAX_RETRY_AFTER_MS],
    ['999999999999999', MAX_RETRY_AFTER_MS],
    ['Fri, 20 Nov 2026 10:00:30 GMT', 30_000],
    ['Friday, 20-Nov-26 10:00:30 GMT', 30_000],
    ['Fri, 20 Nov 2026 11:00:00 GMT', MAX_RETRY_AFTER_MS],
    ['Fri, 20 Nov 2026 09:00:00 GMT', 0],
  ])('reads %j as %i ms', (value, expected) => {
    expect(parseRetryAfter(value, NOW)).toBe(expected);
  });

  it.each([
    '',
    ' ',
    '-5',
    '1.5',
    '1e3',
    'soon',
    '0x10',
    '2026-11-20',
    'Fri, 99 Foo 2026 10:00:30 GMT',
    'Fri, 20 Nov 2026 10:00:30',
    'on Fri, 20 Nov 2026 10:00:30 GMT',
    'Fri, 20 Nov 2026 10:00:30 GMT (local)',
    '9'.repeat(40),
  ])('makes nothing of %j', (value) => {
    expect(parseRetryAfter(value, NOW)).toBeUndefined();
  });

  it('takes the first of several and nothing from none', () => {
    expect(parseRetryAfter(['3', '4'], NOW)).toBe(3_000);
    expect(parseRetryAfter([], NOW)).toBeUndefined();
    expect(parseRetryAfter(undefined, NOW)).toBeUndefined();
  });

  it('never gives more than 15 minutes, nor less than nothing, nor anything that is no number', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9]{1,20}$/)), (value) => {
        const waitMs = parseRetryAfter(value, NOW) ?? 0;
        expect(waitMs).toBeGreaterThanOrEqual(0);
        expect(waitMs).toBeLessThanOrEqual(MAX_RETRY_AFTER_MS);
      }),
    );
  });
});
