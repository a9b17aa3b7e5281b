import { type ColumnHeader, fixedRows, type RowSource, type Value } from './rows.js';
import type { MetadataMethod } from './rpc-types.js';

/** A header in short: 'NAME' is a string column, 'NAME:int' an integer one. */
export function table(headers: string, ...rows: (readonly Value[])[]): RowSource {
  const columns = headers.split(' ').map((header): ColumnHeader => {
    const [name = '', type] = header.split(':');
    return { name, type: type === 'int' ? 'int' : 'string' };
  });
  return fixedRows(columns, rows);
}

/** A small catalogue, the same for everybody: main.default.rows(id INT, name STRING). */
export const METADATA_TABLES: Readonly<Record<MetadataMethod, RowSource>> = {
  GetTypeInfo: table(
    'TYPE_NAME DATA_TYPE:int PRECISION:int NULLABLE:int',
    ['INT', 4, 10, 1],
    ['STRING', 12, null, 1],
  ),
  GetCatalogs: table('TABLE_CAT', ['main'], ['samples']),
  GetSchemas: table('TABLE_SCHEM TABLE_CATALOG', ['default', 'main'], ['information_schema', 'main']),
  GetTables: table(
    'TABLE_CAT TABLE_SCHEM TABLE_NAME TABLE_TYPE REMARKS',
    ['main', 'default', 'rows', 'TABLE', ''],
    ['main', 'default', 'rows_view', 'VIEW', null],
  ),
  GetTableTypes: table('TABLE_TYPE', ['TABLE'], ['VIEW'], ['SYSTEM TABLE']),
  GetColumns: table(
    'TABLE_CAT TABLE_SCHEM TABLE_NAME COLUMN_NAME DATA_TYPE:int TYPE_NAME ORDINAL_POSITION:int IS_NULLABLE',
    ['main', 'default', 'rows', 'id', 4, 'INT', 0, 'NO'],
    ['main', 'default', 'rows', 'name', 12, 'STRING', 1, 'YES'],
  ),
  GetFunctions: table('FUNCTION_CAT FUNCTION_SCHEM FUNCTION_NAME REMARKS', ['main', 'default', 'abs', '']),
  GetPrimaryKeys: table('TABLE_CAT TABLE_SCHEM TABLE_NAME COLUMN_NAME KEQ_SEQ:int PK_NAME', [
    'main',
    'default',
    'rows',
    'id',
    1,
    'rows_pk',
  ]),
  GetCrossReference: table('PKTABLE_NAME PKCOLUMN_NAME FKTABLE_NAME FKCOLUMN_NAME KEY_SEQ:int FK_NAME', [
    'rows',
    'id',
    'other_rows',
    'row_id',
    1,
    'other_rows_fk',
  ]),
};
