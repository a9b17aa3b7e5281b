import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { encodeArrow } from '../support/local-databricks/encoding.js';
import { generatedRows } from '../support/local-databricks/rows.js';

/**
 * What the driver's classes ask of a warehouse, answered in memory: it stands in for `HiveDriver`, right
 * above the wire. Everything above it is the real driver.
 */
const fromDriver = createRequire(createRequire(import.meta.url).resolve('@databricks/sql/package.json'));
const StatusError: new (status: object) => object = fromDriver('./dist/errors/StatusError').default;
const Int64: new (value: number) => object = fromDriver('node-int64');

const SUCCESS = { statusCode: 0 };
const SECRET = Buffer.alloc(16);
const RUNNING = 1;
const FINISHED = 2;
const ERROR = 5;
const COLUMNS = 1;
const LINKS = 3;
const FAR_AWAY = new Int64(8_640_000_000_000_000);

const COLUMN_SCHEMA = {
  columns: [{ columnName: 'id', position: 1, typeDesc: { types: [{ primitiveEntry: { type: 3 } }] } }],
};
const ARROW_FILE = encodeArrow(generatedRows, 0, 10, false).stream;

/** How a statement goes, as its SQL text says. */
export type Course =
  | 'pages'
  | 'cloudfetch'
  | 'polled'
  | 'ddl'
  | 'rejected'
  | 'forbidden'
  | 'error'
  | 'polled-error'
  | 'fetch-503';

interface Statement {
  readonly course: Course;
  pagesLeft: number;
  polled: boolean;
}

interface OperationRequest {
  readonly operationHandle: { readonly operationId: { readonly statement: Statement } };
}

export const sqlOf = (course: Course): string => `SELECT ${course} FROM t /* ${course} */`;

export class StubWarehouse {
  /** Presigned links that were read. */
  downloads = 0;

  async openSession() {
    return {
      status: SUCCESS,
      sessionHandle: { sessionId: { guid: guid(), secret: SECRET } },
      serverProtocolVersion: 0xa508,
    };
  }

  async closeSession() {
    return { status: SUCCESS };
  }

  async executeStatement({ statement: text }: { readonly statement: string }) {
    const course = /\/\* (.*) \*\//.exec(text)?.[1] as Course;
    if (course === 'rejected') {
      throw new StatusError({ errorMessage: 'no', errorCode: 1 });
    }
    if (course === 'forbidden') {
      throw Object.assign(new Error('forbidden'), { statusCode: 403 });
    }
    return this.#opened({ course, pagesLeft: 2, polled: false });
  }

  async getTables() {
    return this.#opened({ course: 'pages', pagesLeft: 1, polled: false });
  }

  async getOperationStatus({ operationHandle }: OperationRequest) {
    const { statement } = operationHandle.operationId;
    const isRunning = !statement.polled && statement.course.startsWith('polled');
    statement.polled = true;
    if (statement.course === 'polled-error' && !isRunning) {
      return { status: SUCCESS, operationState: ERROR, sqlState: '42P01', displayMessage: 'no table' };
    }
    return { status: SUCCESS, operationState: isRunning ? RUNNING : FINISHED, hasResultSet: true };
  }

  async getResultSetMetadata({ operationHandle }: OperationRequest) {
    return metadataOf(operationHandle.operationId.statement);
  }

  async fetchResults({ operationHandle }: OperationRequest) {
    const { statement } = operationHandle.operationId;
    if (statement.course === 'fetch-503') {
      throw Object.assign(new Error('unavailable'), { statusCode: 503 });
    }
    return pageOf(statement);
  }

  async closeOperation() {
    return { status: SUCCESS };
  }

  async cancelOperation() {
    return { status: SUCCESS };
  }

  /** In place of `CloudFetchResultHandler.fetch`. */
  async download() {
    this.downloads++;
    return { response: { ok: true, status: 200 }, body: ARROW_FILE };
  }

  #opened(statement: Statement) {
    const { course } = statement;
    const operationHandle = {
      operationId: { guid: guid(), secret: SECRET, statement },
      operationType: 0,
      hasResultSet: course !== 'ddl',
    };
    if (course.startsWith('polled') || course === 'fetch-503') {
      return { status: SUCCESS, operationHandle };
    }
    const failed = course === 'error';
    return {
      status: SUCCESS,
      operationHandle,
      directResults: {
        operationStatus: failed
          ? { status: SUCCESS, operationState: ERROR, sqlState: '22012', displayMessage: 'division by zero' }
          : { status: SUCCESS, operationState: FINISHED, hasResultSet: course !== 'ddl' },
        ...(failed ? {} : { resultSetMetadata: metadataOf(statement) }),
        ...(failed || course === 'ddl' ? {} : { resultSet: pageOf(statement) }),
      },
    };
  }
}

function metadataOf({ course }: Statement) {
  return {
    status: SUCCESS,
    schema: COLUMN_SCHEMA,
    resultFormat: course === 'cloudfetch' ? LINKS : COLUMNS,
    lz4Compressed: false,
  };
}

function pageOf(statement: Statement) {
  statement.pagesLeft--;
  const isEmpty = statement.pagesLeft < 0;
  const results =
    statement.course === 'cloudfetch'
      ? { resultLinks: isEmpty ? [] : [link(), link()] }
      : { columns: [{ i32Val: { values: isEmpty ? [] : [1, 2, 3], nulls: Buffer.alloc(1) } }] };
  return { status: SUCCESS, hasMoreRows: statement.pagesLeft > 0, results };
}

function link() {
  return { fileLink: 'https://storage.test/file', expiryTime: FAR_AWAY, rowCount: new Int64(10) };
}

/** A random UUID, version 4, as bytes. */
function guid(): Buffer {
  const bytes = randomBytes(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes;
}
