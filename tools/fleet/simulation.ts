import { SimulatedRuntime } from '../../test/support/simulatedRuntime.js';
import { SimulatedEndpoint, type Traffic } from './endpoint.js';
import { Fleet } from './fleet.js';
import { Tally } from './process.js';
import { FLAG_INTERVAL_S, type Scenario } from './scenarios.js';

/** From one count of the records that wait to the next. Seconds. */
export const SAMPLE_S = 10;
/** Of a process, on average. */
export const STATEMENT_EVERY_S = 60;
/** Requests per second that the endpoint takes, for each process of the fleet: about three times what it sends. */
export const CAPACITY_PER_PROCESS = 1 / 20;

/** Requests in each second, and how many of these were answered by anything but 200. */
export interface Requests {
  readonly all: readonly number[];
  readonly refused: readonly number[];
}

/** What a run showed, from the end of the warm-up on. */
export interface Run {
  readonly processes: number;
  readonly flag: Requests;
  readonly export: Requests;
  /** Records that wait, every `SAMPLE_S` seconds. */
  readonly waiting: readonly number[];
  /** Of the whole run. */
  readonly made: number;
  readonly exported: number;
  readonly dropped: Readonly<Record<string, number>>;
  /** The shortest time between two questions of a process, of which the first was answered by off; `null`: none. */
  readonly shortestOffGapS: number | null;
}

/** Runs a scenario on a simulated clock and network. The same every time for the same seed. */
export async function simulate(scenario: Scenario, processes: number, seed = 1): Promise<Run> {
  const runtime = new SimulatedRuntime(seed);
  const startedAt = runtime.now();
  const { warmUpS, durationS, event } = scenario;
  const totalS = warmUpS + durationS;
  const tally = new Tally();
  const endpoint = new SimulatedEndpoint(runtime, {
    capacity: processes * CAPACITY_PER_PROCESS,
    ttlSeconds: FLAG_INTERVAL_S,
  });
  const services = { runtime, endpoint, tally, statementEveryMs: STATEMENT_EVERY_S * 1_000 };
  const fleet = new Fleet(processes, services);
  const world = {
    fleet,
    endpoint,
    after: (seconds: number, job: () => void) => void runtime.startTimer(seconds * 1_000, job),
    now: () => (runtime.now() - startedAt) / 1_000 - warmUpS,
  };
  scenario.begin(world);
  world.after(warmUpS + event.from, () => scenario.happen(world));
  const waiting: number[] = [];
  for (let second = 0; second < totalS; second += SAMPLE_S) {
    await runtime.pass(SAMPLE_S * 1_000);
    waiting.push(tally.waiting);
  }
  // The simulated clock does not begin at 0.
  const skippedS = startedAt / 1_000 + warmUpS;
  const shown = ({ requests, refused }: Traffic): Requests => ({
    all: requests.upTo(skippedS + durationS).slice(skippedS),
    refused: refused.upTo(skippedS + durationS).slice(skippedS),
  });
  const { shortestOffGapS } = fleet;
  return {
    processes,
    flag: shown(endpoint.flag),
    export: shown(endpoint.export),
    waiting: waiting.slice(warmUpS / SAMPLE_S),
    made: tally.made,
    exported: tally.exported,
    dropped: Object.fromEntries(tally.dropped),
    shortestOffGapS: Number.isFinite(shortestOffGapS) ? shortestOffGapS : null,
  };
}
