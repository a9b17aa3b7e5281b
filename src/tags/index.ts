export type { TagDefinition, TagKind, TagSubject } from './definition.js';
export { isHttpStatus, isKnownErrorCode, isSqlState, knownErrorNames, OTHER_ERROR } from './errorCodes.js';
export * from './kinds.js';
export { DB_SYSTEM, Tag } from './names.js';
export { DEFAULT_TAG_ROWS } from './rows.js';
export { ExportScope } from './scope.js';
export {
  createTagTable,
  DEFAULT_TAG_TABLE,
  shouldExportToDatabricks,
  TagTable,
} from './table.js';
export { DERIVED_WIRE_FIELDS, isWireField, WIRE_FIELDS, type WireField } from './wireFields.js';
