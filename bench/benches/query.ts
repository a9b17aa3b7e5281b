import type { Bench, Effort, Prepared, Row } from '../harness/bench.js';
import type { Figure, Sample, Samples } from '../harness/samples.js';
import { median } from '../harness/samples.js';
import { startServer } from '../harness/serve.js';
import { CLIENT_CORE, keepOnCore, SERVER_CORE } from '../support/cores.js';
import { openPostgres, startPostgres } from '../support/postgres.js';
import { openWorkspace } from '../support/querySetUps.js';

/** As many as the compiler needs to have done its best, several at a time so that it takes no longer. */
const WARM_UP = 1_600;
const WARM_UP_AT_A_TIME = 4;
/**
 * So many that the floor's samples have a full collection of garbage, as those of the instrumentation have. The plain
 * driver makes less garbage, and has none in so many.
 */
const QUERIES = 2_400;
const ROUNDS = 6;
const ALL_LIMIT = 1.5;
const SDK_LIMIT = 1.3;
/** What no machine tells apart. */
const NOISE = 0.015;

/** What runs the trivial query once. */
export type Query = () => Promise<unknown>;

export const bench: Bench = {
  name: 'query',
  about:
    "CPU (process.cpuUsage) and latency of the driver's trivial query (execute, fetchAll, close), one after the other, over TLS to a workspace on loopback in another process. Every figure is a fresh process of its own, on one core, with the workspace on another where taskset is installed; the set-ups take turns, and what is added is the median of the differences within each round. The workspace's certificate is trusted by NODE_EXTRA_CA_CERTS: with customCaCert the driver itself takes three times the CPU, which would make everything else look small. Context: an AsyncLocalStorage context around the query. Floor: one span made by hand, active around the query, 26 attributes (as many as ours has) set in two calls, BatchSpanProcessor: what no instrumentation can beat. Opted out is compared with the same set-up without DatabricksSpanProcessor, disabled with the plain driver. The driver's own telemetry needs port 443 on loopback, the row of contrib's pg instrumentation a PostgreSQL: where they are not to be had, their rows are left out.",
  variants: [
    'plain',
    'plain again',
    'context',
    'floor',
    'SDK',
    'all',
    'opted out',
    'disabled',
    'driver telemetry off',
    'driver telemetry',
    'pg',
    'pg instrumented',
  ],
  rounds: ROUNDS,
  prepare,
  measure,
  rows,
};

async function prepare(): Promise<Prepared> {
  const workspace = await startServer('localDatabricks');
  keepOnCore(SERVER_CORE, workspace.pid);
  const postgres = await startPostgres();
  return {
    values: { ...workspace.values, ...postgres?.values },
    environment: { NODE_EXTRA_CA_CERTS: workspace.values['caFile'] ?? '' },
    end: async () => {
      await Promise.all([workspace.end(), postgres?.end()]);
    },
  };
}

async function measure(variant: string, effort: Effort, prepared: Record<string, string>): Promise<Sample> {
  keepOnCore(CLIENT_CORE);
  const query = variant.startsWith('pg')
    ? await openPostgres(variant, prepared)
    : await openWorkspace(variant, prepared);
  if (query === undefined) {
    return { cpu: Number.NaN, latency: Number.NaN };
  }
  const share = effort.count(WARM_UP) / WARM_UP_AT_A_TIME;
  await Promise.all(Array.from({ length: WARM_UP_AT_A_TIME }, () => latencies(query, share)));
  const count = effort.count(QUERIES);
  const start = process.cpuUsage();
  const times = await latencies(query, count);
  const { user, system } = process.cpuUsage(start);
  return { cpu: (user + system) / count, latency: median(times) * 1_000 };
}

async function latencies(query: Query, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const start = performance.now();
    await query();
    times.push(performance.now() - start);
  }
  return times;
}

function rows(samples: Samples): Row[] {
  const base = (what: string, variant: string, name: string): Row => {
    return { what, ...samples.figure(variant, name), unit: 'µs' };
  };
  /** What a set-up adds to another. */
  const added = (what: string, variant: string, other: string, name: string): Row => {
    const { value, spread } = samples.difference(variant, other, name);
    const beside = { what: other, value: samples.figure(other, name).value };
    return { what, value, spread, unit: 'µs', beside, ratio: 1 + value / beside.value };
  };
  const cpu = (what: string, variant: string, other = 'plain') => added(what, variant, other, 'cpu');
  const latency = (what: string, variant: string, other = 'plain') => added(what, variant, other, 'latency');
  const all: readonly (Row | undefined)[] = [
    base('CPU, plain driver', 'plain', 'cpu'),
    { ...cpu('A/A: plain twice, CPU', 'plain again'), isNoise: true },
    cpu('adds CPU: a context', 'context'),
    cpu('adds CPU: the floor, one span by hand', 'floor'),
    timesTheFloor(samples, cpu('adds CPU: instrumentation and SDK', 'SDK'), SDK_LIMIT),
    timesTheFloor(samples, cpu('adds CPU: and DatabricksSpanProcessor', 'all'), ALL_LIMIT),
    withinNoise(samples, cpu('adds CPU: opted out', 'opted out', 'SDK')),
    withinNoise(samples, cpu('adds CPU: disabled', 'disabled')),
    cpu("adds CPU: the driver's own telemetry", 'driver telemetry', 'driver telemetry off'),
    base('CPU, PostgreSQL SELECT 1', 'pg', 'cpu'),
    cpu("adds CPU: contrib's pg instrumentation", 'pg instrumented', 'pg'),
    base('latency, plain driver', 'plain', 'latency'),
    { ...latency('A/A: plain twice, latency', 'plain again'), isNoise: true },
    latency('adds latency: the floor', 'floor'),
    latency('adds latency: instrumentation and SDK', 'SDK'),
    latency('adds latency: and DatabricksSpanProcessor', 'all'),
    latency("adds latency: the driver's own telemetry", 'driver telemetry', 'driver telemetry off'),
  ];
  return all.filter((row): row is Row => row !== undefined && !Number.isNaN(row.value));
}

function timesTheFloor(samples: Samples, row: Row, limit: number): Row {
  const floor = samples.difference('floor', 'plain', 'cpu').value;
  const times = row.value / floor;
  return {
    ...row,
    reach: { text: `≤ ${limit} × the floor: ${times.toFixed(2)}`, reached: times <= limit },
  };
}

/** No further from nothing than the same thing measured twice. */
function withinNoise(samples: Samples, row: Row): Row {
  const again: Figure = samples.difference('plain again', 'plain', 'cpu');
  const apart = Math.max(NOISE * samples.figure('plain', 'cpu').value, Math.abs(again.value) + again.spread);
  return {
    ...row,
    reach: { text: `0 ± ${Math.round(apart)} µs (A/A)`, reached: Math.abs(row.value) <= apart },
  };
}
