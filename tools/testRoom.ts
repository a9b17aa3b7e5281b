/** `npm run test:room -- hosts`: the tests of one room of `src`, without the rest and without coverage. */
import { spawnSync } from 'node:child_process';

const TESTS: Readonly<Record<string, readonly string[]>> = {
  tags: ['test/tags', 'test/vocabulary'],
  exporter: ['test/exporter'],
  hosts: ['test/hosts', 'test/fleet'],
  gate: ['test/hosts/gate.test.ts', 'test/hosts/flagUnits.test.ts', 'test/hosts/featureFlag.test.ts'],
  credentials: ['test/hosts/providedCredentials.test.ts', 'test/hosts/featureFlag.test.ts'],
  queue: ['test/hosts/hostQueue.test.ts', 'test/hosts/recordQueue.test.ts'],
  processor: ['test/processor', 'test/records'],
  instrumentation: ['test/instrumentation', 'test/truth'],
  sql: ['test/sql'],
  standalone: ['test/attach', 'test/endToEnd'],
};

const [room = '', ...args] = process.argv.slice(2);
const tests = TESTS[room];
if (tests === undefined) {
  console.error(`There is no room '${room}', only: ${Object.keys(TESTS).join(', ')}`);
  process.exit(1);
}
const { status } = spawnSync('npx', ['vitest', 'run', ...tests, ...args], { stdio: 'inherit' });
process.exitCode = status ?? 1;
