import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { truncateSql } from '../../src/instrumentation/sql/index.js';
import { bundledRoom } from './bundledRoom.js';
import { SECRET_NUMBER, SECRET_WORD, statementOf } from './statementGenerator.js';

const WHOLE_STATEMENTS = 60_000;
const SHORTENED_STATEMENTS = 40_000;
const STRINGS = 10_000;
const PATIENCE_MS = 120_000;
/** The space before a placeholder, where a word and an unterminated literal touch. */
const GROWTH = 1;

const { sanitizeSql, summarizeSql } = await bundledRoom();
const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const lengths = fc.integer({ min: 0, max: 200 });
const codeUnits = fc.string({ unit: fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code)) });
const unicode = fc.string({ unit: 'binary', maxLength: 60 });
const fragments = fc
  .array(
    fc.constantFrom(
      ...[
        "'",
        "''",
        '"',
        '`',
        '``',
        '\\',
        '--',
        '/*',
        '*/',
        '/*+',
        '\n',
        '\r',
        ' ',
        '(',
        ')',
        ',',
        ';',
        '.',
        ':',
      ],
      ...[
        'IN (',
        'VALUES (',
        "r'",
        "x'",
        'R"',
        '$',
        '$$',
        '$a$',
        '1',
        '.5',
        '1e-5',
        '-',
        '+',
        'TRUE',
        'NULL',
        'abc',
      ],
      ...[
        '@',
        '::',
        '?',
        '://',
        's3://',
        '*',
        '=',
        'SET a.b',
        '[',
        ']',
        '‘',
        '’',
        '😀',
        '\ud800',
        '\u00a0',
        'DATE',
        '{',
      ],
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''));

function expectNoSecret(text: string | undefined, sql: string): void {
  const lower = text?.toLowerCase() ?? '';
  if (lower.includes(SECRET_WORD) || lower.includes(SECRET_NUMBER)) {
    throw new Error(`${JSON.stringify(sql)} leaks in ${JSON.stringify(text)}`);
  }
}

// Without `expect`, which takes longer than what is tested.
function expectStable(sql: string, maxLength: number): string {
  const text = sanitizeSql(sql, maxLength);
  const again = sanitizeSql(text, maxLength);
  if (text.length > Math.min(maxLength, sql.length + GROWTH)) {
    throw new Error(`${JSON.stringify(sql)} grows to ${JSON.stringify(text)}`);
  }
  if (again !== text) {
    throw new Error(`${JSON.stringify(sql)}: ${JSON.stringify(text)}, then ${JSON.stringify(again)}`);
  }
  return text;
}

describe('100,000 generated statements', { timeout: PATIENCE_MS }, () => {
  it('no literal and no comment survives, sanitizing again changes nothing, and the text grows by one at most', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const sql = statementOf(seed);
        expectNoSecret(expectStable(sql, Number.POSITIVE_INFINITY), sql);
        const { summary, storedProcedure } = summarizeSql(sql);
        expectNoSecret(summary, sql);
        expectNoSecret(storedProcedure, sql);
      }),
      { numRuns: WHOLE_STATEMENTS },
    );
  });

  it('the same for any maximum length', () => {
    fc.assert(
      fc.property(seeds, lengths, (seed, maxLength) => {
        const sql = statementOf(seed);
        expectNoSecret(expectStable(sql, maxLength), sql);
      }),
      { numRuns: SHORTENED_STATEMENTS },
    );
  });

  it('contain every kind of secret, so that the properties above mean something', () => {
    const statements = Array.from({ length: 1_000 }, (_, seed) => statementOf(seed * 7_919));
    const kinds = [
      /'[^']*zqx/,
      /"[^"]*zqx/,
      /r'[^']*zqx/i,
      /x'7318/i,
      /\$\$[^$]*zqx/,
      /\$py\$/,
      /--[^\n]*zqx/,
      /\/\*[^*]*zqx/,
    ];
    const numbers = [
      /\.7318/,
      /7318e7318/i,
      /7318BD/,
      /0x7318/,
      /@v7318/,
      /‘zqx/,
      /`\/mnt\/zqx/,
      /SET a\.b\.c = zqx/,
    ];
    for (const kind of [...kinds, ...numbers]) {
      expect(
        statements.some((sql) => kind.test(sql)),
        String(kind),
      ).toBe(true);
    }
  });
});

describe('any text at all', { timeout: PATIENCE_MS }, () => {
  const texts = fc.oneof(codeUnits, unicode, fragments);

  it('is sanitized without throwing, stably, and within the length', () => {
    fc.assert(
      fc.property(texts, fc.oneof(lengths, fc.constant(Number.POSITIVE_INFINITY)), (sql, maxLength) => {
        expectStable(sql, maxLength);
      }),
      { numRuns: STRINGS * 2 },
    );
  });

  it('keeps its surrogate pairs whole, sanitized or truncated', () => {
    const loneSurrogate = /\p{Surrogate}/u;
    fc.assert(
      fc.property(unicode, lengths, (sql, maxLength) => {
        fc.pre(!loneSurrogate.test(sql));
        expect(sanitizeSql(sql, maxLength)).not.toMatch(loneSurrogate);
        expect(truncateSql(sql, maxLength)).not.toMatch(loneSurrogate);
      }),
      { numRuns: STRINGS },
    );
  });

  it('is summed up without throwing, in at most 255 characters', () => {
    fc.assert(
      fc.property(texts, (sql) => {
        const { summary, statementType } = summarizeSql(`SELECT * FROM ${sql}`);
        expect(statementType).toBe('QUERY');
        expect(summary?.length ?? 0).toBeLessThanOrEqual(255);
        summarizeSql(sql);
      }),
      { numRuns: STRINGS },
    );
  });
});
