export type { ConnectionTag, ExportScope, StatementTag, TagDefinition, TagSubject } from './definition.js';
export { isHttpStatus, isKnownErrorCode, isSqlState, knownErrorNames, OTHER_ERROR } from './errorCodes.js';
export * from './kinds.js';
export { DB_SYSTEM, Tag } from './names.js';
export * from './statementRules.js';
export { shouldExportToDatabricks, TAG_TABLE, TagTable } from './table.js';
export { TIME_ACCOUNTS, TIME_TAGS, type TimeAccount } from './timeAccounts.js';
export { NameSet, withholdOption } from './withhold.js';
