import type { LineRule, LocalRule, TagLine } from './model.js';
import { factsOf, TAG_FACTS, type TagFacts } from './tagFacts.js';
import { ENVELOPE } from './wireLog.js';

/** Text that the page shows on request only. */
const ON_REQUEST = /^db\.query\.(text$|parameter\.)/;
/** Characters of a value that is shown at once. */
const MAX_VALUE_LENGTH = 2_000;

/** What decides about an operation's tags. */
export interface LineRules {
  /** Tags that the processor withholds. */
  readonly withheld: ReadonlySet<string>;
  /** Why a tag stays away from the user's backend, where that is known. */
  readonly localRule: (tag: string) => LocalRule | undefined;
}

/** What Databricks gets of an operation. */
export interface WireSide {
  /** The fields of its log; `undefined` if it has no record. */
  readonly fields: ReadonlyMap<string, string> | undefined;
  readonly wasSent: boolean;
  /** Fields of the record that unauthenticated requests leave out. Default: none. */
  readonly leftOut?: ReadonlySet<string>;
}

/** Puts an operation's tags beside the fields of its log: what went where, and why. */
export function tagLines(
  attributes: Readonly<Record<string, unknown>>,
  wire: WireSide,
  rules: LineRules,
): TagLine[] {
  const fields = new Map(wire.fields);
  const lines: TagLine[] = [];
  for (const facts of TAG_FACTS) {
    const databricks = facts.field === undefined ? undefined : fields.get(facts.field);
    const value = attributes[facts.name];
    fields.delete(facts.field ?? '');
    if (value !== undefined || databricks !== undefined) {
      lines.push(lineOf(facts.name, facts, value, databricks, wire, rules));
    }
  }
  const listed = new Set(lines.map(({ tag }) => tag));
  for (const tag of Object.keys(attributes).filter((name) => !listed.has(name))) {
    if (attributes[tag] !== undefined) {
      lines.push(lineOf(tag, factsOf(tag), attributes[tag], undefined, wire, rules));
    }
  }
  return [...lines.sort(byScope), ...envelopeLines(fields, wire)];
}

/** Which tags have text that is shown on request only, with that text. */
export function textsOnRequest(attributes: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes)
      .filter(([tag]) => ON_REQUEST.test(tag))
      .map(([tag, value]) => [tag, textOf(value)]),
  );
}

function lineOf(
  tag: string,
  facts: TagFacts | undefined,
  value: unknown,
  databricks: string | undefined,
  wire: WireSide,
  rules: LineRules,
): TagLine {
  const hidden = ON_REQUEST.test(tag);
  return {
    tag,
    scope: facts?.scope ?? 'unknown',
    local: value === undefined || hidden ? undefined : shortened(textOf(value)),
    hidden,
    localRule: value === undefined ? undefined : rules.localRule(tag),
    field: facts?.field,
    databricks,
    rule: ruleOf(tag, facts, value, databricks, wire, rules),
  };
}

function ruleOf(
  tag: string,
  facts: TagFacts | undefined,
  value: unknown,
  databricks: string | undefined,
  wire: WireSide,
  { withheld }: LineRules,
): LineRule {
  if (facts === undefined) {
    return 'unknown';
  }
  if (facts.field === undefined) {
    return 'local';
  }
  if (databricks !== undefined) {
    return wire.wasSent ? 'sent' : 'recorded';
  }
  if (withheld.has(tag)) {
    return 'withheld';
  }
  if (wire.leftOut?.has(facts.field) === true) {
    return 'unauthenticated';
  }
  if (wire.fields === undefined) {
    return 'no_record';
  }
  return facts.accepts(value) ? 'not_in_record' : 'invalid';
}

/** Fields that no tag fills. */
function envelopeLines(fields: ReadonlyMap<string, string>, wire: WireSide): TagLine[] {
  return [...fields].map(([field, databricks]) => ({
    tag: undefined,
    scope: ENVELOPE.has(field) ? 'record' : 'unknown',
    local: undefined,
    hidden: false,
    localRule: undefined,
    field,
    databricks,
    rule: wire.wasSent ? 'sent' : 'recorded',
  }));
}

const ORDER = ['exportLocal', 'unknown', 'exportAll', 'exportDatabricks', 'record'];

function byScope(a: TagLine, b: TagLine): number {
  return ORDER.indexOf(a.scope) - ORDER.indexOf(b.scope);
}

function textOf(value: unknown): string {
  if (typeof value === 'string') {
    return value;
  }
  try {
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  } catch {
    return '(a value that can’t be shown)';
  }
}

function shortened(text: string): string {
  return text.length <= MAX_VALUE_LENGTH
    ? text
    : `${text.slice(0, MAX_VALUE_LENGTH)}… (${text.length - MAX_VALUE_LENGTH} more characters)`;
}
