import type { Context } from '@opentelemetry/api';
import type { Bench, Effort, Row, Sample } from '../harness/bench.js';
import type { Samples } from '../harness/samples.js';
import { loadPackage } from '../harness/subject.js';
import { type Block, nanosecondsPer, slices } from '../harness/timing.js';
import { connectionContext } from '../support/connection.js';
import { NoOpRecordExporter } from '../support/exporters.js';
import { plainStatements } from '../support/spans.js';

const HOSTS = [1, 10, 100, 1_000];
const IN_FLIGHT = [10, 1_000, 100_000];
const STATEMENTS_PER_BLOCK = 20_000;
const STATEMENTS_PER_TURN = 50;
/** More than all caps allow by default. */
const NO_CAP = 1_000_000;
const LIMIT = 1.2;
const SMALL_POOL = 1_000;
/** More than are in flight, in all cases: spans that are not in the CPU's caches cost the same everywhere. */
const LARGE_POOL = 110_000;

export const bench: Bench = {
  name: 'scale',
  about:
    'What a statement costs in our hooks, from its start to the queued record, when statements are spread over 1 to 1,000 hosts, and when 10 to 100,000 of them are in flight all the time (the oldest ends when another starts). The same spans, made beforehand, in all cases.',
  variants: [...HOSTS.map((count) => `${count} hosts`), ...IN_FLIGHT.map((count) => `${count} in flight`)],
  rounds: 5,
  measure,
  rows: (samples) => [
    ...rowsOf(
      samples,
      HOSTS.map((count) => `${count} hosts`),
    ),
    ...rowsOf(
      samples,
      IN_FLIGHT.map((count) => `${count} in flight`),
    ),
  ],
};

function rowsOf(samples: Samples, variants: readonly string[]): Row[] {
  const [base = ''] = variants;
  return variants.map((variant) => {
    const { value, spread } = samples.figure(variant);
    const ratio = samples.ratio(variant, base).value;
    return {
      what: variant,
      value,
      unit: 'ns',
      spread,
      ...(variant !== base && {
        beside: { what: base, value: samples.figure(base).value },
        ratio,
        reach: { text: `≤ ${LIMIT} ×`, reached: ratio <= LIMIT },
      }),
    };
  });
}

async function measure(variant: string, effort: Effort): Promise<Sample> {
  const count = Number(variant.split(' ')[0]);
  const block = variant.endsWith('hosts')
    ? await statements(effort, SMALL_POOL, count, 1)
    : await statements(effort, LARGE_POOL, 1, effort.count(count));
  return { value: await nanosecondsPer(block, effort) };
}

async function statements(effort: Effort, pool: number, hosts: number, inFlight: number): Promise<Block> {
  const { DatabricksSpanProcessor } = await loadPackage();
  const processor = new DatabricksSpanProcessor(
    { maxHosts: hosts, maxInFlightStatements: NO_CAP },
    new NoOpRecordExporter(),
  );
  const contexts: Context[] = [];
  for (let host = 0; host < hosts; host++) {
    contexts.push(await connectionContext({ host: `dbc-${host}.cloud.databricks.test` }));
  }
  const spans = plainStatements(effort.count(pool));
  let started = 0;
  const start = () => {
    const span = spans[started % spans.length];
    const context = contexts[started % hosts];
    started++;
    if (span !== undefined && context !== undefined) {
      processor.onStart(span, context);
    }
  };
  while (started < inFlight - 1) {
    start();
  }
  return slices(effort.count(STATEMENTS_PER_BLOCK), STATEMENTS_PER_TURN, (count) => {
    for (let index = 0; index < count; index++) {
      start();
      const oldest = spans[(started - inFlight) % spans.length];
      if (oldest !== undefined) {
        processor.onEnd(oldest);
      }
    }
  });
}
