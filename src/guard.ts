import { logDebug } from './log.js';

/** What the user hands over to be called. It may throw, reject, hang or lie. */
export type UserCode =
  | 'requestHook'
  | 'responseHook'
  | 'sanitizer'
  | 'sampler'
  | 'tokenProvider'
  | 'meterProvider'
  | 'exporter'
  | 'spanProcessor';

/** Calls the user's code: what it throws, and what its promise rejects with, ends here and is counted. */
export class Guard {
  readonly #failures: Partial<Record<UserCode, number>> = {};

  /** @returns what the function returns; `undefined` if it throws */
  call<Args extends readonly unknown[], Result>(
    what: UserCode,
    fn: (...args: Args) => Result,
    ...args: Args
  ): Result | undefined {
    try {
      const result = fn(...args);
      if (isThenable(result)) {
        result.then(undefined, () => this.note(what));
      }
      return result;
    } catch {
      this.note(what);
      return undefined;
    }
  }

  /** Counts a failure that was met elsewhere. What was thrown is not logged: it may hold a secret. */
  note(what: UserCode): void {
    this.#failures[what] = (this.#failures[what] ?? 0) + 1;
    logDebug(`${what} failed`);
  }

  /** How often each has failed; those that never did are left out. */
  failures(): Readonly<Partial<Record<UserCode, number>>> {
    return { ...this.#failures };
  }
}

/** Calls `notify` with every item, whatever one of these calls throws. */
export function callAll<Item>(items: Iterable<Item>, notify: (item: Item) => void): void {
  for (const item of items) {
    try {
      notify(item);
    } catch (error) {
      logDebug('a listener failed', error);
    }
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  );
}
