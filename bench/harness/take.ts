import { fork } from 'node:child_process';
import type { Bench, Effort, Prepared } from './bench.js';
import { BUILT } from './paths.js';
import { type Sample, Samples } from './samples.js';

/** Longer than any sample takes on the slowest machine. */
const TIMEOUT_MS = 120_000;

/** Takes all samples of a bench: round by round, every variant in a fresh process. */
export async function takeSamples(bench: Bench, effort: Effort): Promise<Samples> {
  const prepared = await bench.prepare?.(effort);
  try {
    const samples = new Map<string, Sample[]>(bench.variants.map((variant) => [variant, []]));
    const rounds = Math.min(bench.rounds, effort.rounds ?? bench.rounds);
    for (let round = 0; round < rounds; round++) {
      for (const variant of inOrderOf(round, bench.variants)) {
        samples.get(variant)?.push(await takeSample(bench, variant, effort, prepared));
      }
    }
    return new Samples(samples);
  } finally {
    await prepared?.end();
  }
}

/** Every round begins with another variant, so that none is always the first or the last. */
function inOrderOf(round: number, variants: readonly string[]): readonly string[] {
  const first = round % variants.length;
  return [...variants.slice(first), ...variants.slice(0, first)];
}

function takeSample(
  bench: Bench,
  variant: string,
  effort: Effort,
  prepared: Prepared | undefined,
): Promise<Sample> {
  const child = fork(BUILT.child, [BUILT.bench(bench.name), variant], {
    execArgv: [...(bench.nodeFlags ?? [])],
    env: {
      ...withoutTelemetrySettings(process.env),
      NODE_NO_WARNINGS: '1',
      BENCH_PACKAGE: BUILT.package,
      BENCH_INTERNALS: BUILT.internals,
      BENCH_EFFORT: effort.name,
      BENCH_PREPARED: JSON.stringify(prepared?.values ?? {}),
      ...prepared?.environment,
    },
    timeout: TIMEOUT_MS,
  });
  return new Promise((resolve, reject) => {
    let sample: Sample | undefined;
    child.on('message', (message) => {
      sample = message as Sample;
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (sample !== undefined && code === 0) {
        resolve(sample);
      } else {
        reject(new Error(`${bench.name} ${variant}: ended with ${signal ?? code} and without a figure`));
      }
    });
  });
}

/** Nothing of the surroundings decides whether telemetry is on, or by which loader code is read. */
function withoutTelemetrySettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^(OTEL_|DATABRICKS_|NODE_OPTIONS$|TSX_)/.test(name)),
  );
}
