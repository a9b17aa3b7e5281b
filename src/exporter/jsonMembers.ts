/**
 * Members of JSON objects inside a JSON string: quotes are escaped, and each begins with the comma that
 * separates it from the one before.
 */

/** How a member begins, the comma before it included. */
export function start(name: string): string {
  return `,\\"${name}\\":`;
}

/** The whole member for each value of a closed list. */
export function closedList(name: string, values: readonly string[]): ReadonlyMap<string, string> {
  return new Map(values.map((value) => [value, text(start(name), value)]));
}

/** A member from a closed list; nothing for a value that is not on it. */
export function listed(members: ReadonlyMap<string, string>, value: string | undefined): string {
  return value === undefined ? '' : (members.get(value) ?? '');
}

/** A member whose value is text that JSON does not escape; nothing for `undefined`. */
export function text(memberStart: string, value: string | undefined): string {
  return value === undefined ? '' : `${memberStart}\\"${value}\\"`;
}

/** A member that is a number or a boolean. */
export function plain(memberStart: string, value: number | boolean | undefined): string {
  return value === undefined ? '' : memberStart + value;
}

/** A member that is an object; nothing if it would be empty. */
export function group(memberStart: string, members: string): string {
  return members === '' ? '' : `${memberStart}{${members.slice(1)}}`;
}
