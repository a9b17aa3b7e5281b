import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build as buildWithEsbuild } from 'esbuild';
import { build as buildWithTsup, type Options } from 'tsup';
import { buildPage } from '../../tools/buildPage.js';
import tsupConfig from '../../tsup.config.js';
import { BUILT } from './paths.js';

const { root: ROOT, out: OUT } = BUILT;

/**
 * Builds the package as `npm run build` does, but in a folder of its own, so that what is measured is what
 * these sources make and nothing else. Processes that measure are plain Node.js without a loader.
 *
 * @param types whether the type declarations are wanted: they take longer than all the rest
 */
export async function build(types: boolean): Promise<void> {
  for (const folder of ['package', 'internals', 'benches']) {
    rmSync(join(OUT, folder), { recursive: true, force: true });
  }
  mkdirSync(BUILT.package, { recursive: true });
  for (const file of ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE']) {
    cpSync(join(ROOT, file), join(BUILT.package, file));
  }
  const options = tsupConfig as Options;
  const common: Options = { ...options, config: false, silent: true };
  const dist = join(BUILT.package, 'dist');
  await buildWithTsup({
    ...common,
    outDir: dist,
    dts: types ? (options.dts ?? true) : false,
    onSuccess: () => buildPage(join(dist, 'inspector')),
  });
  await buildWithTsup({
    ...common,
    entry: ['bench/internals.ts'],
    format: ['esm'],
    outDir: join(OUT, 'internals'),
    dts: false,
    onSuccess: async () => undefined,
  });
  await buildWithEsbuild({
    absWorkingDir: ROOT,
    entryPoints: ['bench/harness/child.ts', ...filesIn('benches'), ...filesIn('servers')],
    outbase: 'bench',
    outdir: join(OUT, 'benches'),
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
  });
}

function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, 'bench', folder)).map((file) => `bench/${folder}/${file}`);
}
