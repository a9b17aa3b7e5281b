/**
 * `npm run fleet`: what happens to a fleet of 10,000 simulated processes, written to docs/fleet.md with its pictures.
 * `-- 1000` simulates so many, and only prints what it measured. `-- draw` writes page and pictures from what was
 * simulated last.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { measure } from './measures.js';
import { imageOf, isWithinBounds, page, type Result } from './page.js';
import { plot } from './plot.js';
import { SCENARIOS, type Scenario } from './scenarios.js';
import type { Run } from './simulation.js';

const DOCS = new URL('../../docs/', import.meta.url);
/** What was simulated last. */
const KEPT = new URL('../../temp/fleet/', import.meta.url);
const SIMULATE = fileURLToPath(new URL('./child.ts', import.meta.url));
const PROCESSES = 10_000;

/** In a process of its own: scenarios run beside each other. */
async function simulated(scenario: Scenario, processes: number): Promise<Run> {
  const child = fork(SIMULATE, [scenario.name, String(processes)], { execArgv: ['--import', 'tsx'] });
  const ended = once(child, 'exit').then(() => undefined);
  const message = await Promise.race([once(child, 'message'), ended]);
  if (message === undefined) {
    throw new Error(`the simulation of '${scenario.name}' did not end well`);
  }
  return message[0] as Run;
}

function keptRun({ name }: Scenario): URL {
  return new URL(`${name}.json`, KEPT);
}

async function simulateAll(processes: number, isKept: boolean): Promise<void> {
  const waiting = [...SCENARIOS];
  const work = async (): Promise<void> => {
    for (let scenario = waiting.shift(); scenario !== undefined; scenario = waiting.shift()) {
      const run = await simulated(scenario, processes);
      report({ scenario, run, measures: measure(scenario, run) });
      if (isKept) {
        await writeFile(keptRun(scenario), JSON.stringify(run));
      }
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
}

function report(result: Result): void {
  const isWell = isWithinBounds(result);
  console.log(`${isWell ? 'ok  ' : 'FAIL'} ${result.scenario.title}`, result.measures);
  if (!isWell) {
    process.exitCode = 1;
  }
}

async function draw(): Promise<void> {
  const results: Result[] = [];
  for (const scenario of SCENARIOS) {
    const run = JSON.parse(await readFile(keptRun(scenario), 'utf8')) as Run;
    const result = { scenario, run, measures: measure(scenario, run) };
    results.push(result);
    await writeFile(new URL(imageOf(scenario), DOCS), await plot(scenario, run, result.measures));
  }
  await writeFile(new URL('fleet.md', DOCS), page(results));
}

const [asked = String(PROCESSES)] = process.argv.slice(2);
if (asked !== 'draw') {
  const processes = Number(asked);
  if (!Number.isInteger(processes) || processes < 1) {
    throw new Error(`'draw' or a number of processes was expected, not '${asked}'`);
  }
  await mkdir(KEPT, { recursive: true });
  await simulateAll(processes, processes === PROCESSES);
}
if (asked === 'draw' || asked === String(PROCESSES)) {
  await draw();
}
