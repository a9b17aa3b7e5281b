import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import Module, { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchForDriver } from '../../src/standalone/driverWatch.js';

type Require = (this: unknown, ...args: unknown[]) => unknown;

const { prototype } = Module as unknown as { prototype: { require: Require } };
const { cache } = createRequire(import.meta.url);
const original = prototype.require;

let folder: string;
let require: NodeJS.Require;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watch-'));
  const driver = join(folder, 'node_modules/@databricks/sql');
  await mkdir(join(driver, 'dist'), { recursive: true });
  await writeFile(join(driver, 'package.json'), JSON.stringify({ main: 'dist/index.js' }));
  await writeFile(
    join(driver, 'dist/index.js'),
    "module.exports = [require('./first'), require('./second')];",
  );
  await writeFile(join(driver, 'dist/first.js'), "module.exports = 'first';");
  await writeFile(join(driver, 'dist/second.js'), "module.exports = 'second';");
  await writeFile(join(folder, 'other.js'), "module.exports = require('node:path').sep;");
  require = createRequire(join(folder, 'application.js'));
});

afterEach(async () => {
  prototype.require = original;
  for (const path of Object.keys(cache).filter((each) => each.startsWith(folder))) {
    delete cache[path];
  }
  await rm(folder, { recursive: true });
});

it('calls once, before the driver has loaded anything, and leaves require as it was', () => {
  const found = vi.fn(() => expect(Object.keys(cache).filter((path) => path.includes('first'))).toEqual([]));
  watchForDriver(found);
  require('./other.js');
  expect(found).not.toHaveBeenCalled();
  expect(require('@databricks/sql')).toEqual(['first', 'second']);
  expect(found).toHaveBeenCalledTimes(1);
  expect(prototype.require).toBe(original);
});

it('a function that the call puts around require sees the driver’s first file', () => {
  const seen: unknown[] = [];
  watchForDriver(() => {
    const inner = prototype.require;
    prototype.require = function (...args) {
      seen.push(args[0]);
      return inner.apply(this, args);
    };
  });
  require('@databricks/sql');
  expect(seen).toEqual(['./first', './second']);
});

it('calls at once for a driver that is loaded', () => {
  require('@databricks/sql');
  const found = vi.fn();
  watchForDriver(found);
  expect(found).toHaveBeenCalledTimes(1);
  expect(prototype.require).toBe(original);
});

it('stops, also below somebody else’s function, which stays', () => {
  const found = vi.fn();
  const stop = watchForDriver(found);
  const inner = prototype.require;
  const others: Require = function (...args) {
    return inner.apply(this, args);
  };
  prototype.require = others;
  stop();
  expect(prototype.require).toBe(others);
  expect(require('@databricks/sql')).toEqual(['first', 'second']);
  expect(found).not.toHaveBeenCalled();
});
