import { diag } from '@opentelemetry/api';

/** A method of the driver: what it takes is passed on as it came. */
export type Method<This> = (this: This, ...args: unknown[]) => unknown;

/** On a replaced method: somebody observes it already, perhaps another copy of this package. */
const OBSERVED = Symbol.for('opentelemetry-databricks-sql/observed');

/** Replaces methods of the driver's prototypes, each once, and can put all of them back. */
export class MethodPatches {
  readonly #undo: Array<() => void> = [];

  /**
   * Replaces `target[name]` by what `wrap` makes of it. A method that is not there is left out: the
   * driver's versions differ.
   */
  wrap<This>(target: object, name: string, wrap: (original: Method<This>) => Method<This>): void {
    const descriptor = Object.getOwnPropertyDescriptor(target, name);
    const original: unknown = descriptor?.value;
    if (typeof original !== 'function' || isObserved(original)) {
      return;
    }
    try {
      const replacement = wrap(original as Method<This>);
      Object.defineProperty(replacement, 'name', { value: name, configurable: true });
      Object.defineProperty(replacement, OBSERVED, { value: true });
      Object.defineProperty(target, name, { ...descriptor, value: replacement });
      this.#undo.push(() => {
        // Somebody may have wrapped it again since: what is not ours is left.
        if (Object.getOwnPropertyDescriptor(target, name)?.value === replacement) {
          Object.defineProperty(target, name, { ...descriptor });
        }
      });
    } catch (error) {
      diag.debug(`opentelemetry-databricks-sql: ${name} could not be patched`, error);
    }
  }

  /** Puts everything back. */
  undoAll(): void {
    for (const undo of this.#undo.splice(0).reverse()) {
      undo();
    }
  }
}

/** Whether a method has been replaced, by whomever. */
export function isObserved(method: unknown): boolean {
  return typeof method === 'function' && OBSERVED in method;
}
