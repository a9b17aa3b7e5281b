import { realpathSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { pathOf, requireOf } from '../builtinModules.js';

/** Packages that bring others along, for installations in which only what was asked for is in reach. */
const CARRIERS = [
  '@opentelemetry/sdk-node',
  '@opentelemetry/sdk-trace-node',
  '@opentelemetry/auto-instrumentations-node',
];

/** A module that was found, and where its own dependencies are found. */
export interface FoundModule {
  readonly exports: object;
  readonly finder: ModuleFinder;
}

/** Loads packages that this one does not depend on, from where the application has them. */
export class ModuleFinder {
  readonly #starts: readonly string[];

  /** @param starts files or folders from which packages are looked for, in this order */
  constructor(starts: readonly string[]) {
    this.#starts = starts;
  }

  /** @returns `undefined` if the package is nowhere in reach */
  find(name: string): FoundModule | undefined {
    for (const start of this.#starts) {
      for (const from of [start, ...carriersOf(start)]) {
        const found = this.#load(from, name);
        if (found !== undefined) {
          return found;
        }
      }
    }
    return undefined;
  }

  #load(from: string, name: string): FoundModule | undefined {
    const path = resolve(from, name);
    if (path === undefined) {
      return undefined;
    }
    const exports: unknown = requireOf(from)(name);
    return typeof exports === 'object' && exports !== null
      ? { exports, finder: new ModuleFinder([path, from, ...this.#starts]) }
      : undefined;
  }
}

/**
 * Looks from the application's entry file, then from this package's. Never from the working directory: whoever
 * may write there could have their code run.
 */
export function applicationModules(ownFile: string | undefined): ModuleFinder {
  const starts: string[] = [];
  const script = process.argv[1];
  if (script !== undefined && isAbsolute(script)) {
    starts.push(...realPathOf(script), script);
  }
  if (ownFile !== undefined) {
    starts.push(pathOf(ownFile));
  }
  return new ModuleFinder(starts);
}

/** A program that was started through a link has its modules beside the file that the link leads to. */
function realPathOf(script: string): string[] {
  try {
    return [realpathSync(script)];
  } catch {
    return [];
  }
}

function carriersOf(start: string): string[] {
  return CARRIERS.map((carrier) => resolve(start, carrier)).filter((path) => path !== undefined);
}

function resolve(start: string, name: string): string | undefined {
  try {
    return requireOf(start).resolve(name);
  } catch {
    return undefined;
  }
}
