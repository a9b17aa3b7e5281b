/**
 * Time that passed inside calls of the driver, on the monotonic clock. Calls may overlap: time in which
 * at least one is under way counts once, the application's own time between calls not at all.
 */
export class DriverTime {
  #depth = 0;
  #since = 0;
  #totalMs = 0;

  /** A call begins. */
  enter(): void {
    if (this.#depth++ === 0) {
      this.#since = performance.now();
    }
  }

  /** A call has settled. */
  leave(): void {
    if (--this.#depth === 0) {
      this.#totalMs += performance.now() - this.#since;
    }
  }

  /** Whether a call is under way. */
  get running(): boolean {
    return this.#depth > 0;
  }

  /** Milliseconds so far, the call under way included. */
  get elapsedMs(): number {
    return this.#depth === 0 ? this.#totalMs : this.#totalMs + performance.now() - this.#since;
  }
}
