import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const PROJECT = join(import.meta.dirname, '..');

/** @returns the path of the tarball of a fresh build, in that folder */
export function pack(folder: string): string {
  execFileSync('npm', ['run', 'build'], { cwd: PROJECT, stdio: 'ignore' });
  // Without the scripts: what a build prints would stand before the JSON.
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const output = execFileSync('npm', args, {
    cwd: PROJECT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [packed] = JSON.parse(output) as Array<{ filename: string }>;
  if (packed === undefined) {
    throw new Error('npm pack made nothing');
  }
  return join(folder, packed.filename);
}
