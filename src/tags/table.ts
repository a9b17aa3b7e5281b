import type { TagDefinition } from './definition.js';
import { DEFAULT_TAG_ROWS } from './rows.js';
import { ExportScope } from './scope.js';
import { isWireField, WIRE_FIELDS, type WireField } from './wireFields.js';

const MAX_NAME_LENGTH = 255;

/**
 * The table of tags: what each is, where it may go and which field of Databricks' log it fills. It is
 * the one authority for the scope filter; a tag that is not in it never leaves for Databricks and is
 * left alone locally.
 */
export class TagTable {
  readonly rows: readonly TagDefinition[];
  readonly #byName = new Map<string, TagDefinition>();
  readonly #databricksOnly = new Set<string>();

  /**
   * @param rows all rows of the table
   * @throws TypeError if a row is malformed or two rows contradict each other; the message says which
   */
  constructor(rows: readonly TagDefinition[]) {
    const byWireField = new Map<WireField, string>();
    for (const row of rows) {
      validateRow(row);
      if (this.#byName.has(row.name)) {
        throw new TypeError(`tag table: the tag '${row.name}' stands there twice`);
      }
      this.#byName.set(row.name, row);
      if (row.wireField !== undefined) {
        const other = byWireField.get(row.wireField);

        if (other !== undefined) {
          throw new TypeError(
            `tag table: the tags '${other}' and '${row.name}' both name the wire field '${row.wireField}'; a wire field takes one tag`,
          );
        }
        byWireField.set(row.wireField, row.name);
      }
      if (row.scope === ExportScope.exportDatabricks) {
        this.#databricksOnly.add(row.name);
      }
    }
    this.rows = Object.freeze([...rows]);
  }

  /** The row of a tag, or `undefined` for a tag that the table does not know. */
  get(tag: string): TagDefinition | undefined {
    return this.#byName.get(tag);
  }

  /** Whether the tag may leave for Databricks. Unknown tags may not. */
  shouldExportToDatabricks(tag: string): boolean {
    const row = this.#byName.get(tag);
    return row !== undefined && row.scope !== ExportScope.exportLocal;
  }

  /** Whether the tag must be hidden from the user's own backend. */
  isDatabricksOnly(tag: string): boolean {
    return this.#databricksOnly.has(tag);
  }
}

/** The table that is used unless an option names another. */
export const DEFAULT_TAG_TABLE = new TagTable(DEFAULT_TAG_ROWS);

/**
 * The default table with tags of the user's own.
 *
 * @param tags `exportLocal` tags of any kind; `exportDatabricks` or `exportAll` only for a wire field that
 *   exists, of that field's kind, and that no other tag fills
 * @throws TypeError if a tag is malformed or contradicts the table; the message says which
 */
export function createTagTable(tags: readonly TagDefinition[]): TagTable {
  return new TagTable([...DEFAULT_TAG_ROWS, ...tags]);
}

/**
 * Whether a tag may leave for Databricks. Deny by default: a tag that the table does not know may not.
 *
 * @param tag the attribute's name
 * @param table default: the built-in table
 */
export function shouldExportToDatabricks(tag: string, table: TagTable = DEFAULT_TAG_TABLE): boolean {
  return table.shouldExportToDatabricks(tag);
}

function validateRow(row: TagDefinition): void {
  const { name, scope, kind, wireField } = row;
  if (typeof name !== 'string' || name.length === 0 || name.length > MAX_NAME_LENGTH) {
    throw new TypeError(`tag table: a tag's name must be a string of 1 to ${MAX_NAME_LENGTH} characters`);
  }
  if (!Object.hasOwn(ExportScope, scope)) {
    throw new TypeError(
      `tag table: the scope of '${name}' is '${String(scope)}'; allowed are ${Object.keys(ExportScope).join(', ')}`,
    );
  }
  if (scope === ExportScope.exportLocal) {
    if (wireField !== undefined) {
      throw new TypeError(`tag table: '${name}' is exportLocal but names the wire field '${wireField}'`);
    }
    return;
  }
  if (kind === 'text') {
    throw new TypeError(`tag table: '${name}' is free text, which never leaves for Databricks`);
  }
  if (wireField === undefined || !isWireField(wireField)) {
    throw new TypeError(
      `tag table: '${name}' is ${scope} and must name an existing wire field, not '${String(wireField)}'`,
    );
  }
  const expected = WIRE_FIELDS[wireField].kind;
  if (kind !== expected) {
    throw new TypeError(
      `tag table: '${name}' is of kind '${String(kind)}', but the wire field '${wireField}' takes '${expected}'`,
    );
  }
}
