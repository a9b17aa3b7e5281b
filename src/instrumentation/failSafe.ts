import { logDebug } from '../log.js';

/** Runs our own code among the driver's: what it throws ends here, and is counted. */
export class FailSafe {
  #internalErrors = 0;

  /** Failures of our own code, each of which cost an observation and nothing else. */
  get internalErrors(): number {
    return this.#internalErrors;
  }

  guard(fn: () => void): void {
    this.attempt(fn);
  }

  /** @returns `undefined` if it threw */
  attempt<Result>(fn: () => Result): Result | undefined {
    try {
      return fn();
    } catch (error) {
      this.onInternalError(error);
      return undefined;
    }
  }

  onInternalError(error: unknown): void {
    this.#internalErrors++;
    logDebug('an observation failed', error);
  }
}
