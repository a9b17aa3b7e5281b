import { setMaxListeners } from 'node:events';
import { NODE_RUNTIME, type Runtime } from '../runtime.js';

/**
 * Calls back when the signal aborts, at most once. Any number may listen: Node.js warns of a leak at
 * eleven, but here every lane of a host may have a request in flight.
 *
 * @returns ends the listening
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  setMaxListeners(0, signal);
  signal.addEventListener('abort', callback, { once: true });
  return () => signal.removeEventListener('abort', callback);
}

/** A signal that aborts with any of its sources, or when its time is over. */
export interface LinkedAbort {
  readonly signal: AbortSignal;
  /** Whether it was the time. */
  timedOut(): boolean;
  /** Lets go of the sources and the timer. */
  dispose(): void;
}

/**
 * `AbortSignal.any` and `AbortSignal.timeout` in one, but let go at once: sources here live as long as a
 * process does.
 */
export function linkAbort(sources: readonly AbortSignal[], timeoutMs?: number): LinkedAbort {
  const controller = new AbortController();
  const abort = () => controller.abort();
  let timedOut = false;
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = !controller.signal.aborted;
          abort();
        }, timeoutMs).unref();
  const letGo = sources.map((source) => onAbort(source, abort));
  if (sources.some((source) => source.aborted)) {
    abort();
  }
  return {
    signal: controller.signal,
    timedOut: () => timedOut,
    dispose: () => {
      clearTimeout(timer);
      for (const stop of letGo) {
        stop();
      }
    },
  };
}

/** Resolves after the delay, or when the signal aborts. Does not hold the process. */
export async function wait(runtime: Runtime, delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) {
    return;
  }
  await new Promise<void>((resolve) => {
    const done = () => {
      runtime.stopTimer(timer);
      letGo();
      resolve();
    };
    const timer = runtime.startTimer(delayMs, done);
    const letGo = onAbort(signal, done);
  });
}

/** The promise's value, or `undefined` if the signal aborts or the time is over before it is there. */
export async function within<Value>(
  promise: Promise<Value>,
  signal: AbortSignal,
  timeoutMs: number,
  runtime: Runtime = NODE_RUNTIME,
): Promise<Value | undefined> {
  const settled = new AbortController();
  const limit = linkAbort([signal, settled.signal]);
  try {
    return await Promise.race([promise, wait(runtime, timeoutMs, limit.signal).then(() => undefined)]);
  } finally {
    settled.abort();
    limit.dispose();
  }
}
