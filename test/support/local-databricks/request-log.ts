import type { RecordedRequest } from './types.js';

interface Waiter {
  readonly isDone: () => boolean;
  readonly resolve: () => void;
}

/** Lets tests wait for a condition that only events here can make true. */
export class Waiters {
  readonly #waiting = new Set<Waiter>();

  async until(isDone: () => boolean, timeoutMs: number, describe: () => string): Promise<void> {
    if (isDone()) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(waiter);
        reject(new Error(`after ${timeoutMs} ms: ${describe()}`));
      }, timeoutMs);
      const waiter: Waiter = {
        isDone,
        resolve: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      this.#waiting.add(waiter);
    });
  }

  /** To be called after anything that may have made a condition true. */
  notify(): void {
    for (const waiter of this.#waiting) {
      if (!waiter.isDone()) continue;
      this.#waiting.delete(waiter);
      waiter.resolve();
    }
  }
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** The requests that an endpoint got. Without `keep`, only their number. */
export class RequestLog {
  readonly #keep: boolean;
  readonly #waiters = new Waiters();
  #requests: RecordedRequest[] = [];
  #count = 0;

  constructor(keep: boolean) {
    this.#keep = keep;
  }

  get requests(): readonly RecordedRequest[] {
    return this.#requests;
  }

  get count(): number {
    return this.#count;
  }

  add(request: RecordedRequest): void {
    this.#count += 1;
    if (this.#keep) this.#requests.push(request);
    this.#waiters.notify();
  }

  waitFor(n: number, timeoutMs = DEFAULT_TIMEOUT_MS): Promise<void> {
    const describe = () => `${this.#count} of ${n} requests`;
    return this.#waiters.until(() => this.#count >= n, timeoutMs, describe);
  }

  clear(): void {
    this.#requests = [];
    this.#count = 0;
  }
}
