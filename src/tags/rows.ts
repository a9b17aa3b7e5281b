import { CONNECTION_ROWS } from './connectionRows.js';
import type { TagDefinition } from './definition.js';
import { LOCAL_ROWS } from './localRows.js';
import { STATEMENT_ROWS } from './statementRows.js';
import { TIME_ROWS } from './timeRows.js';

/** Every tag that this package knows, each once. */
export const TAG_ROWS: readonly TagDefinition[] = [
  ...STATEMENT_ROWS,
  ...TIME_ROWS,
  ...LOCAL_ROWS,
  ...CONNECTION_ROWS,
];
