/**
 * Installs the packed package as users do, with both lines of the SDK, on each Node.js that the line
 * supports, and runs applications with it against a local Databricks. `--ci`: the smallest of each line.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalDatabricks } from '../../test/support/local-databricks/index.js';
import { startOtlpReceiver } from '../../test/support/otlp-receiver.js';
import { checkCombination, checkMissingSdk } from './checks.js';
import { type Combination, combinations } from './combinations.js';
import { nodeOf, npmFile } from './nodes.js';

const PROJECT = join(import.meta.dirname, '../..');
const ci = process.argv.includes('--ci');

const folder = await mkdtemp(join(tmpdir(), 'matrix-'));
const [db, receiver] = await Promise.all([startLocalDatabricks(), startOtlpReceiver()]);
const surroundings = { folder, tarball: pack(), npm: npmFile(), db, receiver };
const failures: string[] = [];

for (const combination of combinations(ci)) {
  await attempt(describe(combination), () =>
    checkCombination(combination, { ...surroundings, node: nodeOf(combination.node) }),
  );
}
await attempt('no SDK at all', () => checkMissingSdk({ ...surroundings, node: process.execPath }));

await Promise.all([db.close(), receiver.close(), rm(folder, { recursive: true, force: true })]);
console.log(failures.length === 0 ? '\nmatrix: all passed' : `\nmatrix: failed: ${failures.join('; ')}`);
process.exitCode = failures.length === 0 ? 0 : 1;

/** @returns the path of the tarball of a fresh build */
function pack(): string {
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

async function attempt(name: string, check: () => Promise<void>): Promise<void> {
  const startedAt = performance.now();
  try {
    await check();
    console.log(`ok    ${name}  ${seconds(startedAt)}`);
  } catch (error) {
    failures.push(name);
    console.log(`FAIL  ${name}  ${seconds(startedAt)}\n${(error as Error).message}`);
  }
}

function seconds(since: number): string {
  return `${Math.round((performance.now() - since) / 1_000)} s`;
}

function describe({ sdk, node, install }: Combination): string {
  return `SDK ${sdk}.x on Node.js ${node}, installed ${install}`;
}
