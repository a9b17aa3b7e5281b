import { type Exchange, respond } from './exchange.js';
import { type ColumnHeader, fixedRows, type RowSource, type Value } from './rows.js';
import type { Scenario } from './scenario.js';
import type { TruthBook } from './truth.js';

/** What a volume GET downloads. */
export const STAGED_FILE = Buffer.from('id,name\n0,row-0\n1,row-1\n');

/** The header that a presigned URL of this server insists on, as cloud stores do. */
const REQUIRED_HEADER = 'x-local-staging';

/** The one row of a volume operation. REMOVE has no local file: the driver chokes on a null there. */
export function stagingRow(
  { operation, localFile }: NonNullable<Scenario['staging']>,
  statementId: string,
  origin: string,
): RowSource {
  const columns: ColumnHeader[] = [
    { name: 'operation', type: 'string' },
    { name: 'presignedUrl', type: 'string' },
    { name: 'headers', type: 'map' },
  ];
  const row: Value[] = [
    operation,
    `${origin}/staging/${statementId}?X-Amz-Signature=presigned-secret`,
    JSON.stringify({ [REQUIRED_HEADER]: 'yes' }),
  ];
  if (localFile !== undefined) {
    columns.push({ name: 'localFile', type: 'string' });
    row.push(localFile);
  }
  return fixedRows(columns, [row]);
}

/** Answers a presigned volume URL: `/staging/{statement}`. */
export function serveStaging(exchange: Exchange, truth: TruthBook): void {
  const [, , id = ''] = (exchange.path.split('?')[0] ?? '').split('/');
  const statement = truth.operation(id);
  const staging = statement?.scenario.staging;
  if (statement === undefined || staging === undefined) {
    respond(exchange, 404, 'no such volume file');
    return;
  }
  const method = exchange.request.method ?? '';
  const status = exchange.request.headers[REQUIRED_HEADER] === undefined ? 400 : (staging.status ?? 200);
  const body = method === 'GET' && status === 200 ? STAGED_FILE : Buffer.alloc(0);
  statement.truth.httpAttempts += 1;
  if (status >= 400) statement.truth.httpFailures += 1;
  statement.truth.staged = { method, status, body: method === 'PUT' ? exchange.body : body };
  respond(exchange, status, body);
}
