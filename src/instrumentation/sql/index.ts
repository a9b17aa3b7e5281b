export { sanitizeSql } from './sanitize.js';
export { type StatementSummary, type StatementType, summarizeSql, type VolumeOperation } from './summary.js';
export { truncateSql } from './truncate.js';
