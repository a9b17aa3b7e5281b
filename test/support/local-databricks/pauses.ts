import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** The delays that scenarios ask for. All of them end (by rejection) when the server closes. */
export class Pauses {
  readonly #closing = new AbortController();

  constructor() {
    // One listener per delay under way: their number is no leak.
    setMaxListeners(0, this.#closing.signal);
  }

  async pause(ms: number | undefined): Promise<void> {
    if (ms !== undefined && ms > 0) await sleep(ms, undefined, { signal: this.#closing.signal });
  }

  endAll(): void {
    this.#closing.abort();
  }
}
