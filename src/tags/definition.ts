import type { ExportScope } from './scope.js';
import type { WIRE_FIELDS, WireField } from './wireFields.js';

/** What a tag's values are: a kind that may leave for Databricks, or `text`, which may not. */
export type TagKind = (typeof WIRE_FIELDS)[WireField]['kind'] | 'text';

/** On which spans a tag stands. */
export type TagSubject = 'operation' | 'download' | 'connection';

/** One row of the tag table. */
export interface TagDefinition {
  /** The attribute's name. A name that ends in `.*` stands for all attributes that begin so. */
  readonly name: string;
  readonly scope: ExportScope;
  /** Required for `exportDatabricks` and `exportAll`, where it must be the kind of the wire field. */
  readonly kind: TagKind;
  /** Required for `exportDatabricks` and `exportAll`: the field of Databricks' telemetry log. */
  readonly wireField?: WireField;
  /** Default: `operation`. */
  readonly on?: TagSubject;
  /** For people. */
  readonly description?: string;
}
