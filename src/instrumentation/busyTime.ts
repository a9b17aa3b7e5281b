/** Time in which at least one of something was under way: what overlaps counts once. In milliseconds. */
export class BusyTime {
  #depth = 0;
  #since = 0;
  #totalMs = 0;

  begin(now: number): void {
    if (this.#depth++ === 0) {
      this.#since = now;
    }
  }

  end(now: number): void {
    if (--this.#depth === 0) {
      this.#totalMs += now - this.#since;
    }
  }

  /** So far, what is under way included. */
  elapsedMs(now: number): number {
    return this.#depth === 0 ? this.#totalMs : this.#totalMs + now - this.#since;
  }
}
