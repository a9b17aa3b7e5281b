import type { SummaryText } from './summaryText.js';
import type { Expectation } from './targets.js';
import type { TokenReader } from './tokens.js';
import {
  FILLERS,
  KIND_PREFIXES,
  NAMED_KINDS,
  NAMELESS_KINDS,
  OTHER_VERBS,
  SHOW_WORDS,
  TABLE_KINDS,
  TABLE_VERBS,
} from './vocabulary.js';

// The functions below are called with the reader at the verb, and leave it at the last word of the operation.

/** `CREATE OR REPLACE TABLE IF NOT EXISTS t` → CREATE TABLE; `OPTIMIZE t` → OPTIMIZE. */
export function readObjectHead(reader: TokenReader, main: boolean, out: SummaryText): Expectation {
  const verb = reader.keyword;
  let operation = verb;
  let kind = '';
  for (let word = reader.nextKeyword; word !== '' && reader.goesOnBehindNext; word = reader.nextKeyword) {
    if (kind === '' && isKind(word)) {
      kind = word;
      operation += ` ${word}`;
    } else if (kind === '' && KIND_PREFIXES.has(word)) {
      operation += ` ${word}`;
    } else if (!FILLERS.has(word)) {
      break;
    }
    reader.next();
  }
  // CLEAR CACHE and the like end with the kind, which therefore looked like a name.
  if (kind === '' && !TABLE_VERBS.has(verb) && NAMELESS_KINDS.has(reader.nextKeyword)) {
    kind = reader.nextKeyword;
    operation += ` ${kind}`;
    reader.next();
  }
  out.addOperation(operation, main);
  return kind === '' ? expectationOfVerb(verb) : expectationOfKind(kind);
}

/** `SHOW COLUMNS IN t` → SHOW COLUMNS. Answers what follows directly; most names follow a preposition. */
export function readShowHead(reader: TokenReader, main: boolean, out: SummaryText): Expectation {
  let operation = reader.keyword;
  let last = '';
  let direct = false;
  for (let word = reader.nextKeyword; SHOW_WORDS.has(word); word = reader.nextKeyword) {
    operation += ` ${word}`;
    direct ||= last === 'CREATE' || word === 'PARTITIONS' || word === 'TBLPROPERTIES';
    last = word;
    reader.next();
  }
  out.addOperation(operation, main);
  return direct ? 'table' : 'nothing';
}

/** Reads the kind of the object behind a preposition: `ON TABLE t`, `IN SCHEMA s`. */
export function readKind(reader: TokenReader, withoutKind: Expectation): Expectation {
  for (let word = reader.nextKeyword; word !== '' && reader.goesOnBehindNext; word = reader.nextKeyword) {
    if (isKind(word)) {
      reader.next();
      return expectationOfKind(word);
    }
    if (!KIND_PREFIXES.has(word)) break;
    reader.next();
  }
  return withoutKind;
}

function isKind(word: string): boolean {
  return TABLE_KINDS.has(word) || NAMED_KINDS.has(word) || NAMELESS_KINDS.has(word);
}

function expectationOfKind(kind: string): Expectation {
  if (TABLE_KINDS.has(kind)) return 'table';
  return NAMED_KINDS.has(kind) ? 'other' : 'nothing';
}

function expectationOfVerb(verb: string): Expectation {
  if (TABLE_VERBS.has(verb)) return 'table';
  return OTHER_VERBS.has(verb) ? 'other' : 'nothing';
}
