import { both, DELAY_MS, failing, type TruthScenario, thriftOnly } from './scenario.js';

const slow = { executeDelayMs: DELAY_MS };
const neverAsked = { execution_result: 'never-asked', is_compressed: 'never-asked' } as const;
const message = 'TABLE_OR_VIEW_NOT_FOUND secret.table';

/** The ways in which a statement fails, and in which a failure is overcome. */
export const FAILURE_SCENARIOS: readonly TruthScenario[] = [
  ...(['ERROR', 'TIMEDOUT'] as const).map(
    (state): TruthScenario => ({
      name: `the server says ${state}, after a poll`,
      backends: both,
      server: { ...slow, polls: 1, outcome: { state, sqlState: '42P01', message } },
      use: async (app) => {
        await failing(app.call(() => app.operation.fetchAll()));
        await app.close();
      },
      expected: { error: '42P01', rows: false },
    }),
  ),
  {
    name: 'the server says ERROR, at once',
    backends: both,
    server: { ...slow, outcome: { state: 'ERROR', sqlState: '22012', message } },
    use: async (app) => {
      await failing(app.call(() => app.operation.fetchAll()));
      await app.close();
    },
    expected: { error: '22012', rows: false },
  },
  {
    name: 'the server says ERROR, and nobody asks',
    backends: thriftOnly,
    server: { ...slow, outcome: { state: 'ERROR', sqlState: '22012', message } },
    use: (app) => app.close(),
    expected: { error: '22012', rows: false },
  },
  {
    name: 'the server says CANCELED',
    backends: both,
    server: { ...slow, polls: 1, outcome: { state: 'CANCELED' } },
    use: async (app) => {
      await failing(app.call(() => app.operation.fetchAll()));
      await app.close();
    },
    expected: { error: 'CANCELED', rows: false },
  },
  {
    name: 'the server says CLOSED',
    backends: both,
    server: { ...slow, polls: 1, outcome: { state: 'CLOSED' } },
    use: async (app) => {
      await app.call(() => app.operation.fetchAll()).catch(() => undefined);
      await app.close();
    },
    expected: { error: 'CLOSED', rows: false },
  },
  {
    name: 'the server says CLOSED, at once',
    backends: ['kernel'],
    server: { ...slow, outcome: { state: 'CLOSED' } },
    use: (app) => app.readAll(),
    expected: { error: 'CLOSED', unknowable: { error_name: 'kernel-empty-result' } },
  },
  {
    name: 'a terminal failure while polling',
    backends: both,
    server: { ...slow, polls: 1, http: { GetOperationStatus: { status: 403 } } },
    use: async (app) => {
      await failing(app.call(() => app.operation.finished()));
      await app.close();
    },
    expected: { error: '403', rows: false, unansweredPolls: 1, unknowable: neverAsked },
    onKernel: { latencyAtLeast: 0 },
  },
  {
    name: 'a terminal failure while fetching',
    backends: both,
    server: { ...slow, directResults: false, pages: 3, http: { FetchResults: { status: 404 } } },
    use: async (app) => {
      await failing(app.call(() => app.operation.fetchAll()));
      await app.close();
    },
    expected: { error: '404', rows: false },
  },
  {
    name: 'a terminal failure while downloading',
    backends: both,
    server: { ...slow, format: 'cloudfetch', downloads: { 1: { status: 403 } }, downloadDelayMs: 20 },
    use: async (app) => {
      await failing(app.call(() => app.operation.fetchAll()));
      await app.close();
    },
    expected: { error: '403', rows: false, failedFiles: [1] },
  },
  {
    name: 'an expired link',
    backends: thriftOnly,
    server: { ...slow, format: 'cloudfetch', filesPerPage: 1, downloads: { 0: 'expired-link' } },
    use: async (app) => {
      await failing(app.call(() => app.operation.fetchAll()));
      await app.close();
    },
    expected: { error: 'LINK_EXPIRED', rows: false, failedFiles: [0] },
  },
  {
    name: 'a retryable failure that the application overcomes',
    backends: thriftOnly,
    server: { ...slow, directResults: false, http: { FetchResults: { status: 503, times: 1 } } },
    use: async (app) => {
      await failing(app.call(() => app.operation.fetchChunk()));
      await app.idle(20);
      await app.readAll();
      await app.close();
    },
    expected: { retries: 1 },
  },
  {
    name: 'a retryable failure, then closed',
    backends: thriftOnly,
    server: { ...slow, directResults: false, http: { FetchResults: { status: 503 } } },
    use: async (app) => {
      await failing(app.call(() => app.operation.fetchChunk()));
      await app.close();
    },
    expected: { error: '503', rows: false },
  },
  {
    name: 'retries exhausted while polling, then closed',
    backends: thriftOnly,
    server: { ...slow, polls: 1, http: { GetOperationStatus: { status: 503 } } },
    use: async (app) => {
      await failing(app.call(() => app.operation.finished()));
      await app.close();
    },
    expected: { error: '503', rows: false, retries: 4, unansweredPolls: 1, unknowable: neverAsked },
  },
  {
    name: 'retried polls that came through',
    backends: both,
    server: { ...slow, polls: 1, http: { GetOperationStatus: { status: 503, times: 2 } } },
    use: async (app) => {
      await app.finished();
      await app.readAll();
    },
    expected: { retries: 2 },
  },
  {
    name: 'retried downloads that came through',
    backends: both,
    server: {
      // Longer than all attempts together: a report that leaves it out shows.
      executeDelayMs: 3 * DELAY_MS,
      format: 'cloudfetch',
      filesPerPage: 3,
      downloads: { 0: { status: 503, times: 1 }, 2: { reset: 2 } },
      downloadDelayMs: 120,
    },
    use: (app) => app.readAll(),
    expected: { retries: 3 },
  },
  {
    name: 'op.close() fails',
    backends: thriftOnly,
    server: { ...slow, pages: 2, http: { CloseOperation: { status: 403, times: 1 } } },
    use: async (app) => {
      await app.fetch(1);
      await failing(app.close());
      app.ended();
      await app.close();
    },
    expected: { error: '403' },
  },
];
