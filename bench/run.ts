/**
 * `npm run bench`: every figure beside what it is compared with. `npm run bench -- span local` for some,
 * `-- --smoke` only to see that all of them run,
 * `-- --check` to fail where a ratio has left its bounds.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { type Bench, effortNamed, type Row } from './harness/bench.js';
import { build } from './harness/build.js';
import { BUILT } from './harness/paths.js';
import type { Samples } from './harness/samples.js';
import { tableOf } from './harness/table.js';
import { takeSamples } from './harness/take.js';

/** In the order of the table. */
const NAMES = [
  'span',
  'foreign',
  'statement',
  'ledger',
  'encode',
  'send',
  'burst',
  'memory',
  'local',
  'query',
  'inspector',
  'timers',
  'scale',
  'size',
] as const;

/** Those whose ratios `--check` holds against bounds. */
const GUARDED: readonly string[] = ['span', 'statement', 'encode', 'memory', 'local'];

interface Result {
  readonly name: string;
  readonly about: string;
  readonly seconds: number;
  readonly rows: readonly Row[];
  readonly samples: Samples;
}

const args = process.argv.slice(2);
const isCheck = args.includes('--check');
const effort = effortNamed(args.includes('--smoke') ? 'smoke' : isCheck ? 'check' : 'full');
const wanted = args.filter((arg) => !arg.startsWith('--'));
const unknown = wanted.filter((name) => !(NAMES as readonly string[]).includes(name));
if (unknown.length > 0) {
  console.error(`There is no bench '${unknown.join("', '")}', only: ${NAMES.join(', ')}`);
  process.exit(1);
}
const standard: readonly string[] = isCheck ? GUARDED : NAMES;
const names = NAMES.filter((name) => (wanted.length === 0 ? standard : wanted).includes(name));

const started = performance.now();
await build(names.includes('size') && !effort.smoke);
const results: Result[] = [];
for (const name of names) {
  const { bench } = (await import(`./benches/${name}.js`)) as { bench: Bench };
  const begin = performance.now();
  const samples = await takeSamples(bench, effort);
  const seconds = (performance.now() - begin) / 1_000;
  results.push({ name, about: bench.about, seconds, rows: bench.rows(samples), samples });
  console.error(`${name}: ${seconds.toFixed(1)} s`);
}

console.log(`\n${tableOf(results)}`);
for (const { name, about } of results) {
  console.log(`\n${name}: ${about}`);
}
const seconds = (performance.now() - started) / 1_000;
console.log(
  `\n${machine()}; ${seconds.toFixed(0)} s${effort.smoke ? '; a smoke test: no figure means anything' : ''}`,
);
console.log(`Written to ${write(results)}`);

function machine(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `Node.js ${process.versions.node}, ${cpus().length} × ${cpu?.model ?? 'unknown CPU'}, ${memory} GiB`;
}

/** Everything as JSON, the single samples included. @returns the file's path */
function write(all: readonly Result[]): string {
  const folder = join(BUILT.root, 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  const time = new Date().toISOString();
  const file = join(
    folder,
    `${time.slice(0, 19).replaceAll(':', '')}-${String(readdirSync(folder).length)}.json`,
  );
  const content = { time, machine: machine(), smoke: effort.smoke, results: all };
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
  return file;
}

if (isCheck) {
  const broken = results.flatMap(({ name, rows }) =>
    rows
      // Not a number is out of bounds as well.
      .filter(({ guard, ratio }) => guard !== undefined && !((ratio ?? Number.NaN) <= guard.max))
      .map(({ what, ratio, guard }) => `${name}: ${what}: ${ratio?.toFixed(2)} ×, more than ${guard?.max} ×`),
  );
  for (const line of broken) {
    console.error(`out of bounds: ${line}`);
  }
  process.exitCode = broken.length > 0 ? 1 : 0;
}
