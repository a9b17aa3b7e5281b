import type { ConnectionTag, StatementTag, TagDefinition } from './definition.js';
import { TAG_ROWS } from './rows.js';

/**
 * The table of tags: what each is, where it may go and which field of Databricks' log it fills. It is the one
 * authority for where a tag may go: what is not in it never leaves for Databricks and is left alone locally.
 */
export class TagTable {
  readonly rows: readonly TagDefinition[];
  /** Tags of statements and downloads that may leave. */
  readonly statementTags: readonly StatementTag[];
  /** Tags of connections that may leave. */
  readonly connectionTags: readonly ConnectionTag[];
  readonly #byName: ReadonlyMap<string, TagDefinition>;

  constructor(rows: readonly TagDefinition[]) {
    this.rows = rows;
    this.statementTags = rows.filter(isStatementTag);
    this.connectionTags = rows.filter(isConnectionTag);
    this.#byName = new Map(rows.map((row) => [row.name, row]));
  }

  /** The row of a tag, or `undefined` for a tag that the table does not know. */
  get(tag: string): TagDefinition | undefined {
    return this.#byName.get(tag);
  }

  /** Whether the tag may leave for Databricks. Unknown tags may not. */
  shouldExportToDatabricks(tag: string): boolean {
    const row = this.#byName.get(tag);
    return row !== undefined && row.scope !== 'exportLocal';
  }
}

/** The built-in table. */
export const TAG_TABLE = new TagTable(TAG_ROWS);

/**
 * Whether a tag may leave for Databricks. Deny by default: a tag that the table does not know may not.
 *
 * @param tag the attribute's name
 */
export function shouldExportToDatabricks(tag: string): boolean {
  return TAG_TABLE.shouldExportToDatabricks(tag);
}

function isStatementTag(row: TagDefinition): row is StatementTag {
  return row.scope !== 'exportLocal' && row.on !== 'connection';
}

function isConnectionTag(row: TagDefinition): row is ConnectionTag {
  return row.scope !== 'exportLocal' && row.on === 'connection';
}
