import { rm } from 'node:fs/promises';
import { defineConfig } from 'tsup';
import { buildPage } from './tools/buildPage.js';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    driver: 'src/driver.ts',
    register: 'src/register.ts',
    inspector: 'src/inspector/index.ts',
    cli: 'src/cli/main.ts',
  },
  format: ['esm', 'cjs'],
  target: 'node20',
  dts: {
    entry: {
      index: 'src/index.ts',
      driver: 'src/driver.ts',
      register: 'src/register.ts',
      inspector: 'src/inspector/index.ts',
    },
    // What is marked as internal is for the other files of this package, and not in its declarations.
    compilerOptions: { stripInternal: true },
  },
  clean: true,
  splitting: true,
  // By Rollup, which also makes CommonJS of the chunks: tsup's own way there rewrites `?.`, `??` and class
  // fields into slow helpers.
  treeshake: true,
  // The output is not minified and reads like the source: maps would double the package for nothing.
  sourcemap: false,
  async onSuccess() {
    await buildPage('dist/inspector');
    // The command needs no second version.
    await rm('dist/cli.cjs', { force: true });
  },
});
