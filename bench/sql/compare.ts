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
const ROUNDS = 80;
const REPETITIONS = 500;
const HOSTILE_ROUNDS = 3;
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
    const figure = best(mine);
    const beside =
      other === undefined
        ? ''
        : `, before ${best(theirs).toFixed(0)} ns, ${(figure / best(theirs)).toFixed(2)} ×`;
    console.log(`${name}, ${sql.length} characters: ${figure.toFixed(0)} ns${beside}`);
  }
  for (const [whose, room] of [
    ['ours', ours] as const,
    ...(other === undefined ? [] : [['before', other] as const]),
  ]) {
    let worst = 0;
    let of = '';
    for (const unit of HOSTILE) {
      for (const beginning of BEGINNINGS) {
        const sql = beginning + unit;
        const took = best(
          Array.from({ length: HOSTILE_ROUNDS }, () => time(() => call(room, sql), 1) / NS_PER_MS),
        );
        if (took > worst) {
          worst = took;
          of = sql.slice(0, 30);
        }
      }
    }
    console.log(
      `${name}, a megabyte of hostile text, ${whose}: at most ${worst.toFixed(1)} ms (${JSON.stringify(of)})`,
    );
  }
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
function time(call: () => void, repetitions = REPETITIONS): number {
  const started = process.hrtime.bigint();
  for (let i = 0; i < repetitions; i++) {
    call();
  }
  return Number(process.hrtime.bigint() - started) / repetitions;
}

/** The best of the rounds: what a busy machine adds is no property of the code. */
function best(values: number[]): number {
  return Math.min(...values);
}
