import {
  BACKSLASH_CODE,
  CARRIAGE_RETURN,
  codeAt,
  MINUS_CODE,
  NEWLINE,
  PLUS_CODE,
  SLASH_CODE,
  STAR_CODE,
} from './characters.js';

/** Whether `--` or a slash with a star stands at `start`: a comment, or a hint. */
export function startsComment(sql: string, start: number): boolean {
  const code = codeAt(sql, start);
  if (code === MINUS_CODE) {
    return codeAt(sql, start + 1) === MINUS_CODE;
  }
  return code === SLASH_CODE && codeAt(sql, start + 1) === STAR_CODE;
}

/** End of a `--` comment. A backslash before the line feed continues it on the next line. */
export function endOfLineComment(sql: string, start: number): number {
  let i = start + 2;
  while (i < sql.length) {
    const code = codeAt(sql, i);
    if (code === NEWLINE || code === CARRIAGE_RETURN) {
      return i;
    }
    i += code === BACKSLASH_CODE && codeAt(sql, i + 1) === NEWLINE ? 2 : 1;
  }
  return sql.length;
}

/** End of a bracketed comment. They nest; what begins like a hint does not. */
export function endOfBlockComment(sql: string, start: number): number {
  let depth = 1;
  let i = start + 2;
  while (i < sql.length) {
    const code = codeAt(sql, i);
    if (code === STAR_CODE && codeAt(sql, i + 1) === SLASH_CODE) {
      i += 2;
      depth--;
      if (depth === 0) {
        return i;
      }
    } else if (code === SLASH_CODE && codeAt(sql, i + 1) === STAR_CODE) {
      if (codeAt(sql, i + 2) !== PLUS_CODE) {
        depth++;
      }
      i += 2;
    } else {
      i++;
    }
  }
  return sql.length;
}
