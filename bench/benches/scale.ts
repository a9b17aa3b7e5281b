import { type Context, ROOT_CONTEXT, type Span } from '@opentelemetry/api';
import { NoopSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Bench, Effort, Row } from '../harness/bench.js';
import { figureOf, type Sample, type Samples } from '../harness/samples.js';
import { loadPackage } from '../harness/subject.js';
import { type Block, nanosecondsPer, slices } from '../harness/timing.js';
import { connectionContext } from '../support/connection.js';
import { NoOpRecordExporter } from '../support/exporters.js';
import { driverTracer, endPlainStatement, startPlainStatement } from '../support/spans.js';

const HOSTS = [1, 10, 100, 1_000];
const IN_FLIGHT = [10, 1_000, 100_000];
const STATEMENTS_PER_BLOCK = 20_000;
const STATEMENTS_PER_TURN = 512;
/** More than all caps allow by default. */
const NO_CAP = 1_000_000;
const LIMIT = 1.2;
const NOBODY = 'no-op';

export const bench: Bench = {
  name: 'scale',
  about:
    "What a statement costs (a real span of the SDK, six tags, our hooks, the queued record) when statements are spread over 1 to 1,000 hosts, and when 10 to 100,000 of them are in flight all the time, the oldest ending when another starts. By how much the SDK's own part grows with the spans in flight is measured with a no-op processor and taken out. What is left is memory: what 1,000 hosts have waiting, or 100,000 statements in flight, outlives collections of garbage and is not in the CPU's caches; the SDK's spans feel the same. The young generation has its full size from the start.",
  nodeFlags: ['--min-semi-space-size=16'],
  variants: [
    ...HOSTS.map((count) => `${count} hosts`),
    ...IN_FLIGHT.flatMap((count) => [`${count} in flight`, `${count} in flight, ${NOBODY}`]),
  ],
  rounds: 3,
  measure,
  rows: (samples) => [
    ...rowsOf(
      HOSTS.map((count) => `${count} hosts`),
      (variant) => samples.values(variant),
    ),
    ...rowsOf(
      IN_FLIGHT.map((count) => `${count} in flight`),
      (variant) => withoutSdk(samples, variant),
    ),
    ...IN_FLIGHT.map((count): Row => {
      const { value, spread } = samples.figure(`${count} in flight, ${NOBODY}`);
      return { what: `the span itself, ${count} in flight`, value, unit: 'ns', spread };
    }),
  ],
};

/** As if the SDK's own part were as with the fewest spans in flight. */
function withoutSdk(samples: Samples, variant: string): number[] {
  const fewest = samples.values(`${IN_FLIGHT[0]} in flight, ${NOBODY}`);
  const own = samples.values(`${variant}, ${NOBODY}`);
  return samples
    .values(variant)
    .map((value, round) => value - (own[round] ?? Number.NaN) + (fewest[round] ?? Number.NaN));
}

function rowsOf(variants: readonly string[], valuesOf: (variant: string) => number[]): Row[] {
  const [first = ''] = variants;
  const base = valuesOf(first);
  return variants.map((variant) => {
    const values = valuesOf(variant);
    const { value, spread } = figureOf(values);
    const ratio = figureOf(values.map((each, round) => each / (base[round] ?? Number.NaN))).value;
    return {
      what: variant,
      value,
      unit: 'ns',
      spread,
      ...(variant !== first && {
        beside: { what: first, value: figureOf(base).value },
        ratio,
        reach: { text: `≤ ${LIMIT} ×`, reached: ratio <= LIMIT },
      }),
    };
  });
}

async function measure(variant: string, effort: Effort): Promise<Sample> {
  const [what = '', who] = variant.split(', ');
  const count = Number(what.split(' ')[0]);
  const hosts = what.endsWith('hosts') ? count : 1;
  const inFlight = what.endsWith('hosts') ? 1 : effort.count(count);
  const processor = who === NOBODY ? new NoopSpanProcessor() : await ours(hosts);
  return { value: await nanosecondsPer(await statements(effort, processor, hosts, inFlight), effort) };
}

async function ours(maxHosts: number): Promise<SpanProcessor> {
  const { DatabricksSpanProcessor } = await loadPackage();
  const options = { maxHosts, maxInFlightStatements: NO_CAP };
  return new DatabricksSpanProcessor({ ...options, exporter: new NoOpRecordExporter() });
}

async function statements(
  effort: Effort,
  processor: SpanProcessor,
  hosts: number,
  inFlight: number,
): Promise<Block> {
  const contexts: Context[] = [];
  for (let host = 0; host < hosts; host++) {
    contexts.push(await connectionContext({ host: `dbc-${host}.cloud.databricks.test` }));
  }
  const tracer = driverTracer(processor);
  const open: Array<Span | undefined> = new Array(inFlight).fill(undefined);
  let started = 0;
  const startOne = () => {
    open[started % inFlight] = startPlainStatement(tracer, contexts[started % hosts] ?? ROOT_CONTEXT);
    started++;
  };
  while (started < inFlight - 1) {
    startOne();
  }
  return slices(effort.count(STATEMENTS_PER_BLOCK), STATEMENTS_PER_TURN, (count) => {
    for (let index = 0; index < count; index++) {
      startOne();
      const oldest = open[started % inFlight];
      if (oldest !== undefined) {
        endPlainStatement(oldest);
      }
    }
  });
}
