import type { BreakerChange, ObservedFlag } from '../observer.js';
import type { BreakerHistory, Fact, FlagView, HostView } from './model.js';
import { authority, type Kept, nonZero, type ObservedHost } from './observed.js';
import { ago, ahead } from './times.js';

/** A host for people. */
export function hostView(host: ObservedHost, capacity: number, kept: Kept, now: number): HostView {
  const { breaker, connections, lanes, pausedLanes, queued, inFlight } = host;
  return {
    title: authority(host),
    facts: [
      { name: 'Connections', value: String(connections) },
      {
        name: 'Lanes',
        value: pausedLanes === 0 ? String(lanes) : `${lanes}, ${pausedLanes} paused`,
        note: 'connections whose records may share a request',
        ...(pausedLanes > 0 ? { tone: 'warn' as const } : {}),
      },
      { name: 'Queue', value: `${queued} of ${capacity}`, note: `${inFlight} being sent` },
      breakerFact(breaker, now),
    ],
    flags: [...host.flags.map((flag) => flagView(flag, now)), ...forcedView(host.forcedLanes ?? 0)],
    requests: nonZero(host.exportRequests).map(([outcome, count]) => ({
      name: outcome,
      value: String(count),
      tone: /^2\d\d$/.test(outcome) ? ('good' as const) : ('warn' as const),
    })),
    breaker: breakerHistory(host, kept),
  };
}

/** A flag's answer, short. */
export function flagFact({ state, answeredAt, nextRequestAt }: ObservedFlag, now: number): Fact {
  const answered = answeredAt === undefined ? 'nobody has answered yet' : `answered ${ago(answeredAt, now)}`;
  const next = nextRequestAt === undefined ? '' : `, next question ${ahead(nextRequestAt, now)}`;
  return { name: 'Feature flag', value: state, note: `${answered}${next}`, ...flagTone(state) };
}

function breakerFact({ state, openSince }: ObservedHost['breaker'], now: number): Fact {
  return {
    name: 'Circuit breaker',
    value: state,
    ...(openSince === undefined ? {} : { note: `since ${ago(openSince, now)}` }),
    tone: state === 'closed' ? 'good' : 'bad',
  };
}

/** What is known of the time before the first change: a breaker begins closed. */
function breakerHistory(host: ObservedHost, kept: Kept): BreakerHistory {
  const name = authority(host);
  const { breakerChanges, breakersKnownSince: since } = kept;
  const steps = breakerChanges.filter((change) => change.host === name).map(stepOf);
  const [step] = steps;
  if (step === undefined) {
    return { since, first: host.breaker.state, steps };
  }
  return kept.isBreakerHistoryWhole
    ? { since, first: 'closed', steps }
    : { since: step.at, first: step.state, steps };
}

function stepOf({ at, state }: BreakerChange) {
  return { at, state };
}

function flagView(flag: ObservedFlag, now: number): FlagView {
  const { orgId, driverVersion, state, answeredAt, nextRequestAt } = flag;
  return {
    title: orgId === undefined ? 'Feature flag' : `Feature flag of workspace ${orgId}`,
    facts: [
      { name: 'Answer', value: state, ...flagTone(state), ...flagNote(state) },
      ...(answeredAt === undefined ? [] : [{ name: 'Answered', value: ago(answeredAt, now) }]),
      ...(nextRequestAt === undefined ? [] : [{ name: 'Next question', value: ahead(nextRequestAt, now) }]),
      { name: 'Driver', value: driverVersion },
    ],
  };
}

function flagTone(state: string): Pick<Fact, 'tone'> {
  return state === 'unknown' ? {} : { tone: state === 'enabled' ? 'good' : 'warn' };
}

function flagNote(state: string): Pick<Fact, 'note'> {
  if (state === 'enabled') {
    return {};
  }
  return { note: state === 'unknown' ? 'records wait' : 'nothing is sent' };
}

function forcedView(lanes: number): FlagView[] {
  return lanes === 0
    ? []
    : [
        {
          title: 'Forced',
          facts: [{ name: 'Lanes', value: String(lanes), note: 'the flag is not asked for' }],
        },
      ];
}
