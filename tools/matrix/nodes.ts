import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The newest Node.js of a major version, from the registry; this very one if it is of that version. */
export function nodeOf(major: number): string {
  if (process.versions.node.startsWith(`${major}.`)) {
    return process.execPath;
  }
  const args = ['--yes', '--package', `node@${major}`, '--', 'node', '--print', 'process.execPath'];
  return execFileSync('npx', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

/** npm's own file, to be run by whichever Node.js. */
export function npmFile(): string {
  const { npm_execpath: fromNpm } = process.env;
  if (fromNpm?.endsWith('npm-cli.js')) {
    return fromNpm;
  }
  const root = execFileSync('npm', ['root', '--global'], { encoding: 'utf8' }).trim();
  return join(dirname(root), 'node_modules/npm/bin/npm-cli.js');
}

/** The file of another package manager, from the registry, to be run by whichever Node.js. */
export function packageManagerFile(version: string, command: string): string {
  const args = ['--yes', '--package', version, '--', 'sh', '-c', `command -v ${command}`];
  const output = execFileSync('npx', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return realpathSync(output.trim());
}
