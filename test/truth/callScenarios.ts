import { join } from 'node:path';
import type { DriverOperation, DriverSession } from '../support/drivers.js';
import { both, DELAY_MS, failing, type TruthScenario, thriftOnly } from './scenario.js';

type Call = (session: DriverSession) => Promise<DriverOperation>;

const TABLE = { catalogName: 'main', schemaName: 'default', tableName: 'rows' };
const REFERENCE = {
  parentCatalogName: 'main',
  parentSchemaName: 'default',
  parentTableName: 'rows',
  foreignCatalogName: 'main',
  foreignSchemaName: 'default',
  foreignTableName: 'other_rows',
};

const METADATA_CALLS: readonly (readonly [rpc: string, type: string, call: Call])[] = [
  ['GetTypeInfo', 'LIST_TYPE_INFO', (session) => session.getTypeInfo()],
  ['GetCatalogs', 'LIST_CATALOGS', (session) => session.getCatalogs()],
  ['GetSchemas', 'LIST_SCHEMAS', (session) => session.getSchemas({ catalogName: 'main' })],
  ['GetTables', 'LIST_TABLES', (session) => session.getTables({ catalogName: 'main' })],
  ['GetTableTypes', 'LIST_TABLE_TYPES', (session) => session.getTableTypes()],
  ['GetColumns', 'LIST_COLUMNS', (session) => session.getColumns(TABLE)],
  [
    'GetFunctions',
    'LIST_FUNCTIONS',
    (session) => session.getFunctions({ catalogName: 'main', functionName: 'abs' }),
  ],
  ['GetPrimaryKeys', 'LIST_PRIMARY_KEYS', (session) => session.getPrimaryKeys(TABLE)],
  ['GetCrossReference', 'LIST_CROSS_REFERENCES', (session) => session.getCrossReference(REFERENCE)],
];

/** Metadata calls, `getInfo`, and volume transfers. */
export function callScenarios(folder: string): readonly TruthScenario[] {
  return [
    ...METADATA_CALLS.map(
      ([rpc, operationType, call]): TruthScenario => ({
        name: `${rpc[0]?.toLowerCase()}${rpc.slice(1)}, read to its end`,
        backends: both,
        call,
        faults: { [rpc]: { scenario: { executeDelayMs: DELAY_MS } } },
        use: (app) => app.readAll(),
        expected: { operationType, statementType: 'METADATA' },
        onKernel: { unknowable: { sql_statement_id: 'kernel-metadata-id' } },
      }),
    ),
    ...(['GET', 'PUT', 'REMOVE'] as const).map(
      (operation): TruthScenario => ({
        name: `volume ${operation}`,
        backends: thriftOnly,
        server: {
          executeDelayMs: DELAY_MS,
          staging: {
            operation,
            ...(operation === 'REMOVE' ? {} : { localFile: join(folder, `${operation}.csv`) }),
          },
        },
        transfers: true,
        use: (app) => app.close(),
        expected: {
          statementType: 'VOLUME',
          volume: operation === 'REMOVE' ? 'DELETE' : operation,
          rows: false,
        },
      }),
    ),
    {
      name: 'volume REMOVE, which fails',
      backends: thriftOnly,
      server: { executeDelayMs: DELAY_MS, staging: { operation: 'REMOVE', status: 403 } },
      transfers: true,
      use: (app) => failing(app.close()),
      expected: { statementType: 'VOLUME', volume: 'DELETE', rows: false, error: '403' },
    },
  ];
}
