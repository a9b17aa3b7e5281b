import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { dispersionOf, MAX_DISPERSION, MAX_PEAK_RATIO, measure } from '../../tools/fleet/measures.js';
import { imageOf } from '../../tools/fleet/page.js';
import { FLAG_INTERVAL_S, SCENARIOS } from '../../tools/fleet/scenarios.js';
import { type Run, simulate } from '../../tools/fleet/simulation.js';
import { SimulatedRuntime } from '../support/simulatedRuntime.js';

const PROCESSES = 1_000;
/** The clock is simulated; how long the machine takes for it depends on what else it does. */
const PATIENCE_MS = 180_000;

async function runOf(name: string): Promise<{ run: Run; measures: ReturnType<typeof measure> }> {
  const scenario = SCENARIOS.find((each) => each.name === name);
  if (scenario === undefined) {
    throw new Error(`there is no scenario '${name}'`);
  }
  const run = await simulate(scenario, PROCESSES);
  return { run, measures: measure(scenario, run) };
}

describe('a fleet of 1,000 processes', { timeout: PATIENCE_MS }, () => {
  it.each([
    ['start', 60],
    ['deploy', 60],
    ['503', 120],
    ['429', 120],
    ['429-until', 120],
    ['on', 0],
  ])('"%s": no high peak, nobody in step, nothing lost, recovered in time', async (name, recoveredInS) => {
    const { run, measures } = await runOf(name);
    for (const endpoint of [measures.flag, measures.export]) {
      expect(endpoint.peakRatio).toBeLessThanOrEqual(MAX_PEAK_RATIO);
      expect(endpoint.dispersion).toBeLessThanOrEqual(MAX_DISPERSION);
    }
    const { flag_disabled: _off, ...lost } = run.dropped;
    expect(Object.values(lost).filter((count) => count > 0)).toEqual([]);
    if (recoveredInS > 0) {
      expect(measures.recoveryS).toBeLessThanOrEqual(recoveredInS);
    }
  });

  it('"off": nothing is sent an interval later, and each process asks once per interval at most', async () => {
    const { run, measures } = await runOf('off');
    // Who is to ask again asks with its next record.
    expect(measures.lastExportS).toBeLessThanOrEqual(FLAG_INTERVAL_S);
    expect(run.shortestOffGapS).toBeGreaterThanOrEqual(FLAG_INTERVAL_S);
    expect(measures.flag.peakRatio).toBeLessThanOrEqual(MAX_PEAK_RATIO);
    expect(measures.flag.dispersion).toBeLessThanOrEqual(MAX_DISPERSION);
    expect(Object.keys(run.dropped)).toEqual(['flag_disabled']);
  });

  it('is the same every time for the same seed, and another one for another', async () => {
    const [scenario] = SCENARIOS;
    if (scenario === undefined) {
      throw new Error('there is no scenario');
    }
    const short = { ...scenario, durationS: 300 };
    const run = await simulate(short, 50, 7);
    expect(await simulate(short, 50, 7)).toEqual(run);
    expect(await simulate(short, 50, 8)).not.toEqual(run);
  });
});

describe('docs/fleet.md', () => {
  it.each(SCENARIOS.map((scenario) => [scenario.title, scenario] as const))(
    'shows "%s"',
    async (title, scenario) => {
      const docs = new URL('../../docs/', import.meta.url);
      const page = await readFile(new URL('fleet.md', docs), 'utf8');
      expect(page).toContain(`## ${title}\n`);
      expect(page).toContain(`(${imageOf(scenario)})`);
      const picture = await readFile(new URL(imageOf(scenario), docs), 'utf8');
      expect(picture).toContain(`<title>${title}</title>`);
      expect(picture).toContain('prefers-color-scheme: dark');
    },
  );
});

describe('the index of dispersion', () => {
  const runtime = new SimulatedRuntime();
  /** Requests by second, when each of so many processes asks once a minute. */
  const requests = (phaseOf: () => number): number[] => {
    const counts = new Array<number>(600).fill(0);
    for (let process = 0; process < 600; process++) {
      const phase = phaseOf();
      for (let minute = 0; minute < 10; minute++) {
        const second = Math.floor(minute * 60 + phase * 60);
        counts[second] = (counts[second] ?? 0) + 1;
      }
    }
    return counts;
  };

  it('is about 1 for processes that know nothing of each other', () => {
    expect(dispersionOf(requests(() => runtime.random()))).toBeLessThan(1.6);
  });

  it('is high where even a fifth of them act in step', () => {
    const inStep = requests(() => (runtime.random() < 0.2 ? runtime.random() / 30 : runtime.random()));
    expect(dispersionOf(inStep)).toBeGreaterThan(5);
  });

  it('does not take a rise or a fall over minutes for it', () => {
    const falling = Array.from(
      { length: 600 },
      (_, second) => 400 - second / 2 + 40 * (runtime.random() - 0.5),
    );
    expect(dispersionOf(falling)).toBeLessThan(1.6);
  });
});
