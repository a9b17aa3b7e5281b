import { both, DELAY_MS, failing, type TruthScenario, thriftOnly } from './scenario.js';

const slow = { executeDelayMs: DELAY_MS };
/** Longer than any request takes: a report that counts it as latency shows. */
const LONG_IDLE_MS = 1_500;

/** The ways in which a statement's life ends. */
export const STATEMENT_SCENARIOS: readonly TruthScenario[] = [
  {
    name: 'executeStatement rejects: HTTP status',
    backends: both,
    server: { http: { ExecuteStatement: { status: 403 } } },
    use: (app) => app.readAll(),
    expected: { error: '403', rows: false, unknowable: { sql_statement_id: 'rejected-id' } },
  },
  {
    name: 'executeStatement rejects: TStatus error',
    backends: both,
    server: { ...slow, executeStatus: { errorCode: 1, sqlState: '42601', message: 'secret' } },
    use: (app) => app.readAll(),
    expected: { error: 'StatusError', rows: false, unknowable: { sql_statement_id: 'rejected-id' } },
    onKernel: { error: '400' },
  },
  {
    name: 'executeStatement rejects: socket reset',
    backends: both,
    server: { http: { ExecuteStatement: 'reset' } },
    use: (app) => app.readAll(),
    expected: { error: 'ECONNRESET', rows: false, unknowable: { sql_statement_id: 'rejected-id' } },
    onKernel: { error: 'HiveDriverError' },
  },
  {
    name: 'all rows read, then closed',
    backends: both,
    server: slow,
    use: async (app) => {
      await app.readAll();
      await app.close();
    },
  },
  {
    name: 'all rows of several pages read, LZ4, not closed',
    backends: both,
    server: { ...slow, pages: 3, lz4: true, fetchDelayMs: 20 },
    use: (app) => app.readAll(),
  },
  {
    name: 'all rows read, as columns',
    backends: thriftOnly,
    server: { ...slow, format: 'column' },
    use: (app) => app.readAll(),
  },
  {
    name: 'all rows read by CloudFetch, 3 pages of 2 files, LZ4',
    backends: both,
    server: { ...slow, format: 'cloudfetch', pages: 3, filesPerPage: 2, lz4: true, downloadDelayMs: 30 },
    use: (app) => app.readAll(),
  },
  {
    name: 'all rows read after 3 polls',
    backends: both,
    server: { ...slow, polls: 3, pollDelayMs: 150 },
    use: async (app) => {
      await app.finished();
      await app.readAll();
    },
  },
  {
    name: 'the server closes with the results',
    backends: thriftOnly,
    server: { ...slow, closeWithDirectResults: true },
    use: async (app) => {
      await app.readAll();
      await app.close();
    },
  },
  {
    name: 'all rows read, by a slow consumer',
    backends: both,
    server: { ...slow, pages: 2 },
    use: async (app) => {
      await app.idle(LONG_IDLE_MS);
      await app.fetch(1);
      await app.idle(LONG_IDLE_MS);
      await app.readAll();
      await app.close();
    },
  },
  {
    name: 'no result set, known at once',
    backends: both,
    server: { ...slow, resultSet: false },
    text: 'CREATE TABLE t (a INT)',
    use: (app) => app.close(),
    expected: { statementType: 'SQL', rows: false },
  },
  {
    name: 'no result set, finished() after polls',
    backends: both,
    server: { ...slow, resultSet: false, polls: 1, pollDelayMs: 150 },
    text: 'UPDATE t SET a = 1',
    use: async (app) => {
      await app.finished();
      await app.close();
    },
    expected: { statementType: 'UPDATE', rows: false },
  },
  {
    name: 'no result set, closed before it was asked about',
    backends: both,
    server: { ...slow, resultSet: false, polls: 5 },
    text: 'DELETE FROM t',
    use: (app) => app.close(),
    expected: { statementType: 'UPDATE', rows: false, latencyAtLeast: DELAY_MS },
    onKernel: { latencyAtLeast: 0 },
  },
  {
    name: 'closed before it was read to its end',
    backends: both,
    server: { ...slow, pages: 3, closeDelayMs: 20 },
    use: async (app) => {
      await app.fetch(1);
      await app.idle(50);
      await app.close();
    },
  },
  {
    name: 'closed before anything was fetched, CloudFetch',
    backends: thriftOnly,
    server: { ...slow, format: 'cloudfetch', pages: 2 },
    use: (app) => app.close(),
    expected: { rows: false, unknowable: { total_chunks_present: 'never-fetched' } },
  },
  {
    name: 'closed before it was asked about',
    backends: both,
    server: { ...slow, directResults: false },
    use: (app) => app.close(),
    expected: {
      rows: false,
      latencyAtLeast: DELAY_MS,
      unknowable: { execution_result: 'never-asked', is_compressed: 'never-asked' },
    },
    onKernel: { latencyAtLeast: 0 },
  },
  {
    name: 'closed while a fetch is in flight',
    backends: thriftOnly,
    server: { ...slow, directResults: false, fetchDelayMs: 3 * DELAY_MS },
    use: async (app) => {
      const fetching = app.call(() => failing(app.operation.fetchChunk()));
      await app.idle(150);
      await app.close();
      await fetching;
    },
    expected: { rows: false },
  },
  {
    name: 'cancelled while it is polled',
    backends: both,
    server: { ...slow, polls: 1_000, pollDelayMs: DELAY_MS },
    use: async (app) => {
      const fetching = app.call(() => failing(app.operation.fetchAll()));
      await app.idle(DELAY_MS / 2);
      await app.call(() => app.operation.cancel());
      await fetching;
      await app.close();
    },
    expected: {
      rows: false,
      latencyAtLeast: DELAY_MS,
      // The poll was in flight when the application cancelled.
      pollsAtLeast: DELAY_MS / 4,
      unknowable: { execution_result: 'never-asked', is_compressed: 'never-asked' },
    },
    onKernel: { latencyAtLeast: 0 },
  },
  {
    name: 'for await … break, then session.close',
    backends: both,
    server: { ...slow, pages: 3 },
    use: async (app) => {
      await app.fetch(1);
      await app.idle(20);
      await app.closeSession();
    },
  },
  {
    name: 'finished() only, then session.close',
    backends: both,
    server: { ...slow, polls: 1 },
    use: async (app) => {
      await app.finished();
      await app.closeSession();
    },
    expected: {
      rows: false,
      unknowable: { execution_result: 'never-asked', is_compressed: 'never-asked' },
    },
  },
  {
    name: 'abandoned: nothing is ever closed',
    backends: both,
    server: { ...slow, pages: 2 },
    use: (app) => app.fetch(1),
    abandoned: true,
  },
];
