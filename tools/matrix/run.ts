/**
 * Installs the packed package as users do, on each Node.js that it supports, and runs applications with it against
 * a local Databricks and an OTLP receiver.
 *
 * - combinations: both lines of the SDK, with all ways to attach;
 * - other runtimes: Deno and Bun;
 * - newcomers: empty folders, and the commands and the code of the README, with npm, pnpm and Yarn 1.
 *
 * `--ci`: the smallest combinations, and newcomers in pairs. `--newcomers`: these only. `--all`: every newcomer on
 * every Node.js with every package manager. Further words: only what has one of them in its name.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalDatabricks } from '../../test/support/local-databricks/index.js';
import { startOtlpReceiver } from '../../test/support/otlp-receiver.js';
import { pack } from '../pack.js';
import { checkCombination, checkMissingSdk } from './checks.js';
import { type Combination, combinations } from './combinations.js';
import { checkNewcomer } from './newcomer.js';
import { nameOf, newcomers } from './newcomers.js';
import { nodeOf, npmFile } from './nodes.js';
import { checkOtherRuntime, OTHER_RUNTIMES } from './otherRuntimes.js';
import { readSetUps } from './readme.js';

/** How many run at the same time, each with a database and a receiver of its own. */
const LANES = 2;

interface Lane {
  readonly folder: string;
  readonly tarball: string;
  readonly npm: string;
  readonly db: Awaited<ReturnType<typeof startLocalDatabricks>>;
  readonly receiver: Awaited<ReturnType<typeof startOtlpReceiver>>;
}

interface Check {
  readonly name: string;
  run(lane: Lane): Promise<void>;
}

const flags = process.argv.slice(2).filter((word) => word.startsWith('--'));
const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const folder = await mkdtemp(join(tmpdir(), 'matrix-'));
const tarball = pack(folder);
const npm = npmFile();
const failures: string[] = [];
const waiting = checks().filter(
  ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
);

await Promise.all(Array.from({ length: LANES }, runLane));
await rm(folder, { recursive: true, force: true });
console.log(failures.length === 0 ? '\nmatrix: all passed' : `\nmatrix: failed: ${failures.join('; ')}`);
process.exitCode = failures.length === 0 ? 0 : 1;

function checks(): Check[] {
  const all = newcomers(readSetUps(), flags.includes('--all')).map((newcomer) => ({
    name: nameOf(newcomer),
    run: (lane: Lane) => checkNewcomer(newcomer, lane),
  }));
  if (flags.includes('--newcomers')) {
    return all;
  }
  const installed = combinations(flags.includes('--ci')).map((combination) => ({
    name: describe(combination),
    run: (lane: Lane) => checkCombination(combination, { ...lane, node: nodeOf(combination.node) }),
  }));
  const withoutSdk = {
    name: 'no SDK at all',
    run: (lane: Lane) => checkMissingSdk({ ...lane, node: process.execPath }),
  };
  const others = OTHER_RUNTIMES.map((runtime) => ({
    name: `other runtime: ${runtime.name}`,
    run: (lane: Lane) => checkOtherRuntime(runtime, { ...lane, node: process.execPath }),
  }));
  return [...installed, withoutSdk, ...others, ...all];
}

async function runLane(): Promise<void> {
  const [db, receiver] = await Promise.all([startLocalDatabricks(), startOtlpReceiver()]);
  for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
    await attempt(check, { folder, tarball, npm, db, receiver: ofDatabase(receiver, db.port) });
  }
  await Promise.all([db.close(), receiver.close()]);
}

/** The receivers of one process all get what any of them got: those of the lane's own database are looked at. */
function ofDatabase(receiver: Lane['receiver'], port: number): Lane['receiver'] {
  return {
    ...receiver,
    get spans() {
      return receiver.spans.filter(({ attributes }) => String(attributes['server.port']) === String(port));
    },
  };
}

async function attempt({ name, run }: Check, lane: Lane): Promise<void> {
  const startedAt = performance.now();
  try {
    await run(lane);
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
