/** Time in code of a kind, however often it calls other code and is called again. */
export class Meter {
  #totalMs = 0;
  #on = false;
  #since = 0;
  #intervals = 0;

  /** From now on time counts. @returns what `restore` takes */
  switchOn(): boolean {
    return this.#switch(true);
  }

  /** From now on it does not. */
  switchOff(): boolean {
    return this.#switch(false);
  }

  restore(was: boolean): void {
    this.#switch(was);
  }

  reset(): void {
    this.#totalMs = 0;
    this.#intervals = 0;
  }

  /** Milliseconds, without what reading the clock takes. */
  get totalMs(): number {
    return this.#totalMs - this.#intervals * clockCostMs();
  }

  #switch(on: boolean): boolean {
    const was = this.#on;
    if (on && !was) {
      this.#on = true;
      this.#intervals++;
      this.#since = performance.now();
    } else if (!on && was) {
      this.#totalMs += performance.now() - this.#since;
      this.#on = false;
    }
    return was;
  }
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** The time of a function counts, without that of `excluded` ones that it calls. */
export function counted(fn: Method, meter: Meter): Method {
  return function (this: unknown, ...args) {
    const was = meter.switchOn();
    try {
      return fn.apply(this, args);
    } finally {
      meter.restore(was);
    }
  };
}

/**
 * The time of a function does not count, though it is called by one whose time does. Where it gives a
 * promise, what the caller attaches to that counts again. (Only what is attached by `then`: an `await` of
 * somebody else's goes past it.)
 */
export function excluded(fn: Method, meter: Meter): Method {
  return function (this: unknown, ...args) {
    const was = meter.switchOff();
    try {
      const result = fn.apply(this, args);
      if (was && result instanceof Promise) {
        watch(result, meter);
      }
      return result;
    } finally {
      meter.restore(was);
    }
  };
}

function watch(promise: Promise<unknown>, meter: Meter): void {
  const count = (callback: unknown) =>
    typeof callback === 'function' ? counted(callback as Method, meter) : undefined;
  Object.defineProperty(promise, 'then', {
    value: (onFulfilled: unknown, onRejected: unknown) =>
      Promise.prototype.then.call(promise, count(onFulfilled), count(onRejected)),
  });
}

let clockCost: number | undefined;

/** What one reading of the clock takes. */
function clockCostMs(): number {
  if (clockCost === undefined) {
    const readings = 100_000;
    const start = performance.now();
    for (let reading = 0; reading < readings; reading++) {
      performance.now();
    }
    clockCost = (performance.now() - start) / readings;
  }
  return clockCost;
}
