export { sanitizeSql } from './sanitize.js';
export { truncateSql } from './truncate.js';
