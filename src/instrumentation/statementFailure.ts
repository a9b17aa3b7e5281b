import { type DriverFailure, describeFailure } from './driverErrors.js';

/** How a statement has failed, as long as nothing has overcome it. */
export class StatementFailure {
  #failure: DriverFailure | undefined = undefined;
  #thrown: unknown = undefined;

  get current(): DriverFailure | undefined {
    return this.#failure;
  }

  /** What the driver rejected with, or the server's status that it had no chance to reject with. */
  get thrown(): unknown {
    return this.#thrown;
  }

  /** @param told what is described, if it is not what was thrown */
  set(thrown: unknown, told: unknown = thrown): DriverFailure {
    const failure = describeFailure(told, this.#failure);
    this.#failure = failure;
    this.#thrown = thrown;
    return failure;
  }

  /** A call has succeeded. @returns whether a failure is overcome by that */
  recover(): boolean {
    if (this.#failure?.mayRecover !== true) {
      return false;
    }
    this.#failure = undefined;
    this.#thrown = undefined;
    return true;
  }
}
