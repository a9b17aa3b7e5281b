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
