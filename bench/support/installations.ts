import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BUILT } from '../harness/paths.js';

const run = promisify(execFile);

/** What every application that is instrumented has anyway. */
const API = '@opentelemetry/api@1.9.1';

/** Instrumentations of other databases, of the same line of OpenTelemetry as ours is built on. */
export const COMPARABLE = {
  pg: '@opentelemetry/instrumentation-pg@0.76.0',
  mysql2: '@opentelemetry/instrumentation-mysql2@0.69.0',
  mongodb: '@opentelemetry/instrumentation-mongodb@0.76.0',
} as const;

interface Manifest {
  readonly name: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Installs a package of the registry, once. @returns the folder */
export async function installComparable(name: keyof typeof COMPARABLE): Promise<string> {
  return installed(`${name}-${versionOf(COMPARABLE[name])}`, [COMPARABLE[name]]);
}

/** Installs the built package as it would come from the registry. @returns the folder */
export async function installOurs(): Promise<string> {
  const manifest = JSON.parse(readFileSync(join(BUILT.package, 'package.json'), 'utf8')) as Manifest;
  const dependencies = Object.entries(manifest.dependencies).map(([name, range]) => `${name}@${range}`);
  const folder = await installed('ours', dependencies);
  const target = join(folder, 'node_modules', manifest.name);
  rmSync(target, { recursive: true, force: true });
  const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: BUILT.package,
  });
  const [packed] = JSON.parse(stdout) as Array<{ files: Array<{ path: string }> }>;
  for (const { path } of packed?.files ?? []) {
    cpSync(join(BUILT.package, path), join(target, path));
  }
  return folder;
}

/** Bytes of a folder's `node_modules`, but of the API, and of one package in it. */
export function sizeOf(
  folder: string,
  packageName: string,
): { readonly total: number; readonly own: number } {
  const modules = join(folder, 'node_modules');
  const api = join(modules, '@opentelemetry', 'api');
  return { total: bytesIn(modules) - bytesIn(api), own: bytesIn(join(modules, packageName)) };
}

export function entryOf(folder: string, packageName: string): string {
  return createRequire(join(folder, 'package.json')).resolve(packageName);
}

async function installed(name: string, packages: readonly string[]): Promise<string> {
  const folder = join(BUILT.cache, name);
  const wanted = JSON.stringify([API, ...packages]);
  const note = join(folder, 'installed.json');
  if (existsSync(note) && readFileSync(note, 'utf8') === wanted) {
    return folder;
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--no-package-lock'];
  await run('npm', ['install', ...options, API, ...packages], { cwd: folder });
  writeFileSync(note, wanted);
  return folder;
}

function versionOf(specifier: string): string {
  return specifier.slice(specifier.lastIndexOf('@') + 1);
}

function bytesIn(path: string): number {
  if (!statSync(path).isDirectory()) {
    return statSync(path).size;
  }
  return readdirSync(path).reduce((sum, name) => sum + bytesIn(join(path, name)), 0);
}
