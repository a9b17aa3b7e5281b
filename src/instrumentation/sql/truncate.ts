const DETACH_ABOVE = 1024;

/** The beginning of `text`, at most `maxLength` UTF-16 code units long; no surrogate pair is split. */
export function truncateSql(text: string, maxLength: number): string {
  if (text.length <= maxLength) {
    return text;
  }
  const length = maxLength >= 1 ? Math.floor(maxLength) : 0;
  const end = splitsPair(text, length) ? length - 1 : length;
  return detach(text.slice(0, end), text);
}

/** A copy of `part` if it is little of `whole`: as a slice, V8 would keep `whole` alive for as long as `part`. */
export function detach(part: string, whole: string): string {
  if (whole.length <= DETACH_ABOVE || part.length > whole.length / 2) {
    return part;
  }
  // A concatenation owns its characters once it is flat, and taking a slice of it makes it flat.
  return ` ${part}`.slice(1);
}

function splitsPair(text: string, index: number): boolean {
  if (index === 0) {
    return false;
  }
  return isSurrogate(text, index - 1, 0xd800) && isSurrogate(text, index, 0xdc00);
}

function isSurrogate(text: string, index: number, first: number): boolean {
  const code = text.charCodeAt(index);
  return code >= first && code < first + 0x400;
}
