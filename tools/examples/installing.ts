import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expectSuccess, run } from '../matrix/processes.js';

const EXAMPLES = join(import.meta.dirname, '../../examples');
const OWN = 'opentelemetry-databricks-sql';

interface Manifest {
  readonly scripts: { readonly start: string; readonly build?: string };
  readonly dependencies: Readonly<Record<string, string>>;
}

/** An example in a folder outside the repository, as somebody has copied it. */
export interface InstalledExample {
  readonly folder: string;
  /** The arguments of Node.js that `npm start` has. */
  readonly args: readonly string[];
  /** Runs `npm run build`, if there is such a script. @returns what it printed */
  build(): Promise<string>;
}

/** Copies examples and installs once what all of them need, in the folder above them. */
export async function installTogether(
  folder: string,
  tarball: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, InstalledExample>> {
  const unique = [...new Set(names)];
  const manifests = await Promise.all(unique.map((name) => readManifest(join(EXAMPLES, name))));
  const dependencies = Object.assign({}, ...manifests.map((manifest) => manifest.dependencies));
  await install(folder, tarball, { dependencies });
  const installed = unique.map(async (name) => {
    const copy = join(folder, name);
    await copyExample(name, copy);
    return [name, await installedIn(copy)] as const;
  });
  return new Map(await Promise.all(installed));
}

/** Copies an example and installs what it needs beside it: its own versions, which others would not stand. */
export async function installAlone(folder: string, tarball: string, name: string): Promise<InstalledExample> {
  const copy = join(folder, 'alone', name);
  await copyExample(name, copy);
  await install(copy, tarball, await readManifest(copy));
  return installedIn(copy);
}

function copyExample(name: string, copy: string): Promise<void> {
  return cp(join(EXAMPLES, name), copy, {
    recursive: true,
    filter: (source) => !/[\\/](node_modules|dist|\.next)$/.test(source),
  });
}

async function install(folder: string, tarball: string, manifest: object): Promise<void> {
  const { dependencies = {} } = manifest as Partial<Manifest>;
  await mkdir(folder, { recursive: true });
  const withTarball = {
    private: true,
    ...manifest,
    dependencies: { ...dependencies, [OWN]: `file:${tarball}` },
  };
  await writeFile(join(folder, 'package.json'), JSON.stringify(withTarball));
  const args = ['install', '--prefer-offline', '--no-audit', '--no-fund'];
  expectSuccess('npm install', await run('npm', args, folder));
}

async function installedIn(folder: string): Promise<InstalledExample> {
  const { scripts } = await readManifest(folder);
  const [program, ...args] = scripts.start.split(' ');
  if (program !== 'node') {
    throw new Error(`${folder}: the start script does not begin with 'node'`);
  }
  return {
    folder,
    args,
    build: async () => {
      if (scripts.build === undefined) {
        return '';
      }
      const outcome = await run('npm', ['run', 'build'], folder);
      expectSuccess('npm run build', outcome);
      return outcome.stdout + outcome.stderr;
    },
  };
}

async function readManifest(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
}
