import { enumRule } from './kinds.js';

/** The closed lists that the encoder has ready-made texts for. */

export const STATEMENT_TYPE_RULE = enumRule('QUERY', 'SQL', 'UPDATE', 'METADATA', 'VOLUME');

export const RESULT_FORMAT_RULE = enumRule(
  'INLINE_ARROW',
  'INLINE_JSON',
  'EXTERNAL_LINKS',
  'COLUMNAR_INLINE',
);

export const OPERATION_TYPE_RULE = enumRule(
  'CREATE_SESSION',
  'DELETE_SESSION',
  'EXECUTE_STATEMENT',
  'EXECUTE_STATEMENT_ASYNC',
  'CLOSE_STATEMENT',
  'CANCEL_STATEMENT',
  'LIST_TYPE_INFO',
  'LIST_CATALOGS',
  'LIST_SCHEMAS',
  'LIST_TABLES',
  'LIST_TABLE_TYPES',
  'LIST_COLUMNS',
  'LIST_FUNCTIONS',
  'LIST_PRIMARY_KEYS',
  'LIST_IMPORTED_KEYS',
  'LIST_EXPORTED_KEYS',
  'LIST_CROSS_REFERENCES',
);

export const VOLUME_OPERATION_RULE = enumRule('PUT', 'GET', 'DELETE', 'LIST', 'QUERY');
