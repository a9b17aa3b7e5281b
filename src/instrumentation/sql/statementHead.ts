import { BACKTICK, DOT_CODE, kindOf } from './characters.js';
import type { Keyword } from './keywords.js';
import type { TokenReader } from './tokens.js';
import {
  BEHIND_NAMES,
  DETAIL_WORDS,
  FILLERS,
  KIND_PREFIXES,
  KINDLESS_VERBS,
  NAMED_KINDS,
  NAMELESS_KINDS,
  OTHER_VERBS,
  TABLE_KINDS,
  TABLE_VERBS,
} from './vocabulary.js';

/**
 * What the next name is: a table, a table or function of a FROM clause, another object, the name of a common
 * table expression, or nothing for the summary.
 */
export type Expectation = 'nothing' | 'table' | 'source' | 'other' | 'cte';

/** The beginning of a statement about an object. */
export interface ObjectHead {
  /** As written: CREATE TABLE, COMMENT ON COLUMN. Words such as OR REPLACE and IF EXISTS are left out. */
  readonly operation: string;
  readonly kind: Keyword;
  /** What follows. */
  readonly expected: Expectation;
}

// The functions below are called with the reader at the verb, and leave it at the last word before the name.

/** `CREATE OR REPLACE TABLE IF NOT EXISTS t` → CREATE TABLE; `OPTIMIZE t` → OPTIMIZE. */
export function readObjectHead(reader: TokenReader): ObjectHead {
  const verb = reader.keyword;
  let operation = reader.text;
  let kind: Keyword = '';
  const mayLackKind = TABLE_VERBS.has(verb) || OTHER_VERBS.has(verb);
  while (kind === '' && !KINDLESS_VERBS.has(verb)) {
    const word = reader.nextKeyword;
    if (word === '' || reader.codeBehindNext === DOT_CODE || (mayLackKind && isTheName(reader, verb))) {
      break;
    }
    if (isKind(word)) {
      kind = word;
    } else if (!KIND_PREFIXES.has(word) && !FILLERS.has(word)) {
      break;
    }
    reader.next();
    operation += FILLERS.has(word) ? '' : ` ${reader.text}`;
    if (
      ((verb === 'COPY' || verb === 'APPLY') && word === 'INTO') ||
      (verb === 'CONVERT' && word === 'DELTA')
    ) {
      return { operation, kind, expected: 'table' };
    }
  }
  skipFillers(reader);
  if (kind === '') {
    // REFRESH is for paths too: where one cannot tell, it is one.
    const mayBePath = verb === 'REFRESH' && kindOf(reader.nextCode) === BACKTICK;
    return { operation, kind, expected: mayBePath ? 'nothing' : expectationOfVerb(verb) };
  }
  return {
    operation,
    kind,
    expected: kind === 'INDEX' ? expectationOfIndex(reader) : expectationOfKind(kind),
  };
}

/** `SHOW COLUMNS IN t` → SHOW COLUMNS. Answers what follows directly; most names follow a preposition. */
export function readShowHead(reader: TokenReader): ObjectHead {
  let operation = reader.text;
  let word: Keyword = '';
  for (let next = reader.nextKeyword; isShown(next, word); next = reader.nextKeyword) {
    word = next;
    reader.next();
    operation += ` ${reader.text}`;
    if (word === 'CREATE') {
      return readShowCreate(reader, operation);
    }
    if (word === 'PARTITIONS' || word === 'TBLPROPERTIES') {
      return { operation, kind: word, expected: 'table' };
    }
  }
  return { operation, kind: word, expected: 'nothing' };
}

/** Reads the kind of the object behind a preposition: `ON TABLE t`, `IN SCHEMA s`. */
export function readKind(reader: TokenReader, verb: Keyword, withoutKind: Expectation): Expectation {
  for (let word = reader.nextKeyword; word !== '' && !isTheName(reader, verb); word = reader.nextKeyword) {
    if (isKind(word)) {
      reader.next();
      return expectationOfKind(word);
    }
    if (!KIND_PREFIXES.has(word) && word !== 'ANY' && word !== 'ANONYMOUS') {
      break;
    }
    reader.next();
    if (word === 'ANY') {
      return 'nothing';
    }
  }
  const behind = reader.keywordAhead(1);
  return reader.nextKeyword === 'METASTORE' && (behind === 'TO' || behind === 'FROM')
    ? 'nothing'
    : withoutKind;
}

function readShowCreate(reader: TokenReader, beginning: string): ObjectHead {
  let operation = beginning;
  for (let word = reader.nextKeyword; word !== ''; word = reader.nextKeyword) {
    const kind = isKind(word);
    if (!kind && !KIND_PREFIXES.has(word)) {
      break;
    }
    reader.next();
    operation += ` ${reader.text}`;
    if (kind) {
      return { operation, kind: word, expected: expectationOfKind(word) };
    }
  }
  return { operation, kind: '', expected: 'table' };
}

const SHOWN_PAIRS: ReadonlyMap<Keyword, readonly Keyword[]> = new Map([
  ['TABLE', ['EXTENDED']],
  ['TABLES', ['DROPPED', 'EXTENDED']],
  ['EXTERNAL', ['LOCATIONS']],
  ['STORAGE', ['CREDENTIALS']],
  ['SERVICE', ['CREDENTIALS']],
  ['MATERIALIZED', ['VIEWS']],
  ['STREAMING', ['TABLES']],
  ['CURRENT', ['SCHEMA', 'DATABASE', 'NAMESPACE', 'CATALOG', 'ROLES']],
  ['USER', ['FUNCTIONS']],
  ['SYSTEM', ['FUNCTIONS']],
  ['ALL', ['FUNCTIONS', 'TABLES']],
  ['EFFECTIVE', ['POLICIES']],
  ['ROLE', ['GRANT']],
]);
const SHOWN_ALONE: ReadonlySet<Keyword> = new Set<Keyword>([
  ...(['TABLES', 'VIEWS', 'SCHEMAS', 'DATABASES', 'NAMESPACES', 'CATALOGS', 'COLUMNS', 'FUNCTIONS'] as const),
  ...([
    'PROCEDURES',
    'PARTITIONS',
    'CREATE',
    'TBLPROPERTIES',
    'GRANTS',
    'GRANT',
    'VOLUMES',
    'SHARES',
  ] as const),
  ...(['RECIPIENTS', 'PROVIDERS', 'CONNECTIONS', 'CREDENTIALS', 'GROUPS', 'USERS', 'ROLES'] as const),
  ...(['POLICIES', 'MODELS', 'INDEXES', 'VARIABLES'] as const),
]);

function isShown(next: Keyword, word: Keyword): boolean {
  const pairs = SHOWN_PAIRS.get(word);
  if (pairs !== undefined) {
    return pairs.includes(next);
  }
  return word === '' && (SHOWN_ALONE.has(next) || SHOWN_PAIRS.has(next));
}

/** `IF EXISTS`, `IF NOT EXISTS`, and EXTENDED before a name. */
function skipFillers(reader: TokenReader): void {
  if (DETAIL_WORDS.has(reader.nextKeyword) && reader.goesOnBehindNext) {
    reader.next();
  }
  if (reader.nextKeyword !== 'IF') {
    return;
  }
  const behind = reader.keywordAhead(1);
  if (behind === 'EXISTS') {
    reader.next();
    reader.next();
  } else if (behind === 'NOT' && reader.keywordAhead(2) === 'EXISTS') {
    reader.next();
    reader.next();
    reader.next();
  }
}

/** Whether the next word is the name of the object, though it could be its kind: `RESTORE view TO VERSION …`. */
function isTheName(reader: TokenReader, verb: Keyword): boolean {
  if (!reader.nameBehindNext) {
    return true;
  }
  const behind = reader.keywordAhead(1);
  if (BEHIND_NAMES.get(verb)?.has(behind) !== true || reader.nextKeyword === 'ON' || reader.endsBehind(1)) {
    return false;
  }
  const behindThat = reader.keywordAhead(2);
  return behind === 'VERSION' || behind === 'TIMESTAMP' ? behindThat === 'AS' : behindThat !== behind;
}

function isKind(word: Keyword): boolean {
  return TABLE_KINDS.has(word) || NAMED_KINDS.has(word) || NAMELESS_KINDS.has(word);
}

function expectationOfKind(kind: Keyword): Expectation {
  if (TABLE_KINDS.has(kind)) {
    return 'table';
  }
  return NAMED_KINDS.has(kind) && kind !== 'TABLES' ? 'other' : 'nothing';
}

function expectationOfVerb(verb: Keyword): Expectation {
  if (OTHER_VERBS.has(verb)) {
    return 'other';
  }
  return TABLE_VERBS.has(verb) || verb === 'APPLY' ? 'table' : 'nothing';
}

/** `BLOOMFILTER INDEX ON TABLE t` has no name of its own. */
function expectationOfIndex(reader: TokenReader): Expectation {
  if (reader.nextKeyword !== 'ON' || !reader.nameBehindNext) {
    return 'other';
  }
  reader.next();
  return readKind(reader, '', 'table');
}
