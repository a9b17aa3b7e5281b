import { OPEN_CODE } from './characters.js';
import { foldName, readName } from './names.js';
import type { SummaryText } from './summaryText.js';
import type { TokenReader } from './tokens.js';
import { BEFORE_TABLE } from './vocabulary.js';

/**
 * What the next name is: a table, a table or function of a FROM clause, another object, the name of a common
 * table expression, or nothing for the summary.
 */
export type Expectation = 'nothing' | 'table' | 'source' | 'other' | 'cte';

/** Tells the names that are expected from those that are not, and adds them to the summary. */
export class Targets {
  expected: Expectation = 'nothing';

  private readonly reader: TokenReader;
  private readonly out: SummaryText;
  private readonly cteNames = new Set<string>();

  constructor(reader: TokenReader, out: SummaryText) {
    this.reader = reader;
    this.out = out;
  }

  get hasCtes(): boolean {
    return this.cteNames.size > 0;
  }

  /** A word stands where a name is expected. */
  onWord(keyword: string): void {
    const { reader } = this;
    if (this.expected === 'cte') {
      if (keyword !== 'RECURSIVE') this.addCte();
      return;
    }
    const followed = reader.nextCode === OPEN_CODE;
    if (keyword === 'IDENTIFIER' && followed) this.onUnknown();
    else if (!BEFORE_TABLE.has(keyword) || !(followed || reader.nextIsName)) this.add();
  }

  /** A name in backticks stands somewhere. */
  onName(): void {
    if (this.expected === 'cte') this.addCte();
    else if (this.expected !== 'nothing') this.add();
  }

  /** Something stands where a name is expected that may be replaced by one: a variable, a parameter. */
  onUnknown(): void {
    if (this.expected === 'table' || this.expected === 'source') this.out.addUnknown();
    this.expected = 'nothing';
  }

  private addCte(): void {
    this.cteNames.add(foldName(this.reader.text));
    this.expected = 'nothing';
  }

  private add(): void {
    const { expected, reader } = this;
    this.expected = 'nothing';
    const name = readName(reader);
    // A function, for nobody puts columns behind the name of a table that is read.
    if (expected === 'source' && reader.nextCode === OPEN_CODE) return;
    if (name === undefined) this.out.addUnknown();
    else if (expected === 'other') this.out.addOther(name);
    else if (!this.cteNames.has(foldName(name))) this.out.addTable(name);
  }
}
