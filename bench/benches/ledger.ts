import type { Attributes } from '@opentelemetry/api';
import { ROOT_CONTEXT, SpanKind, type Tracer } from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { NoopSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { TimeLedger } from '../../src/instrumentation/timeLedger.js';
import type { Bench, Effort, Row } from '../harness/bench.js';
import type { Sample, Samples } from '../harness/samples.js';
import { loadInternals } from '../harness/subject.js';
import { nanosecondsPer, slices } from '../harness/timing.js';
import { ALL_TAGS, driverTracer, makeStatement } from '../support/spans.js';

const STATEMENTS_PER_BLOCK = 10_000;
const STATEMENTS_PER_TURN = 50;
const DOWNLOADS = 3;

/** What happens to a statement, as the instrumentation tells the ledger. */
type Run = (ledger: TimeLedger) => void;
/** Adds to the tags that a span gets at its end. */
type AddTags = (tags: Attributes) => Attributes;

export const bench: Bench = {
  name: 'ledger',
  about:
    "What the account of a statement's time adds: the calls of the ledger that the instrumentation makes for a trivial statement (result with the first answer, fetch, close) and for one with three downloads, as counted in runs of the real driver, the rounding, and seven further tags on the span. The clock is read where it was read before, so no reading is counted. Beside it the SDK's spans with all tags and a no-op processor: one for the trivial statement, six with downloads. The metrics are those of an ended statement, with a Prometheus exporter.",
  variants: [
    'span',
    'span again',
    'span with ledger',
    'six spans',
    'six spans with ledger',
    'calls',
    'rounding',
    'metrics',
    'metrics with ledger',
  ],
  rounds: 7,
  measure,
  rows: (samples) => [
    row(samples, 'added to the span of a trivial statement', 'span'),
    row(samples, 'added to the six spans of a statement with three downloads', 'six spans'),
    row(samples, 'added to the metrics of a statement, where there is a MeterProvider', 'metrics'),
    part(samples, 'of the first row: the calls of the ledger', 'calls'),
    part(samples, 'of the first row: these, the sums and their rounding', 'rounding'),
    {
      what: 'A/A: the span twice',
      value: samples.figure('span again').value,
      unit: 'ns',
      spread: samples.figure('span again').spread,
      beside: { what: 'the span', value: samples.figure('span').value },
      ratio: samples.ratio('span again', 'span').value,
      isNoise: true,
    },
  ],
};

function row(samples: Samples, what: string, without: string): Row {
  const { value, spread } = samples.difference(`${without} with ledger`, without);
  const beside = { what: 'the SDK itself', value: samples.figure(without).value };
  const ratio = 1 + value / beside.value;
  return { what, value, unit: 'ns', spread, beside, ratio };
}

function part(samples: Samples, what: string, variant: string): Row {
  const { value, spread } = samples.figure(variant);
  return { what, value, unit: 'ns', spread };
}

async function measure(variant: string, effort: Effort): Promise<Sample> {
  const { addTimeTags, Guard, OperationMetrics, TimeLedger } = await loadInternals();
  const tracer = driverTracer(new NoopSpanProcessor());
  let clock = 0;

  const keep = (run: Run): TimeLedger => {
    const ledger = new TimeLedger(clock, true);
    run(ledger);
    clock += 100;
    return ledger;
  };
  const without: AddTags = (tags) => tags;
  const withLedger =
    (run: Run): AddTags =>
    (tags) => {
      addTimeTags(tags, keep(run), clock);
      return tags;
    };
  const meterProvider = new MeterProvider({
    readers: [new PrometheusExporter({ preventServerStart: true })],
  });
  const metrics = new OperationMetrics(meterProvider.getMeter('bench'), new Guard());
  const ended = { attributes: ALL_TAGS.start, latencyMs: 182, failure: undefined, context: ROOT_CONTEXT };
  const works: Readonly<Record<string, () => void>> = {
    span: () => oneSpan(tracer, without),
    'span again': () => oneSpan(tracer, without),
    'span with ledger': () => oneSpan(tracer, withLedger(trivial)),
    'six spans': () => sixSpans(tracer, without),
    'six spans with ledger': () => sixSpans(tracer, withLedger(withDownloads)),
    calls: () => keep(trivial),
    metrics: () => metrics.record({ ...ended, returnedRows: 10 }),
    'metrics with ledger': () =>
      metrics.record({ ...ended, returnedRows: 10, ledger: keep(trivial), endedAt: clock }),
    rounding: () => withLedger(trivial)({}),
  };
  const work = works[variant];
  if (work === undefined) {
    throw new Error(`no such variant: ${variant}`);
  }
  const block = slices(effort.count(STATEMENTS_PER_BLOCK), STATEMENTS_PER_TURN, (count) => {
    for (let index = 0; index < count; index++) {
      work();
    }
  });
  return { value: await nanosecondsPer(block, effort) };
}

function oneSpan(tracer: Tracer, add: AddTags): void {
  const span = tracer.startSpan(
    'SELECT main.sales.orders',
    { kind: SpanKind.CLIENT, attributes: ALL_TAGS.start },
    ROOT_CONTEXT,
  );
  span.setAttributes(add(ALL_TAGS.end(0)));
  span.end();
}

function sixSpans(tracer: Tracer, add: AddTags): void {
  makeStatement(tracer, ROOT_CONTEXT, DOWNLOADS, {
    ...ALL_TAGS,
    end: (downloads) => add(ALL_TAGS.end(downloads)),
  });
}

/** `executeStatement`, `fetchAll`, `close`, where the result came with the first answer. */
function trivial(ledger: TimeLedger): void {
  const start = ledger.startedAt;
  ledger.enter(start);
  ledger.serverSaid('over', start + 50.25, {}, 'fetching');
  ledger.waitedMs(start + 50.5);
  ledger.leave(start + 51.125);
  ledger.enter(start + 51.25);
  ledger.waitedMs(start + 53.5);
  ledger.leave(start + 53.625);
  ledger.enter(start + 60.375);
}

/** The same, with three files that come side by side, and three calls that fetch. */
function withDownloads(ledger: TimeLedger): void {
  const start = ledger.startedAt;
  ledger.enter(start);
  ledger.serverSaid('over', start + 20.25, {}, 'fetching');
  ledger.waitedMs(start + 20.5);
  ledger.leave(start + 21.125);
  ledger.enter(start + 21.25);
  for (let file = 0; file < DOWNLOADS; file++) {
    ledger.downloadBegins(start + 22 + file);
  }
  ledger.downloadEnds(start + 40.5);
  ledger.requestBegins(start + 41.25);
  ledger.requestEnds(start + 44.75);
  ledger.waitedMs(start + 45.5);
  ledger.leave(start + 45.625);
  for (let file = 1; file < DOWNLOADS; file++) {
    ledger.enter(start + 46 + file * 10);
    ledger.downloadEnds(start + 50 + file * 10);
    ledger.leave(start + 51 + file * 10);
  }
  ledger.enter(start + 90.375);
}
