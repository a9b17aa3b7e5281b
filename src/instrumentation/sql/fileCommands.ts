import { kindOf, LETTER, OPEN } from './characters.js';
import { type Keyword, keywords } from './keywords.js';
import type { Lookahead } from './lookahead.js';
import { endOfPiecesBehind, looksLikePath } from './rawOperands.js';

const RESOURCES = keywords('FILE FILES JAR JARS ARCHIVE ARCHIVES');
const NO_STOPS: readonly Keyword[] = [];
const PUT_STOPS: readonly Keyword[] = ['INTO', 'OVERWRITE'];
const GET_STOPS: readonly Keyword[] = ['TO', 'OVERWRITE'];
const LIST_STOPS: readonly Keyword[] = ['WITH', 'LIMIT'];

/** Finds the operands of the commands that take the rest of the text as it is: paths, zones, roles. */
export class FileCommands {
  readonly #ahead: Lookahead;

  constructor(ahead: Lookahead) {
    this.#ahead = ahead;
  }

  /**
   * Where the operand ends that begins behind the word; -1 if none does. @param verb the command @param word the word
   * before, '' before the verb @param alone no other statements follow
   */
  behindWord(verb: Keyword, keyword: Keyword, word: Keyword, end: number, alone: boolean): number {
    const stops = this.#stops(verb, keyword, word, end);
    return stops === undefined ? -1 : endOfPiecesBehind(this.#ahead, end, stops, alone);
  }

  /** What ends the operand behind the word; undefined if there is none. */
  #stops(verb: Keyword, keyword: Keyword, word: Keyword, end: number): readonly Keyword[] | undefined {
    switch (verb) {
      case 'ADD':
        return word === 'ADD' ? NO_STOPS : undefined;
      case 'LIST':
        return this.#stopsInList(keyword, word, end);
      case 'PUT':
        return keyword === 'PUT' || keyword === 'INTO' ? PUT_STOPS : undefined;
      case 'GET':
        return keyword === 'GET' || keyword === 'TO' ? GET_STOPS : undefined;
      case 'REMOVE':
      case 'DFS':
      case 'KILL':
        return keyword === verb ? NO_STOPS : undefined;
      case 'REFRESH':
        return keyword === 'REFRESH' && this.#pathBehind(end) ? NO_STOPS : undefined;
      case 'SET':
        return keyword === 'ROLE' || (keyword === 'ZONE' && word === 'TIME') ? NO_STOPS : undefined;
      default:
        return undefined;
    }
  }

  #stopsInList(keyword: Keyword, word: Keyword, end: number): readonly Keyword[] | undefined {
    if (keyword === 'LIST') {
      return RESOURCES.has(this.#ahead.keyword(end)) ? undefined : LIST_STOPS;
    }
    return word === 'LIST' && RESOURCES.has(keyword) ? NO_STOPS : undefined;
  }

  #pathBehind(end: number): boolean {
    const kind = kindOf(this.#ahead.code(end));
    return (kind !== LETTER && kind !== OPEN) || looksLikePath(this.#ahead.sql, this.#ahead.next(end));
  }
}
