import { codeAt, DIGIT, kindOf, LETTER } from './characters.js';

/** Whether `sql` between the two indices is the given word, which is in upper case and ASCII. */
export function isWord(sql: string, start: number, end: number, word: string): boolean {
  if (end - start !== word.length) {
    return false;
  }
  for (let i = 0; i < word.length; i++) {
    const code = sql.charCodeAt(start + i);
    const upper = code >= 97 && code <= 122 ? code - 32 : code;
    if (upper !== word.charCodeAt(i)) {
      return false;
    }
  }
  return true;
}

/** The same for the word that ends at `end`, wherever it begins. */
export function endsWithWord(sql: string, end: number, word: string): boolean {
  const start = end - word.length;
  if (start < 0 || !isWord(sql, start, end, word)) {
    return false;
  }
  const kind = start === 0 ? -1 : kindOf(codeAt(sql, start - 1));
  return kind !== LETTER && kind !== DIGIT;
}
