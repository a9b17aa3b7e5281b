import { type ConnectionTag, knownErrorNames, OTHER_ERROR, type StatementTag } from '../src/tags/index.js';

/** Which values of a tag may stay, in the terms of the Collector's transformation language (OTTL). */
export type CollectorCheck =
  | { readonly type: 'boolean' | 'integer' }
  | {
      readonly type: 'text';
      readonly pattern: string;
      readonly otherwise?: string;
    };

/** 2⁵³ − 1, beyond which JavaScript has no exact integers. */
const LARGEST_INTEGER = String(Number.MAX_SAFE_INTEGER);

// The expressions are for Go's regexp package, which knows no look-ahead: a SQLSTATE, five characters with a digit
// among them or `XX` at the beginning, is spelled out. A test compares them with the package's own checks.
const UUID = '[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}';
const DIGITS = '[0-9]{1,20}';
const VERSION = '[0-9]{1,10}([.][0-9]{1,10}){0,3}(-[a-z]{1,16}([.][0-9]{1,10})?)?';
const HTTP_STATUS = '[1-5][0-9]{2}';
const SQLSTATE = ['XX[0-9A-Z]{3}', ...[0, 1, 2, 3, 4].map(digitAt)];

/** A tag that may leave for Databricks. */
export type SentTag = ConnectionTag | StatementTag;

export function collectorCheck({ rule }: SentTag): CollectorCheck {
  switch (rule.kind) {
    case 'boolean':
    case 'integer':
      return { type: rule.kind };
    case 'uuid':
      return text(UUID);
    case 'digits':
      return text(DIGITS);
    case 'version':
      return text(VERSION);
    case 'enum':
      return text((rule.values ?? []).map(literal).join('|'));
    case 'pattern':
      return text(rule.allowed.slice(1, -1).replaceAll('\\/', '/'));
    case 'code':
      return {
        ...text([...knownErrorNames().map(literal), HTTP_STATUS, ...SQLSTATE].join('|')),
        otherwise: OTHER_ERROR,
      };
  }
}

/** The statement that removes, or replaces, a value that does not fit. */
export function checkStatement(row: SentTag): string {
  const value = `span.attributes[${quote(row.name)}]`;
  const check = collectorCheck(row);
  const editor =
    check.type === 'text' && check.otherwise !== undefined
      ? `set(${value}, ${quote(check.otherwise)})`
      : `delete_key(span.attributes, ${quote(row.name)})`;
  return `${editor} where ${value} != nil and not (${fits(value, check)})`;
}

/** A string of OTTL, for the Collector's configuration, where `$` begins a variable and `$$` is a dollar sign. */
export function quote(value: string): string {
  return JSON.stringify(value).replaceAll('$', '$$$$');
}

function fits(value: string, check: CollectorCheck): string {
  switch (check.type) {
    case 'boolean':
      return `IsBool(${value})`;
    case 'integer':
      return `IsInt(${value}) and ${value} >= 0 and ${value} <= ${LARGEST_INTEGER}`;
    case 'text':
      return `IsString(${value}) and IsMatch(${value}, ${quote(check.pattern)})`;
  }
}

function text(alternatives: string): { type: 'text'; pattern: string } {
  return { type: 'text', pattern: `^(${alternatives})$` };
}

/** Five characters, of which the one at `index` is the first digit. */
function digitAt(index: number): string {
  return `${'[A-Z]'.repeat(index)}[0-9]${'[0-9A-Z]'.repeat(4 - index)}`;
}

function literal(value: string): string {
  return value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
