import type { Scenario, Span } from './scenarios.js';
import { type Run, SAMPLE_S } from './simulation.js';

/** After the event no rate is higher than so many times the steady one. */
export const MAX_PEAK_RATIO = 3;
/**
 * Requests of processes that know nothing of each other are as even as chance is: 1. Those of processes in step come
 * in heaps, and this grows with the fleet.
 */
export const MAX_DISPERSION = 2;
/** A rate is measured over as many seconds as have so many requests, or chance alone would make peaks. */
const REQUESTS_PER_WINDOW = 30;
const BLOCK_S = 10;
const BLOCKS = 12;
/** Of the records that wait, compared with what is usual, when a fleet has recovered. */
const RECOVERED_RATIO = 1.25;
const RECOVERED_SAMPLES = 3;

export interface EndpointMeasures {
  /** Requests per second, as usual. */
  readonly steadyRate: number;
  /** Requests per second, at most, after the event. */
  readonly peakRate: number;
  readonly peakRatio: number;
  /** The variance of the requests per second within ten seconds, over their mean; the highest of two minutes. */
  readonly dispersion: number;
}

export interface Measures {
  readonly flag: EndpointMeasures;
  readonly export: EndpointMeasures;
  /** Records, as usual and at most. */
  readonly usuallyWaiting: number;
  readonly mostWaiting: number;
  /** From the end of the event until no more records wait than usual; `undefined`: never. Seconds. */
  readonly recoveryS: number | undefined;
  /** From the beginning of the event to the last export request. Seconds. */
  readonly lastExportS: number;
}

export function measure(scenario: Scenario, run: Run): Measures {
  const { event, steady, durationS } = scenario;
  const after: Span = { from: event.to + scenario.settleS, to: durationS };
  const usuallyWaiting = mean(samples(run.waiting, steady));
  const sinceEvent = samples(run.waiting, { from: event.from, to: durationS });
  return {
    flag: measureEndpoint(run.flag.all, steady, after),
    export: measureEndpoint(run.export.all, steady, after),
    usuallyWaiting,
    mostWaiting: Math.max(...sinceEvent),
    recoveryS: recoveryOf(samples(run.waiting, { from: event.to, to: durationS }), usuallyWaiting),
    lastExportS: run.export.all.findLastIndex((requests) => requests > 0) - event.from,
  };
}

function measureEndpoint(counts: readonly number[], steady: Span, after: Span): EndpointMeasures {
  const steadyRate = mean(counts.slice(steady.from, steady.to));
  const counted = counts.slice(after.from, after.to);
  const windowS = Math.ceil(REQUESTS_PER_WINDOW / steadyRate);
  const peakRate = Math.max(...movingMeans(counted, windowS));
  return { steadyRate, peakRate, peakRatio: peakRate / steadyRate, dispersion: dispersionOf(counted) };
}

/** The mean of each so many seconds in a row. */
function movingMeans(counts: readonly number[], windowS: number): number[] {
  let sum = counts.slice(0, windowS).reduce(add, 0);
  const means = [sum / windowS];
  for (let end = windowS; end < counts.length; end++) {
    sum += (counts[end] ?? 0) - (counts[end - windowS] ?? 0);
    means.push(sum / windowS);
  }
  return means;
}

/** Within blocks of ten seconds, so that a rate which rises or falls for minutes does not count. */
export function dispersionOf(counts: readonly number[]): number {
  const means: number[] = [];
  const variances: number[] = [];
  for (let start = 0; start + BLOCK_S <= counts.length; start += BLOCK_S) {
    const block = counts.slice(start, start + BLOCK_S);
    const average = mean(block);
    means.push(average);
    variances.push(block.reduce((sum, count) => sum + (count - average) ** 2, 0) / (BLOCK_S - 1));
  }
  let highest = 0;
  for (let first = 0; first + BLOCKS <= means.length; first++) {
    const requests = mean(means.slice(first, first + BLOCKS));
    const variance = mean(variances.slice(first, first + BLOCKS));
    highest = Math.max(highest, requests === 0 ? 0 : variance / requests);
  }
  return highest;
}

function recoveryOf(waiting: readonly number[], usual: number): number | undefined {
  const limit = usual * RECOVERED_RATIO;
  const index = waiting.findIndex((_, start) => {
    const next = waiting.slice(start, start + RECOVERED_SAMPLES);
    return next.length === RECOVERED_SAMPLES && mean(next) <= limit && (next[0] ?? 0) <= limit;
  });
  // A sample is taken at the end of its time.
  return index < 0 ? undefined : (index + 1) * SAMPLE_S;
}

function samples(values: readonly number[], { from, to }: Span): readonly number[] {
  return values.slice(Math.floor(from / SAMPLE_S), Math.ceil(to / SAMPLE_S));
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce(add, 0) / values.length;
}

function add(one: number, other: number): number {
  return one + other;
}
