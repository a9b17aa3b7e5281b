/** Pseudo-random choices from a linear congruential generator: the same for the same seed. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  chance(oneIn: number): boolean {
    return this.next(oneIn) === 0;
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.next(choices.length)];
    if (choice === undefined) {
      throw new Error('nothing to pick from');
    }
    return choice;
  }

  /** A number below `limit`. */
  next(limit: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * limit);
  }
}
