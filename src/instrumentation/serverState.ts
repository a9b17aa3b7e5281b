import type { DriverOperationStatus } from './driverShapes.js';
import type { ServerTimes, ServerWord } from './timeLedger.js';

/** Values of `TOperationState` that are not final. */
const WORDS: ReadonlyMap<unknown, ServerWord> = new Map([
  [0, 'queued'],
  [1, 'running'],
  [7, 'queued'],
]);
/** `INITIALIZED_STATE`: the driver's own default as well, before the server has said anything. */
const INITIALIZED = 0;

/** What the server says by a status. */
export function wordOf({ operationState }: DriverOperationStatus): ServerWord | undefined {
  return typeof operationState === 'number' ? (WORDS.get(operationState) ?? 'over') : undefined;
}

/** What the server said with its answer to the request that started the statement, if that was not the end. */
export function firstWordOf(state: unknown): ServerWord | undefined {
  return state === INITIALIZED ? undefined : WORDS.get(state);
}

/** The server's own times (epoch milliseconds) on the monotonic clock, of which `now` is a reading. */
export function serverTimesOf(status: DriverOperationStatus, now: number): ServerTimes | undefined {
  const { operationStarted, operationCompleted } = status;
  if (!operationStarted && !operationCompleted) {
    return undefined;
  }
  const zero = Date.now() - now;
  const onClock = (time: unknown): number | undefined => {
    // Thrift has no integers of 64 bits but objects.
    const epochMs = time ? Number(time) : 0;
    return epochMs > 0 ? epochMs - zero : undefined;
  };
  return { startedAt: onClock(operationStarted), completedAt: onClock(operationCompleted) };
}
