import {
  COLON_CODE,
  DOT_CODE,
  END,
  EQUALS_CODE,
  kindOf,
  OPEN as OPEN_KIND,
  SEMICOLON_CODE,
} from './characters.js';
import { type Keyword, keywords } from './keywords.js';
import { COMPLETE, OPERAND, PART, type Position, QUERY, STATEMENT, TARGET } from './position.js';
import { type Expectation, type ObjectHead, readObjectHead, readShowHead } from './statementHead.js';
import type { SummaryText } from './summaryText.js';
import type { Targets } from './targets.js';
import type { TokenReader } from './tokens.js';
import {
  BEHIND_TABLE,
  OBJECT_VERBS,
  OTHER_VERBS,
  PLAIN_VERBS,
  PRIVILEGE_VERBS,
  TABLE_VERBS,
  VERBS_TO_THE_END,
} from './vocabulary.js';

const EXPLAINED = keywords('EXTENDED CODEGEN COST FORMATTED LOGICAL');
const BLOCK_WORDS = keywords('NOT ATOMIC');
/** Behind TABLE these show that it is the name: `INSERT INTO table VALUES …`. */
const BEHIND_INSERTED = keywords('VALUES SELECT WITH FROM TABLE PARTITION BY REPLACE AS');

const DEFINITION = keywords('AS RETURN LIKE CLONE FROM INTO SELECT BEGIN');
const PREPOSITIONS: ReadonlyMap<Keyword, ReadonlySet<Keyword>> = new Map<Keyword, ReadonlySet<Keyword>>([
  ['CREATE', DEFINITION],
  ['REPLACE', DEFINITION],
  ['CACHE', keywords('AS SELECT')],
  ['SYNC', keywords('FROM')],
  ['ANALYZE', keywords('IN FROM')],
  ['LOAD', keywords('INTO')],
  ['GENERATE', keywords('FOR')],
  ['APPLY', keywords('FROM')],
  ['DROP', keywords('ON')],
  ['GRANT', keywords('ON')],
  ['REVOKE', keywords('ON')],
  ['DENY', keywords('ON')],
  ['SHOW', keywords('IN FROM ON')],
  ['DECLARE', keywords('FOR BEGIN INSERT UPDATE DELETE MERGE')],
]);
/** Statements whose parentheses may hold queries. */
const WITH_QUERIES = keywords('COPY CACHE EXECUTE CALL DECLARE SET');

/** Reads the beginnings of statements. */
export class Statements {
  /** The first word of the text. */
  firstKeyword: Keyword = '';
  /** What a SHOW shows. */
  shown: Keyword = '';

  readonly #reader: TokenReader;
  readonly #out: SummaryText;
  readonly #targets: Targets;
  readonly #position: Position;

  constructor(reader: TokenReader, out: SummaryText, targets: Targets, position: Position) {
    this.#reader = reader;
    this.#out = out;
    this.#targets = targets;
    this.#position = position;
  }

  begin(keyword: Keyword): void {
    const position = this.#position;
    if (keyword === '' && this.#reader.nextCode === COLON_CODE) {
      position.labelled = true;
      return;
    }
    this.firstKeyword ||= keyword;
    position.verb = keyword;
    position.state = COMPLETE;
    this.#endCommonTables();
    switch (keyword) {
      case 'SELECT':
        this.select();
        return;
      case 'FROM':
        this.from();
        return;
      case 'TABLE':
        this.table();
        return;
      case 'VALUES':
        this.#add();
        position.state = OPERAND;
        return;
      case 'WITH':
        this.commonTables();
        return;
      case 'INSERT':
        this.#insert();
        return;
      case 'UPDATE':
        this.#add();
        this.#expect('table');
        return;
      case 'DELETE':
        this.#delete();
        return;
      case 'MERGE':
        this.#merge();
        return;
      default:
        this.#beginOther(keyword);
        return;
    }
  }

  select(): void {
    this.#add();
    this.#beginQuery();
    this.#position.state = OPERAND;
  }

  from(): void {
    this.#add();
    this.#beginQuery();
    this.#position.fromFirst = true;
    this.#position.levels.current.tables = true;
    this.#expect('source');
  }

  table(): void {
    this.#add();
    this.#beginQuery();
    this.#expect('table');
  }

  commonTables(): void {
    this.#position.levels.current.commonTables = true;
    this.#expect('cte');
  }

  /** A statement of a block comes next. */
  enterBlock(): void {
    const position = this.#position;
    position.endStatement();
    this.#targets.endStatement();
    position.script = true;
    while (BLOCK_WORDS.has(this.#reader.nextKeyword)) {
      this.#reader.next();
    }
  }

  #endCommonTables(): void {
    const { levels } = this.#position;
    if (levels.current.commonTables) {
      levels.current.commonTables = false;
      this.#targets.endDefinition(levels.depth);
    }
  }

  /** Something that begins no known statement. */
  onUnknown(): void {
    const position = this.#position;
    position.state = COMPLETE;
    position.levels.current.ignored = true;
    position.done = !position.script && this.#out.isEmpty;
  }

  #beginQuery(): void {
    const { levels } = this.#position;
    const level = levels.current;
    level.query = true;
    level.tables = false;
    level.rows = false;
    level.commonTables = false;
    level.ignored = false;
    this.#position.columns = false;
    this.#targets.endDefinition(levels.depth);
  }

  #beginOther(keyword: Keyword): void {
    const position = this.#position;
    if (keyword === 'EXPLAIN') {
      this.#add();
      position.state = STATEMENT;
      while (EXPLAINED.has(this.#reader.nextKeyword) && this.#reader.goesOnBehindNext) {
        this.#reader.next();
      }
    } else if (keyword === 'BEGIN' || keyword === 'START') {
      this.#beginBlock(keyword);
    } else if (position.script && this.#beginInScript(keyword)) {
      return;
    } else if (keyword === 'SET') {
      this.#set();
    } else if (keyword === 'SHOW') {
      this.#object(readShowHead(this.#reader));
    } else if (PRIVILEGE_VERBS.has(keyword) || PLAIN_VERBS.has(keyword)) {
      this.#plain(keyword);
    } else if (OBJECT_VERBS.has(keyword) || TABLE_VERBS.has(keyword) || OTHER_VERBS.has(keyword)) {
      this.#aboutObject(keyword);
    } else {
      this.onUnknown();
    }
  }

  #beginBlock(keyword: Keyword): void {
    const { nextKeyword, nextCode } = this.#reader;
    const isTransaction = nextKeyword === 'TRANSACTION' || nextKeyword === 'WORK';
    if (keyword === 'START' && !isTransaction) {
      this.onUnknown();
      return;
    }
    if (!this.#position.script) {
      this.#add();
    }
    if (isTransaction || nextCode === SEMICOLON_CODE || nextCode === END) {
      this.#position.levels.current.ignored = true;
    } else {
      this.enterBlock();
    }
  }

  /** Words of scripts. @returns whether it was one */
  #beginInScript(keyword: Keyword): boolean {
    const position = this.#position;
    switch (keyword) {
      case 'IF':
      case 'ELSEIF':
      case 'WHILE':
      case 'UNTIL':
      case 'CASE':
      case 'WHEN':
        position.state = OPERAND;
        return true;
      case 'RETURN':
        position.state = QUERY;
        return true;
      case 'FOR':
        position.state = BEHIND_TABLE.has(this.#reader.nextKeyword) ? QUERY : PART;
        return true;
      case 'THEN':
      case 'ELSE':
      case 'DO':
      case 'LOOP':
      case 'REPEAT':
        this.enterBlock();
        return true;
      default:
        return false;
    }
  }

  #insert(): void {
    const reader = this.#reader;
    this.#add();
    this.#skipSchemaEvolution();
    if (reader.nextKeyword === 'INTO' || reader.nextKeyword === 'OVERWRITE') {
      reader.next();
    }
    const isLocal = reader.nextKeyword === 'LOCAL' && reader.keywordAhead(1) === 'DIRECTORY';
    if (isLocal || (reader.nextKeyword === 'DIRECTORY' && !this.#isNameOfTarget())) {
      return;
    }
    if (reader.nextKeyword === 'TABLE' && !this.#isNameOfTarget()) {
      reader.next();
    }
    this.#expect('table');
  }

  /** Whether TABLE or DIRECTORY is the name of the table: a column list or the rows follow. */
  #isNameOfTarget(): boolean {
    const reader = this.#reader;
    if (!reader.goesOnBehindNext || kindOf(reader.codeBehindNext) === OPEN_KIND) {
      return true;
    }
    // `INSERT INTO TABLE values VALUES …`: the clause is behind the name.
    const behind = reader.keywordAhead(1);
    const behindThat = reader.keywordAhead(2);
    if (behind === 'SELECT') {
      return !(behindThat === 'VALUES' && reader.opensBehind(2));
    }
    if (behind === 'FROM') {
      return behindThat === '' && !reader.opensBehind(1);
    }
    return BEHIND_INSERTED.has(behind) && (behind === 'WITH' || !BEHIND_INSERTED.has(behindThat));
  }

  #delete(): void {
    this.#add();
    if (this.#reader.nextKeyword === 'FROM') {
      this.#reader.next();
      this.#expect('table');
    }
  }

  #merge(): void {
    this.#add();
    this.#skipSchemaEvolution();
    if (this.#reader.nextKeyword === 'INTO') {
      this.#reader.next();
      this.#expect('table');
    }
  }

  #skipSchemaEvolution(): void {
    if (this.#reader.nextKeyword === 'WITH' && this.#reader.keywordAhead(1) === 'SCHEMA') {
      this.#reader.next();
      this.#reader.next();
      this.#reader.next();
    }
  }

  #set(): void {
    const reader = this.#reader;
    const { nextKeyword, codeBehindNext } = reader;
    const isKey = codeBehindNext === EQUALS_CODE || codeBehindNext === DOT_CODE;
    if ((nextKeyword === 'CATALOG' && !isKey) || (nextKeyword === 'TAG' && reader.keywordAhead(1) === 'ON')) {
      this.#object(readObjectHead(reader));
      return;
    }
    const isVariable = (nextKeyword === 'VAR' || nextKeyword === 'VARIABLE') && !isKey;
    const { script } = this.#position;
    this.#ignore(!isVariable && codeBehindNext === DOT_CODE);
    if (!script) {
      this.#add();
      // A setting: the server reads its value to the end of the text.
      this.#position.done = !isVariable;
    }
  }

  #plain(keyword: Keyword): void {
    const { script } = this.#position;
    if (!script || keyword === 'COMMIT' || keyword === 'ROLLBACK' || PRIVILEGE_VERBS.has(keyword)) {
      this.#add();
    }
    this.#ignore(keyword !== 'DECLARE');
    this.#position.prepositions = PREPOSITIONS.get(keyword);
    this.#position.done = !script && VERBS_TO_THE_END.has(keyword);
  }

  #aboutObject(keyword: Keyword): void {
    const reader = this.#reader;
    const next = reader.nextKeyword;
    const mayQuery = keyword === 'CACHE' || keyword === 'DESCRIBE' || keyword === 'DESC';
    const isQuery = next === 'SELECT' || next === 'WITH' || next === 'VALUES' || next === 'FROM';
    if (mayQuery && isQuery && reader.goesOnBehindNext) {
      this.#add();
      this.#position.state = QUERY;
      return;
    }
    this.#object(readObjectHead(reader));
  }

  #object(head: ObjectHead): void {
    const position = this.#position;
    const { verb } = position;
    this.#out.add(head.operation);
    this.shown = head.kind;
    this.#ignore(!WITH_QUERIES.has(verb));
    position.prepositions = prepositionsOf(verb, head.kind);
    const isUndropById = this.#reader.nextKeyword === 'WITH' && this.#reader.keywordAhead(1) === 'ID';
    if (verb === 'SHOW' && head.expected !== 'nothing') {
      position.prepositions = undefined;
    }
    if (head.kind === 'QUERY') {
      position.state = QUERY;
    } else if (head.expected !== 'nothing' && !isUndropById) {
      this.#expect(head.expected);
    }
  }

  /** Words say nothing from here on. @param columns nor do parentheses */
  #ignore(columns: boolean): void {
    this.#position.levels.current.ignored = true;
    this.#position.columns = columns;
  }

  #expect(expected: Expectation): void {
    this.#targets.expected = expected;
    this.#position.state = TARGET;
  }

  #add(): void {
    this.#out.add(this.#reader.text);
  }
}

function prepositionsOf(verb: Keyword, kind: Keyword): ReadonlySet<Keyword> | undefined {
  if (kind === 'INDEX' || kind === 'POLICY') {
    return PREPOSITIONS.get('DROP');
  }
  return PREPOSITIONS.get(verb === 'ALTER' && kind === 'VIEW' ? 'CACHE' : verb);
}
