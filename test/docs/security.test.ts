import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { firstTable, ROOT, readPage, section } from './markdown.js';

const PROMISES = firstTable(section(readPage('SECURITY.md'), 'What this package promises'));
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare'];

describe('the promises in SECURITY.md', () => {
  it('are there', () => {
    expect(PROMISES.length).toBeGreaterThan(5);
  });

  it.each(PROMISES.map(([promise = '', tests = '']) => [promise, tests] as const))(
    '%s is shown by tests that exist',
    (_, tests) => {
      const files = [...tests.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file);
      expect(files.length).toBeGreaterThan(0);
      expect(
        files.filter((file) => !/^test\/.+\.test\.ts$/.test(file) || !existsSync(join(ROOT, file))),
      ).toEqual([]);
    },
  );

  it('the package runs nothing when it is installed', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
    expect(INSTALL_SCRIPTS.filter((name) => name in scripts)).toEqual([]);
  });
});
