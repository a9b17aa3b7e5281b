import { setTimeout as sleep } from 'node:timers/promises';
import type { DriverOperation, DriverSession } from '../support/drivers.js';

/** What the application itself can tell of one operation, to hold reports against. JSON-safe. */
export interface AppFacts {
  readonly scenario: string;
  readonly sessionId: string | undefined;
  /** Epoch milliseconds right before the call. */
  readonly calledAt: number;
  /** Time inside calls of the driver until the answer was known, and until the first rows were there: no more. */
  readonly answeredAtMost: number;
  readonly readyAtMost: number | undefined;
  /** From the first rows to the end: time that the application idled, and all the time there was. */
  readonly consumedAtLeast: number | undefined;
  readonly consumedAtMost: number | undefined;
  /** Every call of the driver, by the process's own clock. */
  readonly calls: readonly (readonly [startedAt: number, endedAt: number])[];
  /** Wall time of everything. */
  readonly elapsedMs: number;
}

/** An application that uses one operation, with a stop-watch of its own. */
export class App {
  readonly session: DriverSession;
  readonly #startedAt = performance.now();
  readonly #calledAt = Date.now();
  #operation: DriverOperation | undefined = undefined;
  #inDriver = 0;
  readonly #calls: [number, number][] = [];
  #answeredAtMost: number | undefined = undefined;
  #readyAtMost: number | undefined = undefined;
  #readyEarliest = 0;
  #idled = 0;
  #endedAt: number | undefined = undefined;

  constructor(session: DriverSession) {
    this.session = session;
  }

  get operation(): DriverOperation {
    if (this.#operation === undefined) {
      throw new Error('nothing has been executed');
    }
    return this.#operation;
  }

  async start(call: (session: DriverSession) => Promise<DriverOperation>): Promise<void> {
    this.#operation = await this.call(() => call(this.session));
  }

  /** Any call of the driver, its failure included. */
  async call<Result>(fn: () => Promise<Result>): Promise<Result> {
    const before = performance.now();
    try {
      return await fn();
    } finally {
      const after = performance.now();
      this.#inDriver += after - before;
      this.#calls.push([before, after]);
    }
  }

  /** The application does something else. */
  async idle(ms: number): Promise<void> {
    const before = performance.now();
    await sleep(ms);
    if (this.#readyAtMost !== undefined) {
      this.#idled += performance.now() - before;
    }
  }

  async finished(): Promise<void> {
    await this.call(() => this.operation.finished());
    this.answered();
  }

  async fetch(maxRows: number): Promise<void> {
    const before = performance.now();
    await this.call(() => this.operation.fetchChunk({ maxRows }));
    if (this.#readyAtMost === undefined) {
      this.#readyAtMost = this.#inDriver;
      this.#readyEarliest = before;
    }
  }

  async readAll(): Promise<void> {
    do {
      await this.fetch(100_000);
    } while (await this.call(() => this.operation.hasMoreRows()));
    this.ended();
  }

  async close(): Promise<void> {
    await this.call(() => this.operation.close());
    this.ended();
  }

  async closeSession(): Promise<void> {
    await this.call(() => this.session.close());
    this.ended();
  }

  /** By now the server's answer is known. Default: when all is over. */
  answered(): void {
    this.#answeredAtMost ??= this.#inDriver;
  }

  /** By now the operation is over. */
  ended(): void {
    this.#endedAt ??= performance.now();
  }

  facts(scenario: string): AppFacts {
    const now = performance.now();
    const hasRows = this.#readyAtMost !== undefined;
    return {
      scenario,
      sessionId: this.session.id,
      calledAt: this.#calledAt,
      answeredAtMost: this.#answeredAtMost ?? this.#inDriver,
      readyAtMost: this.#readyAtMost,
      consumedAtLeast: hasRows ? this.#idled : undefined,
      consumedAtMost: hasRows ? (this.#endedAt ?? now) - this.#readyEarliest : undefined,
      calls: this.#calls,
      elapsedMs: now - this.#startedAt,
    };
  }
}
