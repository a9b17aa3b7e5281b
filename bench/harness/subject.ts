import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Where the parent has built what is measured. */
function built(name: 'BENCH_PACKAGE' | 'BENCH_INTERNALS'): string {
  const path = process.env[name];
  if (path === undefined) {
    throw new Error(`${name} is not set: a bench runs in a process that the harness starts`);
  }
  return path;
}

/** The built package's folder. */
export function packageFolder(): string {
  return built('BENCH_PACKAGE');
}

/** The built package: its types come from the sources, its code does not. */
export async function loadPackage(): Promise<typeof import('../../src/index.js')> {
  return import(pathToFileURL(join(packageFolder(), 'dist', 'index.js')).href);
}

/** The same of its entry point for drivers of somebody's own. */
export async function loadDriverEntry(): Promise<typeof import('../../src/driver.js')> {
  return import(pathToFileURL(join(packageFolder(), 'dist', 'driver.js')).href);
}

/** Pieces that the package does not export, in a bundle of their own: see internals.ts. */
export async function loadInternals(): Promise<typeof import('../internals.js')> {
  return import(pathToFileURL(built('BENCH_INTERNALS')).href);
}
