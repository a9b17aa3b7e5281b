import { TAG_TABLE, type TagDefinition } from '../tags/index.js';

/** What the views need of a row of the tag table. */
export interface TagFacts {
  readonly name: string;
  readonly scope: TagDefinition['scope'];
  readonly on: string;
  readonly kind: string;
  /** The field of Databricks' log; `undefined` for tags that never leave. */
  readonly field: string | undefined;
  readonly description: string;
  /** Whether a value is of the field's kind. */
  readonly accepts: (value: unknown) => boolean;
}

export const TAG_FACTS: readonly TagFacts[] = TAG_TABLE.rows.map(factsOfRow);

function factsOfRow(row: TagDefinition): TagFacts {
  const { name, scope, on, description } = row;
  if (row.scope === 'exportLocal') {
    return { name, scope, on, kind: row.kind, field: undefined, description, accepts: () => false };
  }
  const { rule, field } = row;
  return {
    name,
    scope,
    on,
    kind: rule.kind,
    field,
    description,
    accepts: (value) => rule.check(value) !== undefined,
  };
}

const WILDCARD = '.*';
const BY_NAME: ReadonlyMap<string, TagFacts> = new Map(TAG_FACTS.map((facts) => [facts.name, facts]));
const BY_PREFIX = TAG_FACTS.filter(({ name }) => name.endsWith(WILDCARD)).map(
  (facts) => [facts.name.slice(0, -WILDCARD.length + 1), facts] as const,
);

/** @returns `undefined` for a tag that the table does not list */
export function factsOf(tag: string): TagFacts | undefined {
  return BY_NAME.get(tag) ?? BY_PREFIX.find(([prefix]) => tag.startsWith(prefix))?.[1];
}
