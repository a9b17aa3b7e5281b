import { Blocks } from './blocks.js';
import { DOT_CODE, EQUALS_CODE } from './characters.js';
import { type Keyword, keywords } from './keywords.js';
import { readManipulationHead } from './manipulationHead.js';
import { COMPLETE, OPERAND, type Position, QUERY, STATEMENT } from './position.js';
import { type ObjectHead, readObjectHead, readShowHead } from './statementHead.js';
import type { SummaryText } from './summaryText.js';
import type { Targets } from './targets.js';
import type { TokenReader } from './tokens.js';
import {
  OBJECT_VERBS,
  OTHER_VERBS,
  PLAIN_VERBS,
  PRIVILEGE_VERBS,
  prepositionsOf,
  TABLE_VERBS,
  VERBS_TO_THE_END,
} from './vocabulary.js';

const EXPLAINED = keywords('EXTENDED CODEGEN COST FORMATTED LOGICAL');

/** Statements whose parentheses may hold queries. */
const WITH_QUERIES = keywords('COPY CACHE EXECUTE CALL DECLARE SET');

/** Reads the beginnings of statements. */
export class Statements {
  /** The first word of the text. */
  firstKeyword: Keyword = '';
  /** What a SHOW shows. */
  shown: Keyword = '';
  readonly blocks: Blocks;

  readonly #reader: TokenReader;
  readonly #out: SummaryText;
  readonly #targets: Targets;
  readonly #position: Position;

  constructor(reader: TokenReader, out: SummaryText, targets: Targets, position: Position) {
    this.#reader = reader;
    this.#out = out;
    this.#targets = targets;
    this.#position = position;
    this.blocks = new Blocks(reader, targets, position);
  }

  begin(keyword: Keyword): void {
    const position = this.#position;
    if (keyword === '' && this.blocks.isLabel) {
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
      case 'UPDATE':
      case 'DELETE':
      case 'MERGE':
        this.#manipulate();
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
    this.#targets.expect('source');
  }

  table(): void {
    this.#add();
    this.#beginQuery();
    this.#targets.expect('table');
  }

  commonTables(): void {
    this.#position.levels.current.commonTables = true;
    this.#targets.expect('cte');
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
    } else if (position.script && this.blocks.beginStatement(keyword)) {
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
    if (keyword === 'START' && !this.blocks.beginsTransaction) {
      this.onUnknown();
      return;
    }
    if (!this.#position.script) {
      this.#add();
    }
    this.blocks.begin();
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
    this.#position.prepositions = prepositionsOf(keyword, '');
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
      this.#targets.expect(head.expected);
    }
  }

  /** Words say nothing from here on. @param columns nor do parentheses */
  #ignore(columns: boolean): void {
    this.#position.levels.current.ignored = true;
    this.#position.columns = columns;
  }

  #manipulate(): void {
    this.#add();
    if (readManipulationHead(this.#reader)) {
      this.#targets.expect('table');
    }
  }

  #add(): void {
    this.#out.add(this.#reader.text);
  }
}
