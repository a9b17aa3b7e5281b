import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bundledRoom } from './bundledRoom.js';
import { MARK, placedStatementOf } from './placeGenerator.js';

const BATCHES = 1_000;
const STATEMENTS_PER_BATCH = 200;
const PATIENCE_MS = 240_000;
const LONGEST_SUMMARY = 255;

const { sanitizeSql, summarizeSql } = await bundledRoom();
const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });

// Without `expect`, which takes longer than what is tested.
function check(seed: number): void {
  const { sql, summary: expected } = placedStatementOf(seed);
  const text = sanitizeSql(sql, Number.POSITIVE_INFINITY);
  const { summary, storedProcedure } = summarizeSql(sql);
  if (`${text} ${summary} ${storedProcedure}`.includes(MARK)) {
    throw new Error(`${JSON.stringify(sql)} shows a value: ${JSON.stringify(text)}, ${summary}`);
  }
  const isWhole = expected.length <= LONGEST_SUMMARY;
  if (isWhole ? summary !== expected : !expected.startsWith(`${summary} `)) {
    throw new Error(`${JSON.stringify(sql)} is summed up as ${summary}, not as ${expected}`);
  }
}

function checkText(seed: number): void {
  const { sql } = placedStatementOf(seed);
  const text = sanitizeSql(sql, Number.POSITIVE_INFINITY);
  const again = sanitizeSql(text, Number.POSITIVE_INFINITY);
  if (again !== text) {
    throw new Error(`${JSON.stringify(sql)}: ${JSON.stringify(text)}, then ${JSON.stringify(again)}`);
  }
  const shortened = sanitizeSql(sql, seed % sql.length);
  if (sanitizeSql(shortened, seed % sql.length) !== shortened || shortened.includes(MARK)) {
    throw new Error(`${JSON.stringify(sql)}, shortened: ${JSON.stringify(shortened)}`);
  }
}

describe('200,000 statements with keywords for names, and values wherever they may stand', () => {
  it('no value is in the text or the summary; every table is in the summary, and nothing else', {
    timeout: PATIENCE_MS,
  }, () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        for (let i = 0; i < STATEMENTS_PER_BATCH; i++) {
          check(seed + i * 7_919);
        }
      }),
      { numRuns: BATCHES, endOnFailure: true },
    );
  });

  it('the text is stable, whole and shortened', { timeout: PATIENCE_MS }, () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        for (let i = 0; i < STATEMENTS_PER_BATCH; i++) {
          checkText(seed + i * 7_919);
        }
      }),
      { numRuns: BATCHES / 10, endOnFailure: true },
    );
  });

  it('have every kind of place, so that the properties above mean something', () => {
    const statements = Array.from({ length: 5_000 }, (_, seed) => placedStatementOf(seed * 7_919).sql);
    const places = [
      /csv\.`[^`]*zqx/,
      /^SET [^=]*=[^;]*zqx[^;]*;/,
      /^\(SET .*zqx/,
      /^EXPLAIN SET .*zqx/,
      /BEGIN SET a\.b = zqx/,
      /GRANT .* TO zqx/,
      /GRANT .* TO GROUP `zqx/,
      /REVOKE .* FROM zqx/,
      /OWNER TO zqx/,
      /SHOW GRANTS `zqx/,
      /ADD USER zqx/,
      /LOCATION \/mnt\/zqx/,
      /password zqx/,
      /ADD JAR .*zqx/,
      /PUT .*zqx.* INTO .*zqx/,
      /FROM from\b/,
      /JOIN join\b/,
      /\bt\.from\b/,
      /AS select\b/,
      /EXISTS \(FROM/,
    ];
    for (const place of places) {
      expect(
        statements.some((sql) => place.test(sql)),
        String(place),
      ).toBe(true);
    }
  });
});
