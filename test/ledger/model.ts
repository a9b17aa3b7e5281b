import type { ServerTimes, ServerWord } from '../../src/instrumentation/timeLedger.js';
import { TIME_ACCOUNTS, type TimeAccount } from '../../src/tags/index.js';

export type Happening = 'call' | 'request' | 'download';

/** All that a ledger can be told, at a time. */
export type Event =
  | { readonly at: number; readonly what: 'begins' | 'ends'; readonly of: Happening }
  | { readonly at: number; readonly what: 'retried'; readonly since: number }
  | {
      readonly at: number;
      readonly what: 'said';
      readonly word: ServerWord;
      readonly times: ServerTimes;
      readonly late: TimeAccount;
    };

/** What the server had said before a moment, and what it said next. */
interface Saying {
  readonly before: Extract<Event, { what: 'said' }> | undefined;
  readonly next: Extract<Event, { what: 'said' }> | undefined;
}

/**
 * The same accounts, slow and simple: the timeline is cut wherever anything is said or happens, and each piece is
 * asked whose it is, by looking through all events.
 */
export function accountsByModel(
  events: readonly Event[],
  startedAt: number,
  endedAt: number,
  isVisible: boolean,
): Record<TimeAccount, number> {
  const totals = Object.fromEntries(TIME_ACCOUNTS.map((account) => [account, 0])) as Record<
    TimeAccount,
    number
  >;
  const cuts = [startedAt, endedAt];
  for (const event of events) {
    cuts.push(event.at);
    if (event.what === 'retried') {
      cuts.push(event.since);
    }
    if (event.what === 'said') {
      cuts.push(...Object.values(event.times).filter((time) => time !== undefined));
    }
  }
  const sorted = cuts.filter((cut) => cut >= startedAt && cut <= endedAt).sort((a, b) => a - b);
  for (const [index, from] of sorted.entries()) {
    const to = sorted[index + 1];
    if (to !== undefined && to > from) {
      totals[accountAt((from + to) / 2, events, startedAt, isVisible)] += to - from;
    }
  }
  return totals;
}

function accountAt(
  moment: number,
  events: readonly Event[],
  startedAt: number,
  isVisible: boolean,
): TimeAccount {
  const open = (of: Happening): number =>
    events.reduce((sum, event) => {
      const counts = event.at < moment && 'of' in event && event.of === of;
      return counts ? sum + (event.what === 'begins' ? 1 : -1) : sum;
    }, 0);
  if (open('call') === 0) {
    return 'application';
  }
  if (!isVisible) {
    return 'unseen';
  }
  if (events.some(({ at, ...event }) => event.what === 'retried' && event.since < moment && moment < at)) {
    return 'retrying';
  }
  const byServer = accountByServer(moment, sayingAt(moment, events), startedAt);
  if (byServer !== undefined) {
    return byServer;
  }
  if (open('request') > 0) {
    return 'fetching';
  }
  return open('download') > 0 ? 'downloading' : 'driver';
}

function sayingAt(moment: number, events: readonly Event[]): Saying {
  let before: Saying['before'];
  for (const event of events) {
    if (event.what !== 'said') {
      continue;
    }
    if (event.at > moment) {
      return { before, next: event };
    }
    before = before?.word === 'over' ? before : event;
  }
  return { before, next: undefined };
}

function accountByServer(
  moment: number,
  { before, next }: Saying,
  startedAt: number,
): TimeAccount | undefined {
  if (before?.word === 'over') {
    return undefined;
  }
  const since = before?.at ?? startedAt;
  const passed = (time: number | undefined): boolean =>
    next !== undefined && time !== undefined && time >= since && time <= next.at && moment > time;
  if (next?.word === 'over' && passed(next.times.completedAt)) {
    return next.late;
  }
  if (before === undefined) {
    return next?.word === 'queued' ? 'queued' : 'running';
  }
  if (before.word === 'queued') {
    return next?.word !== 'queued' && passed(next?.times.startedAt) ? 'running' : 'queued';
  }
  return 'running';
}
