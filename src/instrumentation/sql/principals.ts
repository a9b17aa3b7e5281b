import { codeAt, DOT_CODE, END, kindOf, LETTER, SEMICOLON_CODE } from './characters.js';
import { type Keyword, keywordAt, keywords } from './keywords.js';
import { endOfBlank, endOfToken } from './lexer.js';
import { endOfWord } from './literals.js';
import type { Lookahead } from './lookahead.js';
import { endOfPrincipal, needsNoCare } from './rawOperands.js';
import type { RecentWords } from './recentWords.js';

/** Kinds of those who have privileges or receive shares. */
const PRINCIPAL_KINDS = keywords('USER GROUP ROLE RECIPIENT');
/** Words that may stand between a preposition and somebody's name. */
const PREFIXES = keywords('USER GROUP ROLE RECIPIENT SERVICE PRINCIPAL');
/** Words that go on behind a name. */
const STOPS = keywords(
  'WITH ON TO FROM EXCEPT FOR WHEN ADD DROP REMOVE RENAME SET UNSET OWNER USING COMMENT PROPERTIES IS DRY',
);
/** All other words of a statement about a user, group or recipient are names. */
const KEPT_WORDS = keywords(
  'IF NOT EXISTS ADD DROP REMOVE WITH USER GROUP ROLE RECIPIENT RENAME TO FROM OWNER SET UNSET PROPERTIES COMMENT ' +
    'USING ID IS FOR OR REPLACE ON NULL',
);
/** Behind these, in a SHOW, the kind of a principal has its name behind it. */
const BEFORE_SHOWN = keywords('WITH GRANT ON');
const BEFORE_PREPOSITION = keywords(
  'ON TABLE VIEW SCHEMA DATABASE CATALOG FUNCTION PROCEDURE VOLUME SHARE CONNECTION LOCATION CREDENTIAL MODEL',
);

/** Finds the places of principals, whose names are values: GRANT … TO p, OWNER TO p, ALTER GROUP p ADD USER p. */
export class Principals {
  readonly #ahead: Lookahead;
  readonly #sql: string;
  #verb: Keyword = '';
  /** The kind of the object is not known yet. */
  #inHead = false;
  /** The statement is about a user, a group or a recipient. */
  #about = false;
  #policy = false;
  #share = false;
  /** A name comes next, behind a word that belongs to it. */
  #awaited = false;
  #inList = false;
  #lookedAhead = false;

  constructor(ahead: Lookahead) {
    this.#ahead = ahead;
    this.#sql = ahead.sql;
  }

  begin(verb: Keyword): void {
    this.#verb = verb;
    this.#inHead = true;
    this.#about = false;
    this.#policy = false;
    this.#share = false;
    this.#awaited = false;
    this.#inList = false;
    this.#lookedAhead = false;
  }

  /** Whether a word is a name itself, in statements that have hardly anything but names. */
  isValue(keyword: Keyword, before: number): boolean {
    return this.#about && (!KEPT_WORDS.has(keyword) || before === DOT_CODE);
  }

  behindComma(end: number): number {
    return this.#inList ? this.#name(end) : -1;
  }

  /** @param words those before the keyword @param depth open parentheses */
  behindWord(keyword: Keyword, words: RecentWords, end: number, depth: number): number {
    if (depth > 0) {
      return -1;
    }
    if (this.#awaited) {
      this.#awaited = false;
      return this.#nameBehindPrefix(keyword, end);
    }
    if (this.#inHead) {
      return this.#behindHead(keyword, end);
    }
    return this.#comesBehind(keyword, words, end) ? this.#name(end) : -1;
  }

  #behindHead(keyword: Keyword, end: number): number {
    switch (this.#verb) {
      case 'GRANT':
      case 'REVOKE':
        this.#inHead = keyword === this.#verb && this.#ahead.keyword(end) === 'ROLE';
        return keyword === 'ROLE' ? this.#name(end) : -1;
      case 'DENY':
      case 'SYNC':
      case 'SET':
        this.#inHead = false;
        return -1;
      case 'SHOW':
        this.#inHead = keyword === 'SHOW';
        return keyword === 'GRANTS' || keyword === 'GRANT' ? this.#nameInShow(end) : -1;
      default:
        break;
    }
    if (keyword === this.#verb || keyword === 'OR' || keyword === 'REPLACE' || keyword === 'ON') {
      return -1;
    }
    this.#inHead = false;
    this.#policy = keyword === 'POLICY';
    this.#share = keyword === 'SHARE';
    if (!PRINCIPAL_KINDS.has(keyword) || !this.#goesOn(keyword, end)) {
      return -1;
    }
    this.#about = true;
    return this.#nameBehindPrefix(keyword, end);
  }

  #comesBehind(keyword: Keyword, words: RecentWords, end: number): boolean {
    const word = words.last;
    switch (keyword) {
      case 'TO':
        if (word === 'OWNER') {
          return words.beforeLast !== 'COLUMN';
        }
        return this.#verb === 'GRANT' || this.#verb === 'DENY'
          ? this.#isPreposition(keyword, word, end)
          : this.#policy || this.#about || this.#verb === 'SHOW';
      case 'FROM':
        return this.#verb === 'REVOKE' && this.#isPreposition(keyword, word, end);
      case 'EXCEPT':
        return this.#policy;
      case 'OWNER':
        return (
          (this.#verb === 'SYNC' || (this.#verb === 'ALTER' && word === 'SET')) &&
          this.#ahead.keyword(end) !== 'TO'
        );
      case 'RECIPIENT':
        return (
          this.#about ||
          this.#isShared(word) ||
          ((word === 'ON' || word === 'TO' || word === 'FROM') && this.#isAboutGrants)
        );
      case 'USER':
      case 'GROUP':
      case 'ROLE':
        return this.#about || (this.#verb === 'SHOW' && BEFORE_SHOWN.has(word));
      default:
        this.#inList = false;
        return false;
    }
  }

  /** `ALTER SHARE s ADD RECIPIENT r`. */
  #isShared(word: Keyword): boolean {
    return this.#share && (word === 'ADD' || word === 'REMOVE');
  }

  get #isAboutGrants(): boolean {
    return (
      this.#verb === 'SHOW' || this.#verb === 'GRANT' || this.#verb === 'REVOKE' || this.#verb === 'DENY'
    );
  }

  /** `ON TABLE to TO p`: the first is the name of a table, if there is a second. */
  #isPreposition(keyword: Keyword, word: Keyword, end: number): boolean {
    if (!BEFORE_PREPOSITION.has(word) || this.#lookedAhead) {
      return true;
    }
    this.#lookedAhead = true;
    for (let i = endOfBlank(this.#sql, end); i < this.#sql.length; i = endOfBlank(this.#sql, i)) {
      const isWord = kindOf(codeAt(this.#sql, i)) === LETTER;
      const tokenEnd = isWord ? endOfWord(this.#sql, i) : endOfToken(this.#sql, i);
      if (isWord && keywordAt(this.#sql, i, tokenEnd) === keyword) {
        return false;
      }
      if (codeAt(this.#sql, i) === SEMICOLON_CODE) {
        return true;
      }
      i = tokenEnd;
    }
    return true;
  }

  #nameInShow(end: number): number {
    const next = this.#ahead.keyword(end);
    return next === 'ON' || next === 'TO' ? -1 : this.#name(end);
  }

  /** Whether the kind has a name: `DESCRIBE user` is about a table. */
  #goesOn(kind: Keyword, end: number): boolean {
    const isDescription = this.#verb === 'DESCRIBE' || this.#verb === 'DESC';
    const code = this.#ahead.code(end);
    return code !== END && code !== DOT_CODE && (kind === 'RECIPIENT' || !isDescription);
  }

  #nameBehindPrefix(keyword: Keyword, end: number): number {
    const next = this.#ahead.keyword(end);
    const isFiller = (next === 'IF' && keyword !== 'EXISTS') || (keyword === 'IF' && next === 'NOT');
    if (isFiller || ((keyword === 'IF' || keyword === 'NOT') && next === 'EXISTS')) {
      this.#awaited = true;
      return -1;
    }
    return this.#name(end);
  }

  /** The end of the name behind `end`, or -1 if a word comes first that belongs to it. */
  #name(end: number): number {
    const start = this.#ahead.next(end);
    this.#inList = true;
    if (needsNoCare(this.#sql, start)) {
      return -1;
    }
    if (kindOf(codeAt(this.#sql, start)) === LETTER) {
      const wordEnd = endOfWord(this.#sql, start);
      const keyword = keywordAt(this.#sql, start, wordEnd);
      if (keyword === 'IDENTIFIER' && this.#ahead.opens(wordEnd)) {
        return -1;
      }
      if (
        PREFIXES.has(keyword) &&
        !this.#ahead.separates(wordEnd) &&
        !STOPS.has(this.#ahead.keyword(wordEnd))
      ) {
        this.#awaited = true;
        return -1;
      }
    }
    const nameEnd = endOfPrincipal(this.#sql, start, STOPS);
    return nameEnd > start ? nameEnd : -1;
  }
}
