import Module from 'node:module';
import { sep } from 'node:path';

type Require = (this: { readonly filename?: string | null }, ...args: unknown[]) => unknown;

/** What is used of `Module`, besides what its types know. */
interface ModuleInternals {
  readonly prototype: { require: Require };
  readonly _cache?: Readonly<Record<string, unknown>>;
}

const { prototype, _cache: cache } = Module as unknown as ModuleInternals;
const DRIVER_FOLDER = ['', '@databricks', 'sql', 'dist', ''].join(sep);

/**
 * Calls `onFound` once: at once if the driver is loaded already, else as soon as one of its files loads another one,
 * which its first file does before it has any exports.
 *
 * So the whole instrumentation, and all that it needs, is set up only in programs that have a driver.
 *
 * @returns stops to watch
 */
export function watchForDriver(onFound: () => void): () => void {
  if (Object.keys(cache ?? {}).some((path) => path.includes(DRIVER_FOLDER))) {
    onFound();
    return () => undefined;
  }
  const original = prototype.require;
  let isWatching = true;
  const stop = (): void => {
    isWatching = false;
    // Somebody may have put a function of their own around this one: then it stays, and does nothing.
    if (prototype.require === watching) {
      prototype.require = original;
    }
  };
  const watching: Require = function require(...args) {
    if (!isWatching || this?.filename?.includes(DRIVER_FOLDER) !== true) {
      return original.apply(this, args);
    }
    stop();
    onFound();
    // From the outermost on: what `onFound` has set is to see this file as well.
    return prototype.require.apply(this, args);
  };
  prototype.require = watching;
  return stop;
}
