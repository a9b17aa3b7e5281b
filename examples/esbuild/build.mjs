import { build } from 'esbuild';

await build({
  entryPoints: ['app.mjs'],
  outfile: 'dist/app.mjs',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  // CommonJS packages in a bundle of ES modules need these. For `format: 'cjs'` leave the banner out.
  banner: {
    js: `import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
const require = createRequire(import.meta.url);
const __filename = fileURLToPath(import.meta.url);
const __dirname = dirname(__filename);`,
  },
  // What the driver has of native code, for several platforms. It does without.
  external: ['@databricks/databricks-sql-kernel-*', 'lz4-napi', '*.node'],
});
