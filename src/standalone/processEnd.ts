const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/**
 * Where the package `signal-exit`, which many command-line tools bring along, says how many listeners of its own
 * there are. Its listeners end the process themselves once there are no others: they are no application's.
 */
const SIGNAL_EXIT = Symbol.for('signal-exit emitter');
const OLD_SIGNAL_EXIT = '__signal_exit_emitter__';

export interface ProcessEndOptions {
  /** Ends what is open, sends what is queued and stops, within the deadline. Never rejects. */
  readonly end: () => Promise<void>;
  /** Sends what is queued, within the deadline. Never rejects. */
  readonly flush: () => Promise<void>;
  /** Milliseconds for all of it. */
  readonly deadlineMs: number;
  /** Whether SIGTERM and SIGINT are listened to. */
  readonly withSignals: boolean;
}

/** Has telemetry ended when the process ends: when it has nothing more to do, or by a signal. */
export class ProcessEnd {
  readonly #options: ProcessEndOptions;
  #isFlushing = false;
  #isEndingBySignal = false;

  constructor(options: ProcessEndOptions) {
    this.#options = options;
    process.once('beforeExit', this.#onBeforeExit);
    if (options.withSignals) {
      for (const signal of SIGNALS) {
        // First of all: a listener that is called once would be gone before it could be counted.
        process.prependListener(signal, this.#onSignal);
      }
    }
  }

  /** Takes the listeners away. Idempotent. */
  release(): void {
    process.off('beforeExit', this.#onBeforeExit);
    // Until all is sent it stands in the way of those who end the process where nobody else listens.
    if (!this.#isEndingBySignal) {
      this.#releaseSignals();
    }
  }

  #releaseSignals(): void {
    for (const signal of SIGNALS) {
      process.off(signal, this.#onSignal);
    }
  }

  readonly #onBeforeExit = (): void => {
    void this.#endInTime().then((isInTime) => {
      // What still runs now is an exporter that tries again, and it would go on for many seconds. Whoever else
      // listens may have begun something.
      if (!isInTime && process.listenerCount('beforeExit') === 0) {
        process.exit();
      }
    });
  };

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    if (process.listenerCount(signal) - 1 > signalExitListeners()) {
      // What the process does is the application's affair.
      void this.#flush();
      return;
    }
    if (this.#isEndingBySignal) {
      // Whoever asks twice does not want to wait.
      this.#raise(signal);
      return;
    }
    this.#isEndingBySignal = true;
    void this.#endInTime().then(() => this.#raise(signal));
  };

  /** Ends the process as the signal would have done without us. */
  #raise(signal: NodeJS.Signals): void {
    this.#releaseSignals();
    process.kill(process.pid, signal);
  }

  async #flush(): Promise<void> {
    if (!this.#isFlushing) {
      this.#isFlushing = true;
      await this.#options.flush();
      this.#isFlushing = false;
    }
  }

  /** @returns whether all was done before the deadline */
  async #endInTime(): Promise<boolean> {
    const { end, deadlineMs } = this.#options;
    let isInTime = true;
    // The telemetry's own sockets and timers do not keep the process alive. This timer does.
    const hold = setTimeout(() => {
      isInTime = false;
    }, deadlineMs);
    await end();
    clearTimeout(hold);
    return isInTime;
  }
}

function signalExitListeners(): number {
  return countOf(globalThis, SIGNAL_EXIT) + countOf(process, OLD_SIGNAL_EXIT);
}

function countOf(holder: object, key: PropertyKey): number {
  const emitter = (holder as Readonly<Record<PropertyKey, unknown>>)[key] as { count?: unknown } | undefined;
  return typeof emitter?.count === 'number' ? emitter.count : 0;
}
