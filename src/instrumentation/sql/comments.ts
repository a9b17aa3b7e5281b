import {
  BACKSLASH_CODE,
  CARRIAGE_RETURN,
  MINUS_CODE,
  NEWLINE,
  PLUS_CODE,
  SLASH_CODE,
  STAR_CODE,
} from './characters.js';

/** Whether `--` or a slash with a star stands at `start`: a comment, or a hint. */
export function startsComment(sql: string, start: number): boolean {
  const code = sql.charCodeAt(start);
  if (code === MINUS_CODE) return sql.charCodeAt(start + 1) === MINUS_CODE;
  return code === SLASH_CODE && sql.charCodeAt(start + 1) === STAR_CODE;
}

/** Whether the comment at `start` is a hint. */
export function isHint(sql: string, start: number): boolean {
  return sql.charCodeAt(start + 1) === STAR_CODE && sql.charCodeAt(start + 2) === PLUS_CODE;
}

/** End of a comment that is not a hint; the end of the text if it is unterminated. */
export function endOfPlainComment(sql: string, start: number): number {
  return sql.charCodeAt(start) === MINUS_CODE ? endOfLineComment(sql, start) : endOfBlockComment(sql, start);
}

// A backslash before the line feed continues the comment on the next line.
function endOfLineComment(sql: string, start: number): number {
  let i = start + 2;
  while (i < sql.length) {
    const code = sql.charCodeAt(i);
    if (code === NEWLINE || code === CARRIAGE_RETURN) return i;
    i += code === BACKSLASH_CODE && sql.charCodeAt(i + 1) === NEWLINE ? 2 : 1;
  }
  return sql.length;
}

// Comments nest, in Databricks as in Spark.
function endOfBlockComment(sql: string, start: number): number {
  let depth = 1;
  let i = start + 2;
  while (i < sql.length) {
    const code = sql.charCodeAt(i);
    if (code === STAR_CODE && sql.charCodeAt(i + 1) === SLASH_CODE) {
      i += 2;
      depth--;
      if (depth === 0) return i;
    } else if (code === SLASH_CODE && sql.charCodeAt(i + 1) === STAR_CODE) {
      i += 2;
      depth++;
    } else {
      i++;
    }
  }
  return sql.length;
}
