import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roundToSum } from '../../src/instrumentation/largestRemainder.js';
import { TimeLedger } from '../../src/instrumentation/timeLedger.js';
import { TIME_ACCOUNTS } from '../../src/tags/index.js';
import { accountsByModel, type Event, type Happening } from './model.js';

const TIMELINES = 60_000;
const PATIENCE_MS = 120_000;
const MAX_EVENTS = 24;
/** Of sums of so many numbers of this size. */
const FLOATING_MS = 1e-6;

interface Timeline {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly isVisible: boolean;
  readonly events: readonly Event[];
}

const times = fc.oneof(fc.nat({ max: 60 }), fc.double({ min: 0, max: 60, noNaN: true }));
const happenings = fc.constantFrom<Happening[]>('call', 'call', 'request', 'download');
const steps = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('begins' as const), of: happenings }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('ends' as const), of: happenings }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('retried' as const), ago: times }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('said' as const),
      word: fc.constantFrom('queued' as const, 'running' as const, 'over' as const),
      started: fc.option(times, { nil: undefined }),
      completed: fc.option(times, { nil: undefined }),
      late: fc.constantFrom('driver' as const, 'fetching' as const),
    }),
  },
);

/** What ends has begun, a retry is of something in the statement's time, times go forward. */
const timelines: fc.Arbitrary<Timeline> = fc
  .record({
    startedAt: fc.double({ min: 0, max: 1e7, noNaN: true }),
    isVisible: fc.boolean().chain((rarely) => (rarely ? fc.boolean() : fc.constant(true))),
    steps: fc.array(fc.record({ after: times, step: steps }), { maxLength: MAX_EVENTS }),
    rest: times,
  })
  .map(({ startedAt, isVisible, steps: taken, rest }) => {
    const open: Record<Happening, number> = { call: 0, request: 0, download: 0 };
    const events: Event[] = [];
    let at = startedAt;
    let saidAt = startedAt;
    for (const { after, step } of taken) {
      at += after;
      if (step.kind === 'retried') {
        events.push({ at, what: 'retried', since: Math.max(startedAt, at - step.ago) });
      } else if (step.kind === 'said') {
        const { word, started, completed, late } = step;
        // Most of them fit: some lie before what was said last, or in the future.
        const startedTime = started === undefined ? undefined : saidAt - 5 + started;
        const completedTime = completed === undefined ? undefined : saidAt - 5 + completed;
        events.push({
          at,
          what: 'said',
          word,
          times: { startedAt: startedTime, completedAt: completedTime },
          late,
        });
        saidAt = at;
      } else if (step.kind === 'begins' || open[step.of] > 0) {
        open[step.of] += step.kind === 'begins' ? 1 : -1;
        events.push({ at, what: step.kind, of: step.of });
      }
    }
    return { startedAt, endedAt: at + rest, isVisible, events };
  });

function ledgerOf({ startedAt, isVisible, events }: Timeline): TimeLedger {
  const ledger = new TimeLedger(startedAt, isVisible);
  const methods = {
    call: { begins: 'enter', ends: 'leave' },
    request: { begins: 'requestBegins', ends: 'requestEnds' },
    download: { begins: 'downloadBegins', ends: 'downloadEnds' },
  } as const;
  for (const event of events) {
    if (event.what === 'retried') {
      ledger.retried(event.since, event.at);
    } else if (event.what === 'said') {
      ledger.serverSaid(event.word, event.at, event.times, event.late);
    } else {
      ledger[methods[event.of][event.what]](event.at);
    }
  }
  return ledger;
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

describe('the ledger of a statement’s time, on random timelines', () => {
  it(
    'gives every account what a slow and simple model gives it, none less than nothing, and all together the time',
    () => {
      fc.assert(
        fc.property(timelines, (timeline) => {
          const { events, startedAt, endedAt, isVisible } = timeline;
          const totals = ledgerOf(timeline).totals(endedAt);
          const model = accountsByModel(events, startedAt, endedAt, isVisible);
          const isRight = TIME_ACCOUNTS.every(
            (account) => totals[account] >= 0 && Math.abs(totals[account] - model[account]) < FLOATING_MS,
          );
          // The comparison in words is slow: only for what is wrong.
          if (!isRight) {
            expect(totals).toEqual(model);
          }
          expect(Math.abs(sumOf(Object.values(totals)) - (endedAt - startedAt))).toBeLessThan(FLOATING_MS);
        }),
        { numRuns: TIMELINES },
      );
    },
    PATIENCE_MS,
  );

  it(
    'rounds to integers that sum to the rounded time, each within one of its account',
    () => {
      fc.assert(
        fc.property(timelines, (timeline) => {
          const { startedAt, endedAt } = timeline;
          const totals = ledgerOf(timeline).totals(endedAt);
          const duration = Math.round(endedAt - startedAt);
          const rounded = roundToSum(totals, TIME_ACCOUNTS, duration);
          const isRight = TIME_ACCOUNTS.every(
            (account) =>
              Number.isInteger(rounded[account]) &&
              rounded[account] >= 0 &&
              Math.abs(rounded[account] - totals[account]) <= 1 + FLOATING_MS,
          );
          if (!isRight) {
            expect(rounded).toEqual(totals);
          }
          expect(sumOf(Object.values(rounded))).toBe(duration);
        }),
        { numRuns: TIMELINES / 6 },
      );
    },
    PATIENCE_MS,
  );

  it(
    'says at any time how long the application has waited: all time that is not the application’s',
    () => {
      fc.assert(
        fc.property(timelines, (timeline) => {
          const { startedAt, endedAt } = timeline;
          const ledger = ledgerOf(timeline);
          const { application } = ledger.totals(endedAt);
          expect(Math.abs(ledger.waitedMs(endedAt) - (endedAt - startedAt - application))).toBeLessThan(
            FLOATING_MS,
          );
        }),
        { numRuns: TIMELINES / 6 },
      );
    },
    PATIENCE_MS,
  );
});
