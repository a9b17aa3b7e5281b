import { table } from './metadata-tables.js';
import type { RowSource } from './rows.js';

/** The kernel asks for metadata in SQL, and makes its own tables of the answers. Same catalogue as over Thrift. */
const ANSWERS: readonly (readonly [string, RowSource])[] = [
  ['SHOW CATALOGS', table('catalog', ['main'], ['samples'])],
  ['SHOW SCHEMAS', table('databaseName catalog', ['default', 'main'], ['information_schema', 'main'])],
  [
    'SHOW TABLES',
    table(
      'catalogName namespace tableName tableType remarks',
      ['main', 'default', 'rows', 'TABLE', ''],
      ['main', 'default', 'rows_view', 'VIEW', null],
    ),
  ],
  [
    'SHOW COLUMNS',
    table(
      'catalogName namespace tableName col_name columnType columnSize:int decimalDigits:int radix:int ' +
        'isNullable remarks ordinalPosition:int isAutoIncrement isGenerated',
      ['main', 'default', 'rows', 'id', 'INT', 4, 0, 10, 'false', null, 0, 'NO', 'NO'],
      ['main', 'default', 'rows', 'name', 'STRING', 255, null, null, 'true', null, 1, 'NO', 'NO'],
    ),
  ],
  [
    'SHOW KEYS',
    table('catalogName namespace tableName col_name keySeq:int constraintName', [
      'main',
      'default',
      'rows',
      'id',
      1,
      'rows_pk',
    ]),
  ],
  [
    'SHOW FOREIGN KEYS',
    table(
      'parentCatalogName parentNamespace parentTableName parentColName catalogName namespace tableName col_name ' +
        'keySeq:int updateRule:int deleteRule:int constraintName parentConstraintName deferrability:int',
      [
        'main',
        'default',
        'rows',
        'id',
        'main',
        'default',
        'other_rows',
        'row_id',
        1,
        3,
        3,
        'other_rows_fk',
        'rows_pk',
        7,
      ],
    ),
  ],
  [
    'SELECT routine_catalog',
    table('routine_catalog routine_schema routine_name comment specific_name', [
      'main',
      'default',
      'abs',
      '',
      'abs',
    ]),
  ],
];

export function kernelShow(text: string): RowSource | undefined {
  return ANSWERS.find(([beginning]) => text.startsWith(beginning))?.[1];
}
