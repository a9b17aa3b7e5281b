import { codeAt, DOT_CODE, EQUALS_CODE, kindOf, LETTER, OPEN, QUOTE, SEMICOLON_CODE } from './characters.js';
import { keywordAt } from './keywords.js';
import { endOfToken } from './lexer.js';
import { endOfWord } from './literals.js';
import type { Lookahead } from './lookahead.js';

/** What stands behind SET. */
export type SetForm =
  /** A variable, a catalog: what follows are tokens. */
  | 'tokens'
  /** `SET key = value`: the value is free text without quotes, and may be a secret. */
  | 'setting'
  /** `SET ROLE x`, `SET TIME ZONE x`: no setting, but a value without quotes. */
  | 'bare'
  /** `SET TAG ON TABLE t key = value`. */
  | 'tag';

/**
 * The form of the SET statement whose first word ends at `setEnd`. As the server reads it: outside of a script, what
 * has none of the listed words is a setting. In a script it is a variable, but if it has dots it may be either.
 */
export function setForm(ahead: Lookahead, setEnd: number, script: boolean): SetForm {
  const { sql } = ahead;
  const start = ahead.next(setEnd);
  if (kindOf(codeAt(sql, start)) !== LETTER) {
    return script && kindOf(codeAt(sql, start)) === OPEN ? 'tokens' : 'setting';
  }
  const end = endOfWord(sql, start);
  const next = ahead.code(end);
  if (next === EQUALS_CODE) {
    return script ? 'tokens' : 'setting';
  }
  switch (keywordAt(sql, start, end)) {
    case 'VAR':
    case 'VARIABLE':
    case 'CATALOG':
    case 'COLLATION':
      return next === DOT_CODE ? 'setting' : 'tokens';
    case 'ROLE':
      return 'bare';
    case 'TAG':
      return ahead.keyword(end) === 'ON' ? 'tag' : 'setting';
    case 'TIME':
      return timeZoneForm(ahead, end);
    default:
      return 'setting';
  }
}

/** End of a statement whose tokens have no meaning: its semicolon, or the end of the text. */
export function endOfStatement(sql: string, start: number): number {
  let i = start;
  while (i < sql.length && codeAt(sql, i) !== SEMICOLON_CODE) {
    i = endOfToken(sql, i);
  }
  return i;
}

function timeZoneForm(ahead: Lookahead, timeEnd: number): SetForm {
  if (ahead.keyword(timeEnd) !== 'ZONE') {
    return 'setting';
  }
  const zoneEnd = endOfWord(ahead.sql, ahead.next(timeEnd));
  if (kindOf(ahead.code(zoneEnd)) === QUOTE) {
    return 'tokens';
  }
  const keyword = ahead.keyword(zoneEnd);
  return keyword === 'LOCAL' || keyword === 'INTERVAL' ? 'tokens' : 'bare';
}
