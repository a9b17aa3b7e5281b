import {
  CLOSE,
  CLOSE_CODE,
  COMMA,
  COMMA_CODE,
  codeAt,
  DIGIT,
  isDigit,
  kindOf,
  LETTER,
  OPEN,
  OPEN_CODE,
  QUESTION_CODE,
  QUOTE,
  SIGN,
  SPACE,
} from './characters.js';
import { endOfSpace } from './lexer.js';
import { endOfNumber, endOfString, endOfWord, isTruthValue } from './literals.js';
import { isWord } from './words.js';

const HASH_SEED = 0x1c9dc5;
const HASH_PRIME = 0x01000193;
/** Behind a token that is kept: no character that could be in one. */
const TEXT_END = 0x1f;
/** DATE and TIME are the shortest words before the string of a typed literal. */
const SHORTEST_TYPE = 4;

/** The hash of an element of a list that consists of nothing but its comma. */
export const EMPTY_ELEMENT = hashOf(HASH_SEED, COMMA_CODE);

/** The hash of an element with one more token. */
export function hashOf(element: number, code: number): number {
  return Math.imul(element ^ code, HASH_PRIME);
}

/** The hash of an element with one more token that is kept as it is written. */
export function hashOfText(element: number, sql: string, start: number, end: number): number {
  let hash = element;
  for (let i = start; i < end; i++) {
    hash = hashOf(hash, sql.charCodeAt(i));
  }
  return hashOf(hash, TEXT_END);
}

/**
 * Jumps over the elements of a list that consist of values only and read the same as the one before, which has
 * the given hash and number of tokens: from the comma before the first one to the comma behind the last one. Long
 * lists are made of them, so this is done without the general machinery; what is not jumped over here comes to
 * the same end there.
 */
export function endOfRepeatedValues(sql: string, comma: number, hash: number, tokens: number): number {
  let end = comma;
  for (let next = comma; next !== -1; next = endOfValueElement(sql, next, hash, tokens)) {
    end = next;
  }
  return end;
}

/** The comma behind the element; -1 if the element is another one. */
function endOfValueElement(sql: string, comma: number, expected: number, tokens: number): number {
  let hash = EMPTY_ELEMENT;
  let depth = 0;
  let valueMayFollow = true;
  let i = comma + 1;
  for (let rest = tokens; rest >= 0; ) {
    const kind = kindOf(codeAt(sql, i));
    if (kind === SPACE) {
      i = endOfSpace(sql, i);
      continue;
    }
    rest--;
    if (kind === COMMA) {
      if (depth === 0) {
        return hash === expected ? i : -1;
      }
      hash = hashOf(hash, COMMA_CODE);
      valueMayFollow = true;
      i++;
    } else if (kind === OPEN && valueMayFollow) {
      hash = hashOf(hash, OPEN_CODE);
      depth++;
      i++;
    } else if (kind === CLOSE && depth > 0) {
      hash = hashOf(hash, CLOSE_CODE);
      depth--;
      valueMayFollow = false;
      i++;
    } else if (valueMayFollow) {
      const typeEnd = kind === LETTER ? endOfType(sql, i) : -1;
      if (typeEnd !== -1) {
        hash = hashOfText(hash, sql, i, typeEnd);
        i = typeEnd;
        continue;
      }
      const end = endOfValue(sql, i, kind);
      if (end === -1) {
        return -1;
      }
      hash = hashOf(hash, QUESTION_CODE);
      valueMayFollow = false;
      i = end;
    } else {
      return -1;
    }
  }
  return -1;
}

/** End of the word before a string, as in `DATE'2024-01-01'`; -1 if there is none. */
function endOfType(sql: string, start: number): number {
  const end = endOfWord(sql, start);
  const next = kindOf(codeAt(sql, end)) === SPACE ? endOfSpace(sql, end) : end;
  return end - start >= SHORTEST_TYPE && kindOf(codeAt(sql, next)) === QUOTE ? end : -1;
}

/** End of a literal of a common kind; -1 if there is another token. */
function endOfValue(sql: string, start: number, kind: number): number {
  switch (kind) {
    case DIGIT:
      return endOfNumber(sql, start);
    case QUOTE:
      return endOfString(sql, start);
    case SIGN:
      return isDigit(codeAt(sql, start + 1)) ? endOfNumber(sql, start + 1) : -1;
    case LETTER: {
      const end = endOfWord(sql, start);
      return isTruthValue(sql, start, end) || isWord(sql, start, end, 'NULL') ? end : -1;
    }
    default:
      return codeAt(sql, start) === QUESTION_CODE ? start + 1 : -1;
  }
}
