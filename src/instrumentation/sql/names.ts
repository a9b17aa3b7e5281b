import { DOLLAR_CODE, DOT_CODE } from './characters.js';
import { isShowable } from './summaryText.js';
import type { TokenReader } from './tokens.js';

const OPEN_BRACE_CODE = 123;

/**
 * Reads the dotted name that begins at the current token. Undefined if it has a part that is no name: a path in
 * backticks, a number, a variable.
 */
export function readName(reader: TokenReader): string | undefined {
  let name = namePart(reader);
  while (reader.nextCode === DOT_CODE) {
    reader.next();
    reader.next();
    const part = namePart(reader);
    name = name === undefined || part === undefined ? undefined : `${name}.${part}`;
  }
  const { adjacentCode } = reader;
  return adjacentCode === DOLLAR_CODE || adjacentCode === OPEN_BRACE_CODE ? undefined : name;
}

/** A name as it is compared: names are not case-sensitive, and the backticks are no part of them. */
export function foldName(name: string): string {
  const plain = name.startsWith('`') ? name.slice(1, -1) : name;
  return plain.toLowerCase();
}

function namePart(reader: TokenReader): string | undefined {
  if (reader.kind === 'word') return reader.text;
  if (reader.kind !== 'name') return undefined;
  const { text } = reader;
  return isShowable(text) ? text : undefined;
}
