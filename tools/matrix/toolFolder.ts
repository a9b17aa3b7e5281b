import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PackageManager } from './newcomers.js';
import { nodeOf, npmFile, packageManagerFile } from './nodes.js';

/** Versions of package managers besides npm, which comes with Node.js. */
const VERSIONS = { pnpm: 'pnpm@10', yarn: 'yarn@1' } as const;

/** Makes a folder for PATH in which `node` and the package manager are those that are asked for. */
export async function makeToolFolder(folder: string, node: number, manager: PackageManager): Promise<string> {
  const bin = join(folder, `bin-${node}-${manager}`);
  await mkdir(bin, { recursive: true });
  await symlink(nodeOf(node), join(bin, 'node')).catch(ignoreExisting);
  const file = manager === 'npm' ? npmFile() : packageManagerFile(VERSIONS[manager], manager);
  await writeFile(join(bin, manager), `#!/bin/sh\nexec "${join(bin, 'node')}" "${file}" "$@"\n`);
  await chmod(join(bin, manager), 0o755);
  return bin;
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') {
    throw error;
  }
}
