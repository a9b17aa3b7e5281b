import { afterEach, describe, expect, it } from 'vitest';
import { sanitizeSql, summarizeSql } from '../../src/instrumentation/sql/index.js';

const MEGABYTE = 1_000_000;
const MAX_LENGTH = 4_096;
/** Looks at one character, on average; what is more than a constant would show here as a multiple of the size. */
const MOST_READS_PER_CHARACTER = 12;
const SUMMARY_WINDOW = 8_192;

/** What the name says, of which a megabyte is made, and what becomes of it; undefined: it fills the whole length. */
const inputs: readonly (readonly [name: string, unit: string, text: string | undefined, before?: string])[] =
  [
    ['quotes', "'", '?'],
    ['double quotes', '"', '?'],
    ['open string', 'a', '?', "'"],
    ['backslashes in a string', '\\', '?', "'"],
    ['raw strings', "r'", undefined],
    ['backticks', '`', '`'.repeat(0)],
    ['open name', 'a', '?', '`'],
    ['paths in backticks', '`/`.', undefined],
    ['open comment', 'x*', '', '/*'],
    ['nested comments', '/*', ''],
    ['nested hints', '/*+ ', ''],
    ['strings in a hint', "'*/'", '', '/*+'],
    ['comment after comment', '/**/', ''],
    ['line comments', '--\n', ''],
    ['continued line comment', '\\\n', '', '--'],
    ['white space', ' \t\n', ''],
    ['open parentheses', '(', undefined],
    ['closed parentheses', ')', undefined],
    ['lists in lists', 'IN (', undefined],
    ['dollars', '$', undefined],
    ['dollar tags', '$a', undefined],
    ['one tag without an end', 'a', `$${'a'.repeat(0)}`, '$'],
    ['signs', '- ', undefined],
    ['signs far apart', `-${' '.repeat(99)}`, undefined],
    ['dots', '.', undefined],
    ['numbers', '1 ', undefined],
    ['one number', '1', '?'],
    ['exponents', '1e+', '?'],
    ['one word', 'a', ''],
    ['words', 'abc ', undefined],
    ['one URI', 'a://', '?'],
    ['typographic quotes', '‘', undefined],
    ['adjacent strings', "'a' ", '?'],
    ['a list of numbers', '1, ', 'x IN (?, ', 'x IN ('],
    ['a list of strings', "'a', ", 'x IN (?, ', 'x IN ('],
    ['a list of NULLs', 'NULL,', 'x IN (?,', 'x IN ('],
    ['a list of commas', ',', 'x IN (', 'x IN ('],
    ['a list of one name', 'a,', 'x IN (a', 'x IN ('],
    ['a list of names', 'a,b,', undefined, 'x IN ('],
    ['a list of dates', "DATE'2024-01-01',", 'x IN (DATE ?', 'x IN ('],
    ['rows', "(1, 'a', NULL), ", 'VALUES (?, ?, ?), ', 'VALUES '],
    ['rows of changing length', '(1),(1,1),', undefined, 'VALUES '],
    ['one endless row after a short one', '(', undefined, 'VALUES (1), '],
    ['settings', 'SET a.b=c;', undefined],
  ];

const charCodeAt = String.prototype.charCodeAt;

afterEach(() => {
  String.prototype.charCodeAt = charCodeAt;
});

function hostile(unit: string, size: number, before = ''): string {
  return before + unit.repeat(Math.ceil(size / unit.length));
}

/** How often a character is looked at during a call. */
function countReads(call: () => unknown): number {
  let reads = 0;
  String.prototype.charCodeAt = function count(this: string, index: number): number {
    reads++;
    return charCodeAt.call(this, index);
  };
  call();
  String.prototype.charCodeAt = charCodeAt;
  return reads;
}

describe.each(inputs)('a megabyte of hostile SQL: %s', (_, unit, expected, before) => {
  it('is sanitized, stably', () => {
    const text = sanitizeSql(hostile(unit, MEGABYTE, before), MAX_LENGTH);
    if (expected === undefined) expect(text.length).toBeGreaterThan(MAX_LENGTH - 100);
    expect(text.length).toBeLessThanOrEqual(MAX_LENGTH);
    expect(sanitizeSql(text, MAX_LENGTH)).toBe(text);
  });

  it.runIf(expected !== undefined)('has nothing left but its form', () => {
    const text = sanitizeSql(hostile(unit, MEGABYTE, before), MAX_LENGTH);
    expect(text).toBe(expected?.trimEnd());
  });

  it('costs the same for each character, however many there are', () => {
    const small = hostile(unit, MEGABYTE / 100, before);
    const large = hostile(unit, MEGABYTE / 5, before);
    const readsOfSmall = countReads(() => sanitizeSql(small, Number.POSITIVE_INFINITY));
    const readsOfLarge = countReads(() => sanitizeSql(large, Number.POSITIVE_INFINITY));
    expect(readsOfSmall).toBeLessThan(MOST_READS_PER_CHARACTER * small.length);
    expect(readsOfLarge).toBeLessThan(MOST_READS_PER_CHARACTER * large.length);
  });

  it('is not read any further when the text is full', () => {
    const sql = hostile(unit, MEGABYTE / 5, before);
    const reads = countReads(() => sanitizeSql(sql, 100));
    const most =
      expected === undefined ? 100 * 100 * MOST_READS_PER_CHARACTER : MOST_READS_PER_CHARACTER * sql.length;
    expect(reads).toBeLessThan(most);
  });

  it('is summed up from its beginning', () => {
    const sql = `SELECT ${hostile(unit, MEGABYTE / 5, before)}`;
    expect(countReads(() => summarizeSql(sql))).toBeLessThan(4 * MOST_READS_PER_CHARACTER * SUMMARY_WINDOW);
    expect(summarizeSql(sql).operation).toBe('SELECT');
  });
});
