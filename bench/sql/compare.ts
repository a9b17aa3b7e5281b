/**
 * The sanitizer and the summary beside those of another revision, interleaved in one process:
 * `npx tsx bench/sql/compare.ts <folder of the other revision's src/instrumentation/sql>`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { BEGINNINGS, HOSTILE, ORDINARY } from './statements.js';

interface Room {
  sanitizeSql(sql: string, maxLength: number): string;
  summarizeSql(sql: string): unknown;
}

const MAX_LENGTH = 4_096;
const ROUNDS = 40;
const REPETITIONS = 1_000;
const WARM_UP = 20_000;
const NS_PER_MS = 1_000_000;

const [folder] = process.argv.slice(2);
const ours = await load('src/instrumentation/sql');
const other = folder === undefined ? undefined : await load(folder);

/** Keeps the calls from being optimized away. */
let sink = 0;

const functions = {
  sanitizeSql: (room: Room, sql: string) => {
    sink += room.sanitizeSql(sql, MAX_LENGTH).length;
  },
  summarizeSql: (room: Room, sql: string) => {
    sink += room.summarizeSql(sql) === undefined ? 0 : 1;
  },
};

for (const [name, call] of Object.entries(functions)) {
  for (const room of [ours, ...(other === undefined ? [] : [other])]) {
    for (let i = 0; i < WARM_UP; i++) {
      call(room, ORDINARY[i % ORDINARY.length] ?? '');
    }
  }
  for (const sql of ORDINARY) {
    const mine: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      mine.push(time(() => call(ours, sql)));
      if (other !== undefined) {
        theirs.push(time(() => call(other, sql)));
      }
    }
    const figure = median(mine);
    const beside =
      other === undefined
        ? ''
        : `, before ${median(theirs).toFixed(0)} ns, ${(figure / median(theirs)).toFixed(2)} ×`;
    console.log(`${name}, ${sql.length} characters: ${figure.toFixed(0)} ns${beside}`);
  }
  let worst = 0;
  let of = '';
  for (const unit of HOSTILE) {
    for (const beginning of BEGINNINGS) {
      const sql = beginning + unit;
      const started = process.hrtime.bigint();
      call(ours, sql);
      const took = Number(process.hrtime.bigint() - started) / NS_PER_MS;
      if (took > worst) {
        worst = took;
        of = sql.slice(0, 30);
      }
    }
  }
  console.log(`${name}, a megabyte of hostile text: at most ${worst.toFixed(1)} ms (${JSON.stringify(of)})`);
}
console.log(sink > 0 ? '' : 'nothing was measured');

/** A room in one file, as the package has it: modules in many files are slower. */
async function load(from: string): Promise<Room> {
  const out = await mkdtemp(join(tmpdir(), 'sql-bench-'));
  const outfile = join(out, 'room.mjs');
  await build({
    entryPoints: [resolve(from, 'index.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    target: 'node20',
  });
  const room = (await import(pathToFileURL(outfile).href)) as Room;
  await rm(out, { recursive: true });
  return room;
}

/** Nanoseconds per call. */
function time(call: () => void): number {
  const started = process.hrtime.bigint();
  for (let i = 0; i < REPETITIONS; i++) {
    call();
  }
  return Number(process.hrtime.bigint() - started) / REPETITIONS;
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
