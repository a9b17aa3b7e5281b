/** Lets callers wait until everything that can be sent has been sent; all of them share one wait. */
export class Settling {
  readonly #isSettled: () => boolean;
  #waiting: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;

  constructor(isSettled: () => boolean) {
    this.#isSettled = isSettled;
  }

  wait(): Promise<void> {
    if (this.#isSettled()) {
      return Promise.resolve();
    }
    this.#waiting ??= newSignal();
    return this.#waiting.promise;
  }

  /** To be called after whatever may have settled it. Costs nothing while nobody waits. */
  check(): void {
    if (this.#waiting !== undefined && this.#isSettled()) {
      this.#waiting.resolve();
      this.#waiting = undefined;
    }
  }
}

/**
 * One deadline for several waits. Its timer does hold the process: somebody who waits for a flush wants
 * the answer, and without it Node.js would end in the middle of an `await`.
 */
export class Deadline {
  readonly #passed = newSignal();
  readonly #timer: NodeJS.Timeout;

  constructor(timeoutMs: number) {
    this.#timer = setTimeout(this.#passed.resolve, timeoutMs);
  }

  /** Waits for the work, or for the deadline if that comes first. */
  async limit(work: Promise<unknown>): Promise<void> {
    await Promise.race([work, this.#passed.promise]);
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}

function newSignal(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((resolvePromise) => {
    resolve = resolvePromise;
  });
  return { promise, resolve };
}
