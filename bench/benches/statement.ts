import { type Context, ROOT_CONTEXT } from '@opentelemetry/api';
import { NoopSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { SpanProcessorLike } from '../../src/spanShape.js';
import type { ProcessorStats } from '../../src/stats.js';
import type { Bench, Effort, Row } from '../harness/bench.js';
import type { Sample, Samples } from '../harness/samples.js';
import { loadPackage } from '../harness/subject.js';
import { type Block, nanosecondsPer, slices } from '../harness/timing.js';
import { connectionContext } from '../support/connection.js';
import { driverTelemetry, emitStatement, NoOpDriverExporter } from '../support/driverTelemetry.js';
import { NoOpRecordExporter } from '../support/exporters.js';
import {
  ALL_TAGS,
  ALL_TAGS_IN_ONE_SPAN,
  DRIVER_FACTS,
  DRIVER_FACTS_IN_ONE_SPAN,
  driverTracer,
  makeStatementSpan,
  SESSION_ID,
  type StatementSpans,
  type StatementTags,
  statementSpans,
} from '../support/spans.js';

const STATEMENTS_PER_BLOCK = 10_000;
/** Half a batch of the driver's telemetry, which drops what comes faster than it flushes. */
const STATEMENTS_PER_TURN = 50;
const POOL = 1_000;
const DOWNLOADS = 3;

export const bench: Bench = {
  name: 'statement',
  about:
    "One statement with three downloads on its way to a queued record, through our hooks, and the same events through the driver's own emitter and aggregator. The instrumentation makes one span of it, with the downloads in its tags; where somebody wants inner spans, six (statement, execute, wait, downloads). The spans are made beforehand by the SDK; they say what the driver's events say, or all that the instrumentation writes (which the driver's telemetry has no room for; V8 keeps so many in a form in which each look-up takes twice the time). Both exporters take everything and do nothing; nothing is lost on either side. Live: the one span with all tags is made and ended by the SDK, as in an application, with a no-op processor and with ours.",
  variants: [
    'driver',
    'driver again',
    'same facts',
    'all tags',
    'same facts, inner spans',
    'all tags, inner spans',
    'live, no-op',
    'live, ours',
  ],
  rounds: 5,
  measure,
  rows: (samples) => {
    const driver = samples.figure('driver');
    const row = (what: string, variant: string): Row => {
      const { value, spread } = samples.figure(variant);
      const beside = { what: "the driver's aggregator", value: driver.value };
      return { what, value, unit: 'ns', spread, beside, ratio: samples.ratio(variant, 'driver').value };
    };
    const same = { ...row('ours, the same facts', 'same facts'), guard: { max: 2.5 } };
    return [
      { ...same, reach: { text: '≤ 1 ×', reached: (same.ratio ?? Number.NaN) <= 1 } },
      row('ours, all tags', 'all tags'),
      { ...row('with inner spans, the same facts', 'same facts, inner spans'), guard: { max: 2.5 } },
      row('with inner spans, all tags', 'all tags, inner spans'),
      live(samples),
      { ...row('A/A: the driver twice', 'driver again'), isNoise: true },
    ];
  },
};

/** What we add to spans that are made and ended as in an application. */
function live(samples: Samples): Row {
  const { value, spread } = samples.difference('live, ours', 'live, no-op');
  const spans = samples.figure('live, no-op').value;
  return {
    what: 'ours adds to a live span, all tags',
    value,
    unit: 'ns',
    spread,
    beside: { what: 'the span itself', value: spans },
    ratio: 1 + value / spans,
    guard: { max: 2.5 },
  };
}

async function measure(variant: string, effort: Effort): Promise<Sample> {
  const { block, lost } = await subject(variant, effort);
  const value = await nanosecondsPer(block, effort);
  if (lost() !== 0) {
    throw new Error(`${variant}: ${lost()} records were lost`);
  }
  return { value };
}

interface Subject {
  readonly block: Block;
  readonly lost: () => number;
}

async function subject(variant: string, effort: Effort): Promise<Subject> {
  switch (variant) {
    case 'same facts':
      return oneSpan(effort, DRIVER_FACTS_IN_ONE_SPAN);
    case 'all tags':
      return oneSpan(effort, ALL_TAGS_IN_ONE_SPAN);
    case 'same facts, inner spans':
      return innerSpans(effort, DRIVER_FACTS);
    case 'all tags, inner spans':
      return innerSpans(effort, ALL_TAGS);
    case 'live, ours':
    case 'live, no-op':
      return liveSpans(effort, variant === 'live, ours');
    default:
      return driver(effort, statementSpans(POOL, DOWNLOADS));
  }
}

async function liveSpans(effort: Effort, withOurs: boolean): Promise<Subject> {
  const { DatabricksSpanProcessor } = await loadPackage();
  const processor = withOurs
    ? new DatabricksSpanProcessor({ exporter: new NoOpRecordExporter() })
    : undefined;
  const tracer = driverTracer((processor ?? new NoopSpanProcessor()) as SpanProcessor);
  const context = await connectionContext();
  const block = slices(effort.count(STATEMENTS_PER_BLOCK), STATEMENTS_PER_TURN, (count) => {
    for (let index = 0; index < count; index++) {
      makeStatementSpan(tracer, context, DOWNLOADS, ALL_TAGS_IN_ONE_SPAN);
    }
  });
  return { block, lost: () => (processor === undefined ? 0 : lostBy(processor.stats())) };
}

async function oneSpan(effort: Effort, tags: StatementTags): Promise<Subject> {
  const tracer = driverTracer();
  const pool = Array.from({ length: POOL }, () => makeStatementSpan(tracer, ROOT_CONTEXT, DOWNLOADS, tags));
  return ours(effort, pool, (processor, context, span) => {
    processor.onStart(span, context);
    processor.onEnd(span);
  });
}

async function innerSpans(effort: Effort, tags: StatementTags): Promise<Subject> {
  return ours(effort, statementSpans(POOL, DOWNLOADS, tags), leadThrough);
}

/** Statements that were made before, one after the other through our hooks. */
async function ours<Statement>(
  effort: Effort,
  pool: readonly Statement[],
  lead: (processor: SpanProcessorLike, context: Context, statement: Statement) => void,
): Promise<Subject> {
  const { DatabricksSpanProcessor } = await loadPackage();
  const processor = new DatabricksSpanProcessor({ exporter: new NoOpRecordExporter() });
  const context = await connectionContext();
  let next = 0;
  const block = slices(effort.count(STATEMENTS_PER_BLOCK), STATEMENTS_PER_TURN, (count) => {
    for (let index = 0; index < count; index++) {
      const statement = pool[next++ % POOL];
      if (statement !== undefined) {
        lead(processor, context, statement);
      }
    }
  });
  return { block, lost: () => lostBy(processor.stats()) };
}

function driver(effort: Effort, pool: readonly StatementSpans[]): Subject {
  const telemetry = driverTelemetry(new NoOpDriverExporter());
  let next = 0;
  const block = slices(effort.count(STATEMENTS_PER_BLOCK), STATEMENTS_PER_TURN, (count) => {
    for (let index = 0; index < count; index++) {
      emitStatement(telemetry, pool[next++ % POOL]?.id ?? '', SESSION_ID, DOWNLOADS);
    }
  });
  return { block, lost: () => telemetry.aggregator.getStats().droppedMetrics };
}

function lostBy({ dropped, lateChildren }: Pick<ProcessorStats, 'dropped' | 'lateChildren'>): number {
  return Object.values(dropped).reduce((sum, count) => sum + count, lateChildren);
}

/** In the order in which the instrumentation starts and ends them. */
export function leadThrough(processor: SpanProcessorLike, context: Context, spans: StatementSpans): void {
  const { statement, execute, wait, downloads } = spans;
  processor.onStart(statement, context);
  processor.onStart(execute, context);
  processor.onEnd(execute);
  processor.onStart(wait, context);
  processor.onEnd(wait);
  for (const download of downloads) {
    processor.onStart(download, context);
    processor.onEnd(download);
  }
  processor.onEnd(statement);
}
