/**
 * Members of JSON objects inside a JSON string: quotes are escaped, and each begins with the comma that
 * separates it from the one before.
 */

/** How a member begins, the comma before it included. */
export function start(name: string): string {
  return `,\\"${name}\\":`;
}

/** The whole member for each value of a closed list, after a member that always stands before it. */
export function closedList(
  name: string,
  values: readonly string[],
  before = '',
): ReadonlyMap<string, string> {
  return new Map(values.map((value) => [value, before + text(start(name), value)]));
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

/** Both forms of a member that is a boolean. */
export interface FlagMember {
  readonly yes: string;
  readonly no: string;
}

export function flagMember(name: string): FlagMember {
  return { yes: plain(start(name), true), no: plain(start(name), false) };
}

export function flag(member: FlagMember, value: boolean | undefined): string {
  return value === undefined ? '' : value ? member.yes : member.no;
}

/** A member that is an object; nothing if it would be empty. */
export function group(memberStart: string, members: string): string {
  return members === '' ? '' : `${memberStart}{${members.slice(1)}}`;
}

/** For each value of a closed list: a member that is an object, up to and with its first member. */
export function openings(
  groupName: string,
  memberName: string,
  values: readonly string[],
): ReadonlyMap<string, string> {
  return new Map(
    values.map((value) => [value, `${start(groupName)}{${text(start(memberName), value).slice(1)}`]),
  );
}

/** The same as `group`, where the first member is from a closed list: no text is cut. */
export function groupOpenedBy(
  members: ReadonlyMap<string, string>,
  firstValue: string | undefined,
  memberStart: string,
  rest: string,
): string {
  const opening = firstValue === undefined ? undefined : members.get(firstValue);
  return opening === undefined ? group(memberStart, rest) : `${opening}${rest}}`;
}
