import type { RecordMember } from '../records.js';
import type { ValueRule } from './kinds.js';

/**
 * Where a tag may go.
 *
 * - `exportLocal`: only to the user's own backend,
 * - `exportDatabricks`: only to Databricks' telemetry endpoint,
 * - `exportAll`: to both.
 */
export type ExportScope = 'exportLocal' | 'exportDatabricks' | 'exportAll';

/** On which spans a tag stands. */
export type TagSubject = 'operation' | 'download' | 'connection';

interface TagBase {
  /** The attribute's name. A name that ends in `.*` stands for all attributes that begin so. */
  readonly name: string;
  readonly on: TagSubject;
  /** For the reference page. */
  readonly description: string;
}

/** A tag that never leaves for Databricks. */
export interface LocalTag extends TagBase {
  readonly scope: 'exportLocal';
  /** For the reference page; local values are not checked. */
  readonly kind: 'text' | 'integer' | 'boolean';
}

/** A tag that may leave. There is no rule for free text, so free text can't. */
interface SentTag extends TagBase {
  readonly scope: 'exportDatabricks' | 'exportAll';
  /**
   * The field of Databricks' telemetry log, by its path below `entry.sql_driver_log`; `workspace_id` stands
   * at the top of the log. No two tags have the same.
   */
  readonly field: string;
  /** What its values must be. */
  readonly rule: ValueRule;
}

/** A tag of a connection, on the span that opens a session or on the connection's handle. Read and encoded by a loop over the rows. */
export interface ConnectionTag extends SentTag {
  readonly on: 'connection';
}

/** A tag of a statement or download. Read and encoded by hand-written code that tests compare with the rows. */
export interface StatementTag extends SentTag {
  readonly on: 'operation' | 'download';
  /** Where the record keeps the value. */
  readonly member: RecordMember;
}

/** One row of the tag table. */
export type TagDefinition = LocalTag | ConnectionTag | StatementTag;
