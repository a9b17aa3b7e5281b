import { codeAt, DOT_CODE, EQUALS_CODE, kindOf, LETTER, OPEN, QUOTE, SEMICOLON_CODE } from './characters.js';
import { keywordAt } from './keywords.js';
import { endOfBlank, endOfToken } from './lexer.js';
import { endOfWord } from './literals.js';
import { keywordBehind } from './rawOperands.js';

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
export function setForm(sql: string, setEnd: number, script: boolean): SetForm {
  const start = endOfBlank(sql, setEnd);
  if (kindOf(codeAt(sql, start)) !== LETTER) {
    return script && kindOf(codeAt(sql, start)) === OPEN ? 'tokens' : 'setting';
  }
  const end = endOfWord(sql, start);
  const next = endOfBlank(sql, end);
  if (codeAt(sql, next) === EQUALS_CODE) {
    return script ? 'tokens' : 'setting';
  }
  switch (keywordAt(sql, start, end)) {
    case 'VAR':
    case 'VARIABLE':
      return codeAt(sql, next) === DOT_CODE ? 'setting' : 'tokens';
    case 'CATALOG':
    case 'COLLATION':
      return codeAt(sql, next) === DOT_CODE ? 'setting' : 'tokens';
    case 'ROLE':
      return 'bare';
    case 'TAG':
      return keywordBehind(sql, end) === 'ON' ? 'tag' : 'setting';
    case 'TIME':
      return timeZoneForm(sql, end);
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

function timeZoneForm(sql: string, timeEnd: number): SetForm {
  if (keywordBehind(sql, timeEnd) !== 'ZONE') {
    return 'setting';
  }
  const zone = endOfBlank(sql, timeEnd);
  const value = endOfBlank(sql, endOfWord(sql, zone));
  if (kindOf(codeAt(sql, value)) === QUOTE) {
    return 'tokens';
  }
  const keyword = keywordBehind(sql, value);
  return keyword === 'LOCAL' || keyword === 'INTERVAL' ? 'tokens' : 'bare';
}
