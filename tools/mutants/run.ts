/**
 * `npm run mutants -- tags`: changes the code of one room in every small way there is, and runs its fast tests
 * against each change. What no test notices is listed, and in full in `temp/mutants/<room>.html`.
 * docs/mutants.md says what the survivors are.
 */
import { Stryker } from '@stryker-mutator/core';
import { ROOMS } from './rooms.js';

const [room = '', ...mutate] = process.argv.slice(2);
const chosen = ROOMS[room];
if (chosen === undefined) {
  console.error(`There is no room '${room}', only: ${Object.keys(ROOMS).join(', ')}`);
  process.exit(1);
}
process.env['MUTANTS_TESTS'] = chosen.tests.join(',');
await new Stryker({
  mutate: mutate.length > 0 ? mutate : [...chosen.mutate],
  testRunner: 'vitest',
  vitest: { configFile: 'tools/mutants/vitest.config.ts', related: false },
  plugins: ['@stryker-mutator/vitest-runner'],
  coverageAnalysis: 'perTest',
  concurrency: Number(process.env['MUTANTS_CONCURRENCY'] ?? 2),
  timeoutMS: 20_000,
  reporters: ['clear-text', 'html', 'dots'],
  clearTextReporter: { logTests: false, allowColor: false, reportTests: false },
  htmlReporter: { fileName: `temp/mutants/${room}.html` },
  tempDirName: 'temp/mutants/sandbox',
  ignorePatterns: ['temp', 'dist', 'coverage'],
  warnings: { unknownOptions: true, preprocessorErrors: true, unserializableOptions: true, slow: false },
}).runMutationTest();
