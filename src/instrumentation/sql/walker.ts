import { CLOSE_CODE, COMMA_CODE, OPEN_CODE, SEMICOLON_CODE } from './characters.js';
import { readKind, readObjectHead, readShowHead } from './statementHead.js';
import type { SummaryText } from './summaryText.js';
import { type Expectation, Targets } from './targets.js';
import type { TokenReader } from './tokens.js';
import {
  BEFORE_STATEMENT,
  CLAUSES,
  DATA_VERBS,
  NO_TARGET,
  OBJECT_VERBS,
  PLAIN_VERBS,
  PRIVILEGE_VERBS,
  TABLE_VERBS,
} from './vocabulary.js';

const PIPE_CODE = 124;
const GREATER_CODE = 62;

/** What is known about one level of parentheses. */
interface Level {
  /** A SELECT stands here, so that a FROM is its clause and not an argument as in `EXTRACT(DAY FROM d)`. */
  query: boolean;
  /** A comma separates tables. */
  tables: boolean;
  /** A comma separates common table expressions. */
  ctes: boolean;
}

/** Walks through the tokens of a text and tells the operations and targets it meets. */
export class Walker {
  /** The first word of the text. */
  firstKeyword = '';
  sawQuery = false;

  private readonly reader: TokenReader;
  private readonly out: SummaryText;
  private readonly targets: Targets;
  private readonly outerLevels: Level[] = [];
  private level: Level = newLevel();
  private atStatement = true;
  private verb = '';
  private previous = '';
  private script = false;
  /** The rest of the statement, but for what is expected, says nothing. */
  private ignoring = false;
  /** A name behind one of these words is expected while the rest is ignored. */
  private prepositions: readonly string[] = [];

  constructor(reader: TokenReader, out: SummaryText) {
    this.reader = reader;
    this.out = out;
    this.targets = new Targets(reader, out);
  }

  walk(): void {
    const { reader } = this;
    for (reader.next(); reader.kind !== 'end' && !this.isUnknown; reader.next()) {
      if (reader.kind === 'word') this.onWord(reader.keyword);
      else if (reader.kind === 'name') this.onName();
      else if (reader.kind === 'mark') this.onMark();
      else this.onLiteral();
    }
  }

  /** Whether the text began with something that is no known statement. */
  private get isUnknown(): boolean {
    return !this.atStatement && this.out.isEmpty && !this.targets.hasCtes && !this.level.ctes;
  }

  private onWord(keyword: string): void {
    const { previous } = this;
    this.previous = keyword;
    if (this.atStatement) this.onStatement(keyword);
    else if (this.targets.expected !== 'nothing' && !NO_TARGET.has(keyword)) this.targets.onWord(keyword);
    else this.onClause(keyword, previous);
  }

  private onStatement(keyword: string): void {
    if (BEFORE_STATEMENT.has(keyword) && this.verb !== '') return;
    this.firstKeyword ||= keyword;
    this.atStatement = false;
    this.verb = keyword;
    if (keyword === 'WITH') this.onClause(keyword, '');
    else if (keyword === 'BEGIN') this.onBlock();
    else if (DATA_VERBS.has(keyword)) this.onDataVerb(keyword);
    else if (PRIVILEGE_VERBS.has(keyword)) this.ignoreUntil(['ON'], keyword);
    else if (keyword === 'SHOW') this.onShow();
    else if (OBJECT_VERBS.has(keyword) || TABLE_VERBS.has(keyword)) this.onObjectVerb(keyword);
    else if (PLAIN_VERBS.has(keyword) && !this.script) this.addOperation(keyword);
    else if (this.script) this.atStatement = CLAUSES.get(keyword) === 'block';
  }

  private onDataVerb(keyword: string): void {
    this.addOperation(keyword);
    this.sawQuery ||= keyword === 'SELECT' || keyword === 'FROM';
    this.level.query = keyword === 'SELECT' || keyword === 'DELETE';
    this.level.tables = keyword === 'FROM';
    this.level.ctes = false;
    if (keyword === 'FROM') this.targets.expected = 'source';
    else if (keyword === 'UPDATE' || keyword === 'TABLE') this.targets.expected = 'table';
    else if (keyword === 'EXPLAIN') this.atStatement = true;
  }

  private onObjectVerb(keyword: string): void {
    // Within a block, variables are set everywhere; that says nothing about the work.
    if (this.script && keyword === 'SET') return;
    this.targets.expected = readObjectHead(this.reader, this.isMain, this.out);
  }

  private onShow(): void {
    this.targets.expected = readShowHead(this.reader, this.isMain, this.out);
    this.ignoring = true;
    this.prepositions = this.targets.expected === 'nothing' ? ['IN', 'FROM', 'ON'] : [];
  }

  private ignoreUntil(prepositions: readonly string[], operation: string): void {
    this.addOperation(operation);
    this.ignoring = true;
    this.prepositions = prepositions;
  }

  private onBlock(): void {
    if (!this.script) this.addOperation('BEGIN');
    this.script = true;
    this.atStatement = true;
  }

  private onName(): void {
    this.previous = '';
    if (this.atStatement) this.atStatement = false;
    else this.targets.onName();
  }

  private onLiteral(): void {
    this.atStatement = false;
    this.targets.expected = 'nothing';
  }

  private onMark(): void {
    const { reader } = this;
    if (reader.isMark(OPEN_CODE)) this.onOpen();
    else if (reader.isMark(CLOSE_CODE)) this.onClose();
    else if (reader.isMark(COMMA_CODE)) this.onComma();
    else if (reader.isMark(SEMICOLON_CODE)) this.onEndOfStatement();
    else this.onOtherMark();
  }

  private onOpen(): void {
    const tables = this.targets.expected === 'source';
    this.outerLevels.push(this.level);
    this.level = newLevel();
    this.level.tables = tables;
    if (!tables) this.targets.expected = 'nothing';
  }

  private onClose(): void {
    this.level = this.outerLevels.pop() ?? this.level;
    this.targets.expected = 'nothing';
  }

  private onComma(): void {
    this.targets.expected = this.level.ctes ? 'cte' : this.level.tables ? 'source' : 'nothing';
  }

  private onEndOfStatement(): void {
    this.outerLevels.length = 0;
    this.level = newLevel();
    this.targets.expected = 'nothing';
    this.atStatement = true;
    this.ignoring = false;
    this.prepositions = [];
  }

  private onOtherMark(): void {
    this.atStatement = false;
    if (this.reader.isMark(PIPE_CODE) && this.reader.adjacentCode === GREATER_CODE) this.level.tables = false;
    this.targets.onUnknown();
  }

  private onClause(keyword: string, previous: string): void {
    this.targets.expected = 'nothing';
    if (this.ignoring) {
      this.onPreposition(keyword);
      return;
    }
    switch (CLAUSES.get(keyword)) {
      case 'query':
        this.onDataVerb(keyword);
        break;
      case 'data':
        if (this.level.ctes) this.onStatement(keyword);
        // The commas between the rows of `FROM VALUES (1), (2)` separate no tables.
        if (keyword === 'VALUES') this.level.tables = false;
        break;
      case 'from':
        // `a IS DISTINCT FROM b` is an operator.
        if (this.level.query && previous !== 'DISTINCT') this.expectTables();
        break;
      case 'join':
        this.expectTables();
        break;
      case 'with':
        this.onWith();
        break;
      case 'view':
        if (previous === 'LATERAL') this.level.tables = false;
        break;
      case 'after':
        this.level.tables = false;
        break;
      case 'block':
        this.atStatement = this.script && this.verb !== 'MERGE';
        break;
      case 'into':
        if (this.verb === 'INSERT' || this.verb === 'MERGE') this.expectInMain('table');
        break;
      case 'using':
        if (this.verb === 'MERGE') this.expectInMain('source');
        break;
      case 'like':
        if (this.out.operation === 'CREATE TABLE' && !this.level.query) this.expectInMain('table');
        break;
      default:
    }
  }

  private expectInMain(expected: Expectation): void {
    if (this.isMain) this.targets.expected = expected;
  }

  private onPreposition(keyword: string): void {
    if (!this.prepositions.includes(keyword)) return;
    this.prepositions = [];
    const showsTable = this.out.operation === 'SHOW COLUMNS';
    this.targets.expected = readKind(this.reader, this.verb === 'SHOW' && !showsTable ? 'other' : 'table');
  }

  private onWith(): void {
    // WITH SCHEMA EVOLUTION is an option of INSERT and MERGE.
    if (!this.reader.nextIsName || this.reader.nextKeyword === 'SCHEMA') return;
    this.level.ctes = true;
    this.targets.expected = 'cte';
  }

  private expectTables(): void {
    this.level.tables = true;
    this.targets.expected = 'source';
  }

  private addOperation(operation: string): void {
    this.out.addOperation(operation, this.isMain);
  }

  private get isMain(): boolean {
    return this.outerLevels.length === 0;
  }
}

function newLevel(): Level {
  return { query: false, tables: false, ctes: false };
}
