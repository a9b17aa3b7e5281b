import { DOT_CODE } from './characters.js';
import { type Keyword, keywords } from './keywords.js';

/** Behind these a word is the name of an object, even if it looks like the beginning of a clause. */
const BEFORE_NAMES = keywords(
  'TABLE VIEW SCHEMA DATABASE CATALOG VOLUME FUNCTION PROCEDURE CONNECTION CREDENTIAL SHARE SERVER EXISTS ' +
    'COLUMN COLUMNS ON TO BY AS INTO',
);

/** The last two words of a statement; '' for what is no keyword. */
export class RecentWords {
  last: Keyword = '';
  beforeLast: Keyword = '';
  #lastIsName = false;

  clear(): void {
    this.last = '';
    this.beforeLast = '';
    this.#lastIsName = false;
  }

  pass(keyword: Keyword, isName: boolean): void {
    this.beforeLast = this.last;
    this.last = keyword;
    this.#lastIsName = isName;
  }

  /** Whether the last word is this one, and a name. */
  endWithName(word: Keyword): boolean {
    return word === this.last && this.#lastIsName;
  }

  /** Whether the next word is the name of an object, or a column. @param before the token before it */
  precedeName(before: number): boolean {
    return before === DOT_CODE || this.awaitName;
  }

  /** The same, if no dot comes before it. */
  get awaitName(): boolean {
    if (this.#lastIsName) {
      return false;
    }
    return BEFORE_NAMES.has(this.last) || (this.last === 'LOCATION' && this.beforeLast === 'EXTERNAL');
  }
}
