import type { DriverClient } from '../support/drivers.js';
import type { AppFacts } from './app.js';
import { both, DELAY_MS, type TruthScenario } from './scenario.js';

const session = (name: string, rpc: string, operationType: string): TruthScenario => ({
  name,
  backends: both,
  faults: { [rpc]: { delayMs: DELAY_MS } },
  expected: {
    isPlainCall: true,
    operationType,
    statementType: undefined,
    rows: false,
    latencyAtLeast: DELAY_MS,
  },
});

/** Calls that are no statements, in the order in which they are made. */
export const PLAIN_CALLS: readonly TruthScenario[] = [
  session('openSession', 'OpenSession', 'CREATE_SESSION'),
  {
    name: 'getInfo',
    backends: both,
    faults: { GetInfo: { delayMs: DELAY_MS } },
    expected: {
      isPlainCall: true,
      operationType: undefined,
      statementType: 'METADATA',
      rows: false,
      latencyAtLeast: DELAY_MS,
    },
    // The kernel backend knows the answer without a request.
    onKernel: { latencyAtLeast: 0 },
  },
  session('session.close', 'CloseSession', 'DELETE_SESSION'),
  {
    name: 'openSession, refused',
    backends: both,
    expected: {
      isPlainCall: true,
      operationType: 'CREATE_SESSION',
      statementType: undefined,
      rows: false,
      error: '401',
    },
  },
];

/** The RPC fault for the last of them is arranged after the delay for the first. */
export const REFUSAL = { rpc: 'OpenSession', fault: { status: 401 } } as const;

export async function runPlainCalls(client: DriverClient): Promise<AppFacts[]> {
  const facts: AppFacts[] = [];
  const timed = async <Result>(
    scenario: string,
    call: () => Promise<Result>,
    sessionOf: (result: Result) => string | undefined,
  ): Promise<Result> => {
    const calledAt = Date.now();
    const before = performance.now();
    const result = await call();
    const elapsedMs = performance.now() - before;
    facts.push({
      scenario,
      sessionId: sessionOf(result),
      calledAt,
      answeredAtMost: elapsedMs,
      readyAtMost: undefined,
      consumedAtLeast: undefined,
      consumedAtMost: undefined,
      calls: [],
      elapsedMs,
    });
    return result;
  };
  const opened = await timed(
    'openSession',
    () => client.openSession(),
    ({ id }) => id,
  );
  await timed(
    'getInfo',
    () => opened.getInfo(17),
    () => opened.id,
  );
  await timed(
    'session.close',
    () => opened.close(),
    () => opened.id,
  );
  await timed(
    'openSession, refused',
    () => client.openSession().catch(() => undefined),
    () => undefined,
  );
  return facts;
}
