import { logDebug } from '../log.js';

/** A method of the driver: what it takes is passed on as it came. */
export type Method<This> = (this: This, ...args: unknown[]) => unknown;

/** On a replaced method, by whom: perhaps by another copy of this package. */
const OBSERVER = Symbol.for('opentelemetry-databricks-sql/observer/v1');

/** Replaces methods of the driver's prototypes, each once, and can put all of them back. */
export class MethodPatches {
  readonly #observer: object;
  readonly #undo: Array<() => void> = [];

  /** @param observer what `observerOf` answers for the replaced methods */
  constructor(observer: object) {
    this.#observer = observer;
  }

  /**
   * Replaces `target[name]` by what `wrap` makes of it. A method that is not there is left out: the
   * driver's versions differ.
   */
  wrap<This>(target: object, name: string, wrap: (original: Method<This>) => Method<This>): void {
    const descriptor = Object.getOwnPropertyDescriptor(target, name);
    const original: unknown = descriptor?.value;
    if (typeof original !== 'function' || observerOf(original) !== undefined) {
      return;
    }
    try {
      const replacement = wrap(original as Method<This>);
      Object.defineProperty(replacement, 'name', { value: name, configurable: true });
      Object.defineProperty(replacement, OBSERVER, { value: this.#observer });
      Object.defineProperty(target, name, { ...descriptor, value: replacement });
      this.#undo.push(() => {
        // Somebody may have wrapped it again since: what is not ours is left.
        if (Object.getOwnPropertyDescriptor(target, name)?.value === replacement) {
          Object.defineProperty(target, name, { ...descriptor });
        }
      });
    } catch (error) {
      logDebug(`${name} could not be patched`, error);
    }
  }

  /** Puts everything back. */
  undoAll(): void {
    for (const undo of this.#undo.splice(0).reverse()) {
      undo();
    }
  }
}

/** Who has replaced a method; `undefined` for the driver's own. */
export function observerOf(method: unknown): unknown {
  return typeof method === 'function' ? (method as { [OBSERVER]?: unknown })[OBSERVER] : undefined;
}
