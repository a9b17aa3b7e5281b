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

type Tags = Readonly<Record<string, unknown>>;

/** A tag's value, and whether it stands on the span. */
interface Told {
  readonly value: unknown;
  readonly isOnSpan: boolean;
}

/**
 * Puts an operation's tags beside the fields of its log: what went where, and why.
 *
 * @param handleTags tags of the connection that stand on no span
 */
export function tagLines(
  attributes: Tags,
  wire: WireSide,
  rules: LineRules,
  handleTags: Tags = {},
): TagLine[] {
  const told = (tag: string): Told => {
    const isOnSpan = attributes[tag] !== undefined || handleTags[tag] === undefined;
    return { value: isOnSpan ? attributes[tag] : handleTags[tag], isOnSpan };
  };
  const fields = new Map(wire.fields);
  const lines: TagLine[] = [];
  for (const facts of TAG_FACTS) {
    const databricks = facts.field === undefined ? undefined : fields.get(facts.field);
    const tag = told(facts.name);
    fields.delete(facts.field ?? '');
    if (tag.value !== undefined || databricks !== undefined) {
      lines.push(lineOf(facts.name, facts, tag, databricks, wire, rules));
    }
  }
  const listed = new Set(lines.map(({ tag }) => tag));
  for (const name of Object.keys({ ...attributes, ...handleTags }).filter((each) => !listed.has(each))) {
    const tag = told(name);
    if (tag.value !== undefined) {
      lines.push(lineOf(name, factsOf(name), tag, undefined, wire, rules));
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
  { value, isOnSpan }: Told,
  databricks: string | undefined,
  wire: WireSide,
  rules: LineRules,
): TagLine {
  const hidden = isOnSpan && ON_REQUEST.test(tag);
  return {
    tag,
    scope: facts?.scope ?? 'unknown',
    local: value === undefined || hidden || !isOnSpan ? undefined : shortened(textOf(value)),
    hidden,
    localRule: isOnSpan ? (value === undefined ? undefined : rules.localRule(tag)) : 'not_on_span',
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
