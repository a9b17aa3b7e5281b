import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { applicationModules, ModuleFinder } from '../../src/standalone/moduleFinder.js';
import { Sdk } from '../../src/standalone/sdk.js';

const SDK = `
  exports.TracerProvider = class {};
  exports.BatchSpanProcessor = class { constructor(...args) { this.args = args; } };
`;

let folder: string;

/** Writes `node_modules/<name>` into a folder. */
async function writePackage(parent: string, name: string, code: string): Promise<void> {
  const path = join(folder, parent, 'node_modules', name, 'index.js');
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, code);
}

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'modules-')));
  await writePackage('hoisted', '@opentelemetry/sdk-trace', SDK);
  await writePackage('hoisted', '@opentelemetry/core', 'exports.name = "core of hoisted";');
  await writePackage('strict', '@opentelemetry/sdk-node', '');
  await writePackage('strict/node_modules/@opentelemetry/sdk-node', '@opentelemetry/sdk-trace', SDK);
  await writePackage(
    'strict/node_modules/@opentelemetry/sdk-node/node_modules/@opentelemetry/sdk-trace',
    '@opentelemetry/core',
    'exports.name = "core of strict";',
  );
  await writePackage('odd', '@opentelemetry/sdk-trace', 'module.exports = "no module";');
  await writePackage('odd', '@opentelemetry/sdk-trace-base', 'exports.nothing = true;');
  await mkdir(join(folder, 'empty'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const from = (...names: readonly string[]) =>
  new ModuleFinder(names.map((name) => join(folder, name, 'index.js')));
const coreOf = (sdk: Sdk | undefined) => sdk?.modules.find('@opentelemetry/core')?.exports;

describe('where the SDK is found', () => {
  it('in the first folder that has it, and its dependencies beside it', () => {
    expect(coreOf(Sdk.find(from('empty', 'hoisted', 'strict')))).toEqual({ name: 'core of hoisted' });
  });

  it('below sdk-node, where only that is in reach', () => {
    expect(coreOf(Sdk.find(from('strict')))).toEqual({ name: 'core of strict' });
  });

  it('nowhere, or in what is no SDK', () => {
    expect(Sdk.find(from('empty'))).toBeUndefined();
    expect(Sdk.find(from('odd'))).toBeUndefined();
  });

  it('sdk-trace gets one object of options, sdk-trace-base the exporter first', () => {
    const exporter = {};
    const options = { scheduledDelayMillis: 1 };
    expect(Sdk.find(from('hoisted'))?.batch(exporter, options)).toMatchObject({
      args: [{ exporter, ...options }],
    });
    const base = {
      BasicTracerProvider: class {},
      BatchSpanProcessor: class {
        args;
        constructor(...args: unknown[]) {
          this.args = args;
        }
      },
    };
    expect(Sdk.of(base, from('hoisted'))?.batch(exporter, options)).toMatchObject({
      args: [exporter, options],
    });
  });

  describe('for this process', () => {
    const { argv } = process;
    afterEach(() => {
      process.argv = argv;
    });

    it('from this package, by path or URL, and never from the working directory', () => {
      process.argv = argv.slice(0, 1);
      expect(Sdk.find(applicationModules(undefined))).toBeUndefined();
      expect(Sdk.find(applicationModules(import.meta.filename))).toBeDefined();
      expect(Sdk.find(applicationModules(import.meta.url))).toBeDefined();
    });

    it('from its entry file, also where that is a link to a file elsewhere, or has gone', async () => {
      await writeFile(join(folder, 'hoisted', 'app.js'), '');
      await symlink(join(folder, 'hoisted', 'app.js'), join(folder, 'empty', 'app'));
      for (const script of ['hoisted/app.js', 'empty/app', 'hoisted/gone.js']) {
        process.argv = [argv[0] ?? '', join(folder, script)];
        expect([script, coreOf(Sdk.find(applicationModules(undefined)))]).toEqual([
          script,
          { name: 'core of hoisted' },
        ]);
      }
    });
  });
});
