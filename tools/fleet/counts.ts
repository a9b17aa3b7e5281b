/** Counts of events, second by second. */
export class CountsBySecond {
  readonly #counts: number[] = [];

  add(timeMs: number): void {
    const second = Math.floor(timeMs / 1_000);
    this.#counts[second] = (this.#counts[second] ?? 0) + 1;
  }

  /** One count for each second up to then. */
  upTo(seconds: number): number[] {
    return Array.from({ length: seconds }, (_, second) => this.#counts[second] ?? 0);
  }
}
