import type { BreakerChange, VerdictCount } from '../observer.js';
import { connectionText, lossText } from './lossWords.js';
import type { Fact, HostView, StateView } from './model.js';
import type { BundledFacts } from './supportBundle.js';
import { versionFacts } from './versions.js';

type Counts = Readonly<Record<string, number>>;

/** What is read of a processor's statistics. */
export interface ObservedStats {
  readonly queued: number;
  readonly inFlight: number;
  readonly exported: number;
  readonly rejected: number;
  readonly openStatements: number;
  readonly invalidValues: number;
  readonly internalErrors: number;
  readonly queueCapacity: number;
  readonly dropped: Counts;
  readonly connections: Counts;
  readonly hosts: readonly ObservedHost[];
}

interface ObservedHost {
  readonly host: string;
  readonly port: number;
  readonly connections: number;
  readonly lanes: number;
  readonly pausedLanes: number;
  readonly forcedLanes?: number;
  readonly queued: number;
  readonly inFlight: number;
  readonly breaker: { readonly state: string; readonly openSince: number | undefined };
  readonly flags: readonly ObservedFlag[];
  readonly exportRequests: Counts;
}

interface ObservedFlag {
  readonly orgId: string | undefined;
  readonly driverVersion: string;
  readonly state: string;
  readonly answeredAt?: number | undefined;
  readonly nextRequestAt?: number | undefined;
}

/** What is kept although nobody looks. */
export interface Kept {
  readonly breakerChanges: readonly BreakerChange[];
  readonly verdicts: readonly VerdictCount[];
}

const MS_PER_S = 1_000;

/** The state for people. */
export function stateView(stats: ObservedStats, kept: Kept, inspector: readonly Fact[]): StateView {
  const now = Date.now();
  return {
    at: now,
    source: 'program',
    title: `process ${process.pid}`,
    versions: versionFacts(),
    totals: totalsOf(stats),
    connections: connectionFacts(stats.connections, kept.verdicts),
    hosts: stats.hosts.map((host) => hostView(host, stats.queueCapacity, kept.breakerChanges, now)),
    losses: lossFacts(stats),
    inspector,
  };
}

/** The state for the support bundle: numbers and words of closed lists. Hosts have numbers for names. */
export function bundledState(stats: ObservedStats, { breakerChanges, verdicts }: Kept): BundledFacts {
  const { queued, inFlight, exported, rejected, openStatements, invalidValues, internalErrors } = stats;
  const numbers = new Map(stats.hosts.map((host, index) => [authority(host), index + 1]));
  return {
    totals: { queued, inFlight, exported, rejected, openStatements, invalidValues, internalErrors },
    dropped: { ...stats.dropped },
    connections: { ...stats.connections },
    gate: verdicts.map(({ decision, decidedBy, connections }) => ({ decision, decidedBy, connections })),
    hosts: stats.hosts.map((host, index) => ({ number: index + 1, ...bundledHost(host) })),
    breakerChanges: breakerChanges.map(({ at, host, state }) => ({ at, host: numbers.get(host), state })),
  };
}

function bundledHost(host: ObservedHost): BundledFacts {
  const { connections, lanes, pausedLanes, forcedLanes, queued, inFlight, breaker } = host;
  return {
    connections,
    lanes,
    pausedLanes,
    forcedLanes,
    queued,
    inFlight,
    breaker: { state: breaker.state, openSince: breaker.openSince },
    flags: host.flags.map(({ orgId, driverVersion, state, answeredAt, nextRequestAt }) => ({
      orgId,
      driverVersion,
      state,
      answeredAt,
      nextRequestAt,
    })),
    exportRequests: { ...host.exportRequests },
  };
}

function totalsOf(stats: ObservedStats): Fact[] {
  const lost = sum(stats.dropped) + stats.rejected;
  return [
    { name: 'In flight', value: String(stats.openStatements), note: 'operations that have not ended' },
    {
      name: 'Waiting',
      value: String(stats.queued),
      note: `records, ${stats.queueCapacity} per host at most`,
    },
    { name: 'Being sent', value: String(stats.inFlight), note: 'records' },
    { name: 'Accepted', value: String(stats.exported), note: 'records', tone: 'good' },
    { name: 'Dropped', value: String(lost), note: 'records', ...(lost > 0 ? { tone: 'bad' as const } : {}) },
  ];
}

function connectionFacts(connections: Counts, verdicts: readonly VerdictCount[]): Fact[] {
  const gate = verdicts.map(
    ({ decision, decidedBy, connections: count }): Fact => ({
      name: `Gate: ${GATE[decision] ?? decision}`,
      value: `${count} ${count === 1 ? 'connection' : 'connections'}`,
      note: `decided by ${decidedBy}`,
      ...(decision === 'off' ? { tone: 'warn' as const } : {}),
    }),
  );
  return [
    ...gate,
    ...nonZero(connections).map(([outcome, count]) => ({
      name: outcome.replaceAll('_', ' '),
      value: String(count),
      note: connectionText(outcome),
    })),
  ];
}

const GATE: Readonly<Record<string, string>> = {
  off: 'off',
  forced: 'on, without asking the server',
  flag: 'the server’s feature flag decides',
};

function hostView(
  host: ObservedHost,
  capacity: number,
  changes: readonly BreakerChange[],
  now: number,
): HostView {
  const { breaker, connections, lanes, pausedLanes, queued, inFlight } = host;
  const name = authority(host);
  return {
    title: name,
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
    lanes: [...flagViews(host.flags, now), ...forcedView(host.forcedLanes ?? 0)],
    requests: nonZero(host.exportRequests).map(([outcome, count]) => ({
      name: outcome,
      value: String(count),
      tone: /^2\d\d$/.test(outcome) ? ('good' as const) : ('warn' as const),
    })),
    breaker: changes.filter((change) => change.host === name).map(({ at, state }) => ({ at, state })),
  };
}

function breakerFact({ state, openSince }: ObservedHost['breaker'], now: number): Fact {
  return {
    name: 'Circuit breaker',
    value: state,
    ...(openSince === undefined ? {} : { note: `since ${ago(openSince, now)}` }),
    tone: state === 'closed' ? 'good' : 'bad',
  };
}

function flagViews(flags: readonly ObservedFlag[], now: number): HostView['lanes'] {
  return flags.map(({ orgId, driverVersion, state, answeredAt, nextRequestAt }) => ({
    title: orgId === undefined ? 'Feature flag' : `Feature flag of workspace ${orgId}`,
    facts: [
      {
        name: 'Answer',
        value: state,
        ...(state === 'enabled' ? { tone: 'good' as const } : {}),
        ...(state === 'unknown' ? { note: 'records wait' } : {}),
        ...(state === 'disabled' ? { tone: 'warn' as const, note: 'nothing is sent' } : {}),
      },
      ...(answeredAt === undefined ? [] : [{ name: 'Answered', value: ago(answeredAt, now) }]),
      ...(nextRequestAt === undefined ? [] : [{ name: 'Next question', value: ahead(nextRequestAt, now) }]),
      { name: 'Driver', value: driverVersion },
    ],
  }));
}

function forcedView(lanes: number): HostView['lanes'] {
  return lanes === 0
    ? []
    : [
        {
          title: 'Forced',
          facts: [{ name: 'Lanes', value: String(lanes), note: 'the flag is not asked for' }],
        },
      ];
}

function lossFacts({ dropped, rejected }: ObservedStats): Fact[] {
  return nonZero({ ...dropped, rejected }).map(([reason, count]) => ({
    name: reason,
    value: String(count),
    note: lossText(reason),
    tone: reason === 'flag_disabled' ? 'warn' : 'bad',
  }));
}

function authority({ host, port }: { readonly host: string; readonly port: number }): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]:${port}` : `${host}:${port}`;
}

function ago(at: number, now: number): string {
  return `${Math.max(0, Math.round((now - at) / MS_PER_S))} s ago`;
}

function ahead(at: number, now: number): string {
  return at <= now
    ? 'when there is something to send'
    : `in ${Math.round((at - now) / MS_PER_S)} s at the earliest`;
}

function nonZero(counts: Counts): Array<[string, number]> {
  return Object.entries(counts).filter(([, count]) => count > 0);
}

function sum(counts: Counts): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
