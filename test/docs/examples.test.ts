import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { codeBlocks, ROOT, readPage } from './markdown.js';

const EXAMPLES = join(ROOT, 'examples');
const folders = readdirSync(EXAMPLES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** The packages that the files of an example import, and those that its scripts preload. */
function packagesUsedIn(folder: string): Set<string> {
  const files = readdirSync(join(EXAMPLES, folder), { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\.(mjs|cjs|js|ts)$/.test(name) && !/node_modules|dist|\.next/.test(name),
  );
  const imported = files.flatMap((name) => {
    const { importedFiles } = ts.preProcessFile(
      readFileSync(join(EXAMPLES, folder, name), 'utf8'),
      true,
      true,
    );
    return importedFiles.map(({ fileName }) => fileName);
  });
  const { scripts } = manifestOf(folder);
  const preloaded = Object.values(scripts).flatMap((script) =>
    [...script.matchAll(/--(?:import|require) (\S+)/g)].map(([, name = '']) => name),
  );
  const names = [...imported, ...preloaded].filter((name) => !name.startsWith('.') && !isBuiltin(name));
  return new Set(
    names.map((name) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/'),
    ),
  );
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(EXAMPLES, folder, 'package.json'), 'utf8')) as Manifest;
}

describe('an example that is copied and installed by hand', () => {
  it.each(folders)('%s: has all that it imports among its dependencies', (folder) => {
    const { dependencies } = manifestOf(folder);
    expect([...packagesUsedIn(folder)].filter((name) => !Object.hasOwn(dependencies, name))).toEqual([]);
  });

  it.each(folders)('%s: stands in the list of examples', (folder) => {
    expect(readPage('examples/README.md').text).toContain(`](${folder})`);
  });
});

it('commands of the README that need this repository install its packages first', () => {
  const commands = codeBlocks(readPage('README.md'), 'sh').flatMap((block) => block.trim().split('\n'));
  const inline = [...readPage('README.md').text.matchAll(/`([^`\n]*npm pack[^`\n]*)`/g)].map(
    ([, command = '']) => command,
  );
  const own = [...commands, ...inline].filter((command) => /npm (pack|test|run)\b/.test(command));
  expect(own.length).toBeGreaterThanOrEqual(3);
  expect(own.filter((command) => !command.startsWith('npm ci && '))).toEqual([]);
});
