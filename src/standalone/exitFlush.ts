/**
 * Flushes and stops once, when the process has nothing more to do, and keeps it waiting for that no longer
 * than the deadline. A short program is at its end before the feature flag's answer, for which a flush waits
 * and a shutdown does not.
 *
 * @param deadlineMs milliseconds
 * @returns takes the listener away
 */
export function stopBeforeExit(
  flush: () => Promise<unknown>,
  stop: () => Promise<void>,
  deadlineMs: number,
): () => void {
  const onBeforeExit = (): void => {
    // The telemetry's own sockets and timers do not hold the process. This timer does.
    const hold = setTimeout(() => undefined, deadlineMs);
    void settledWithin(Promise.resolve().then(flush), deadlineMs)
      .then(stop)
      .then(() => clearTimeout(hold));
  };
  process.once('beforeExit', onBeforeExit);
  return () => {
    process.off('beforeExit', onBeforeExit);
  };
}

/** Resolves when the promise settles, at the latest at the deadline. Never rejects, and holds nobody. */
export async function settledWithin(promise: Promise<unknown>, deadlineMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, deadlineMs).unref();
  });
  try {
    await Promise.race([promise, deadline]);
  } catch {
    // Whose processor it was has told of it, or will not be helped by hearing it again.
  } finally {
    clearTimeout(timer);
  }
}
