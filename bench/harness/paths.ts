import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const OUT = join(ROOT, 'temp', 'bench');

/** Where things are built. */
export const BUILT = {
  root: ROOT,
  out: OUT,
  /** The package as it is published. */
  package: join(OUT, 'package'),
  /** Pieces of it that it does not export, built the same way. */
  internals: join(OUT, 'internals', 'internals.js'),
  /** The benches themselves, as JavaScript. */
  child: join(OUT, 'benches', 'harness', 'child.js'),
  bench: (name: string) => join(OUT, 'benches', 'benches', `${name}.js`),
  server: (name: string) => join(OUT, 'benches', 'servers', `${name}.js`),
  /** What may be kept from one run to the next. */
  cache: join(OUT, 'cache'),
} as const;
