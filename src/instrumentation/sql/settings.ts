import { codeAt, SEMICOLON_CODE } from './characters.js';
import { endOfToken } from './lexer.js';
import { isWord } from './words.js';

const NO_SETTING = 0;
const SETTING = 1;
const DOTTED_SETTING = 2;

/**
 * Recognises `SET key = value` where the key has dots, as only configuration keys have. There the value is free
 * text without quotes, and may be a secret: `SET fs.azure.account.key=Zm9v/+==`.
 */
export class Settings {
  private state = NO_SETTING;

  onFirstWord(sql: string, start: number, end: number): void {
    this.state = isWord(sql, start, end, 'SET') ? SETTING : NO_SETTING;
  }

  onDot(): void {
    if (this.state === SETTING) this.state = DOTTED_SETTING;
  }

  /** Whether free text follows the equals sign. */
  onEquals(): boolean {
    const freeText = this.state === DOTTED_SETTING;
    this.state = NO_SETTING;
    return freeText;
  }
}

/** End of a statement whose tokens have no meaning: its semicolon, or the end of the text. */
export function endOfStatement(sql: string, start: number): number {
  let i = start;
  while (i < sql.length && codeAt(sql, i) !== SEMICOLON_CODE) i = endOfToken(sql, i);
  return i;
}
