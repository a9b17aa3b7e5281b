import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/register.ts'],
  format: ['esm', 'cjs'],
  target: 'node20',
  dts: true,
  clean: true,
  splitting: true,
  // By Rollup, which also makes CommonJS of the chunks: tsup's own way there rewrites `?.`, `??` and class
  // fields into slow helpers.
  treeshake: true,
  // The output is not minified and reads like the source: maps would double the package for nothing.
  sourcemap: false,
});
