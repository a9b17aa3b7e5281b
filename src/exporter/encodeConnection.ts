import type { ConnectionFields } from '../records.js';

/** What the log of a connection has more than others, as members of `sql_driver_log` inside a JSON string. */
export interface ConnectionMembers {
  /** Of the log itself. */
  readonly own: string;
  /** Its groups: `system_configuration` and the like. */
  readonly groups: string;
}

type Members = Record<string, string | number | boolean>;

/** Places each field by its path. Once per batch and kind of connection, so by JSON's own means. */
export function connectionMembers(fields: ConnectionFields): ConnectionMembers {
  const own: Members = {};
  const groups = new Map<string, Members>();
  for (const [path, value] of fields) {
    const dot = path.indexOf('.');
    if (dot === -1) {
      own[path] = value;
      continue;
    }
    const name = path.slice(0, dot);
    const group = groups.get(name) ?? {};
    group[path.slice(dot + 1)] = value;
    groups.set(name, group);
  }
  return { own: membersOf(own), groups: membersOf(Object.fromEntries(groups)) };
}

/** Each with the comma that separates it from the one before. */
function membersOf(object: object): string {
  const members = JSON.stringify(object).slice(1, -1);
  return members === '' ? '' : `,${JSON.stringify(members).slice(1, -1)}`;
}
