import { hrTimeToMilliseconds } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { TIME_ACCOUNTS, type TimeAccount } from '../../src/tags/index.js';
import { accountsByModel, type Event } from '../ledger/model.js';
import type { RequestTruth, StatementTruth } from '../support/local-databricks/index.js';
import type { AppFacts } from './app.js';
import type { Backend } from './scenario.js';

/** Between the server and the application, on a busy machine: half of what the server delays. */
const TOLERANCE_MS = 200;
const STARTING =
  /^(ExecuteStatement|Get(TypeInfo|Catalogs|Schemas|Tables|TableTypes|Columns|Functions|PrimaryKeys|CrossReference))$/;
const WORDS: Readonly<Record<string, 'queued' | 'running'>> = { PENDING: 'queued', RUNNING: 'running' };

/** The accounts that the span of a statement tells, milliseconds. */
export function accountsOf({ attributes }: ReadableSpan): Partial<Record<TimeAccount, number>> {
  const told = TIME_ACCOUNTS.map((account) => [account, attributes[`databricks.time.${account}_ms`]]);
  return Object.fromEntries(told.filter(([, value]) => value !== undefined));
}

/**
 * What the accounts should be, by the application's stop-watch and the server's own log of requests: both know
 * nothing of the instrumentation.
 *
 * @returns what differs, in words; empty if nothing does
 */
export function wrongAccounts(
  backend: Backend,
  span: ReadableSpan,
  facts: AppFacts,
  truth: StatementTruth | undefined,
): string[] {
  const told = accountsOf(span);
  const durationMs = hrTimeToMilliseconds(span.duration);
  const startedAt = hrTimeToMilliseconds(span.startTime) - (Date.now() - performance.now());
  const events = [...callEvents(facts), ...(truth === undefined ? [] : serverEvents(truth))].sort(
    (one, other) => one.at - other.at,
  );
  const isVisible = backend === 'thrift';
  const expected = accountsByModel(events, startedAt, startedAt + durationMs, isVisible);
  const sum = Object.values(told).reduce((total, value) => total + value, 0);
  return [
    ...(sum === Math.round(durationMs) ? [] : [`the sum is ${sum} instead of ${durationMs}`]),
    ...TIME_ACCOUNTS.filter((account) => !isRight(account, told, expected)).map(
      (account) => `${account}: ${told[account]} instead of ${Math.round(expected[account])}`,
    ),
  ];
}

/**
 * The server does not see how long a request was on its way to it, nor its answer on the way back: so far may
 * what waits for a request be more than the server says, and what waits for nothing less.
 */
function isRight(
  account: TimeAccount,
  told: Partial<Record<TimeAccount, number>>,
  expected: Record<TimeAccount, number>,
): boolean {
  const difference = (told[account] ?? 0) - expected[account];
  switch (account) {
    case 'fetching':
    case 'downloading':
      return difference > -TOLERANCE_MS;
    case 'driver': {
      const { fetching = 0, downloading = 0, driver = 0 } = told;
      const together = fetching + downloading + driver;
      const expectedTogether = expected.fetching + expected.downloading + expected.driver;
      return difference < TOLERANCE_MS && Math.abs(together - expectedTogether) < TOLERANCE_MS;
    }
    default:
      return Math.abs(difference) < TOLERANCE_MS;
  }
}

function callEvents({ calls }: AppFacts): Event[] {
  return calls.flatMap(([from, to]) => during('call', from, to));
}

function serverEvents(truth: StatementTruth): Event[] {
  const { requests, downloads, runningAt, readyAt } = truth;
  const ready = requests.filter(({ method }) => !STARTING.test(method) && method !== 'GetOperationStatus');
  return [
    ...ready.flatMap(({ startedAt, endedAt }) => during('request', startedAt, endedAt)),
    ...downloads.flatMap(({ startedAt, endedAt }) => during('download', startedAt, endedAt)),
    ...repetitions(requests.map((request) => ({ ...request, of: request.method }))),
    ...repetitions(
      downloads.map((each) => ({ ...each, of: String(each.index), answered: each.status === 200 })),
    ),
    ...requests.flatMap((request) => sayings(request, { startedAt: runningAt, completedAt: readyAt })),
  ];
}

/** A request that was not answered, and another of the same, soon after: the driver tried again. */
function repetitions(
  attempts: readonly { of: string; startedAt: number; endedAt: number; answered: boolean }[],
): Event[] {
  return attempts.flatMap((attempt): Event[] => {
    const next = attempts.find(({ of, startedAt }) => of === attempt.of && startedAt > attempt.endedAt);
    const isRepeated = !attempt.answered && attempt.of !== 'FetchResults' && next !== undefined;
    return isRepeated ? [{ at: next.startedAt, what: 'retried', since: attempt.startedAt }] : [];
  });
}

function sayings(
  { method, answered, endedAt, state }: RequestTruth,
  times: { startedAt: number | undefined; completedAt: number | undefined },
): Event[] {
  const isStart = STARTING.test(method);
  if (!answered || (!isStart && method !== 'GetOperationStatus')) {
    return [];
  }
  const word = WORDS[state] ?? 'over';
  return [{ at: endedAt, what: 'said', word, times, late: isStart ? 'fetching' : 'driver' }];
}

function during(of: 'call' | 'request' | 'download', from: number, to: number): Event[] {
  return [
    { at: from, what: 'begins', of },
    { at: to, what: 'ends', of },
  ];
}
