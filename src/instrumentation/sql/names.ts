import {
  BACKSLASH_CODE,
  COLON_CODE,
  DOLLAR_CODE,
  DOT_CODE,
  MINUS_CODE,
  OPEN_BRACE_CODE,
  SLASH_CODE,
} from './characters.js';
import { isFileFormat } from './paths.js';
import { isShowable } from './summaryText.js';
import type { TokenReader } from './tokens.js';

/** A name with dots, as it is written but for white space and comments. */
export interface DottedName {
  /** Undefined if it has a part that is no name: a path, a number, a variable. */
  readonly text: string | undefined;
  readonly parts: number;
}

/** Reads the name that begins at the current token. @param table of a table, so that it may be a path: csv.`…` */
export function readName(reader: TokenReader, table: boolean): DottedName {
  let text = namePart(reader);
  let parts = 1;
  const format =
    table && reader.nextCode === DOT_CODE && text !== undefined && isFileFormat(text, 0, text.length);
  let isPath = false;
  while (reader.nextCode === DOT_CODE) {
    reader.next();
    reader.next();
    const part = namePart(reader);
    text = text === undefined || part === undefined ? undefined : `${text}.${part}`;
    parts++;
    isPath ||= format && reader.kind === 'name';
  }
  return { text: isNoEnd(reader) || isPath || (format && parts === 2) ? undefined : text, parts };
}

/** Whether a variable goes on with the name, or a path without quotes. */
function isNoEnd(reader: TokenReader): boolean {
  switch (reader.adjacentCode) {
    case DOLLAR_CODE:
    case OPEN_BRACE_CODE:
    case BACKSLASH_CODE:
    case COLON_CODE:
      return true;
    case MINUS_CODE:
    case SLASH_CODE:
      return !reader.commentFollows;
    default:
      return false;
  }
}

/** A name as it is compared: names are not case-sensitive, and the backticks are no part of them. */
export function foldName(name: string): string {
  const plain = name.startsWith('`') ? name.slice(1, -1) : name;
  return plain.toLowerCase();
}

function namePart(reader: TokenReader): string | undefined {
  if (reader.kind === 'word') {
    return reader.text;
  }
  if (reader.kind !== 'name') {
    return undefined;
  }
  const { text } = reader;
  return isShowable(text) ? text : undefined;
}
