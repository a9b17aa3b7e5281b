import type { VerdictCount } from '../observer.js';
import { connectionsView, GATE } from './connectionView.js';
import { hostView } from './hostView.js';
import { connectionText, lossText } from './lossWords.js';
import type { Fact, StateView } from './model.js';
import { type Counts, type Kept, nonZero, type ObservedStats } from './observed.js';
import { versionFacts } from './versions.js';

/** Connections that the page lists: the latest. */
const MAX_CONNECTIONS = 50;

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
    open: connectionsView(kept.connections(MAX_CONNECTIONS), now),
    hosts: stats.hosts.map((host) => hostView(host, stats.queueCapacity, kept, now)),
    losses: lossFacts(stats),
    inspector,
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
      note: decision === 'flag' ? 'no switch says otherwise' : `decided by ${decidedBy}`,
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

function lossFacts({ dropped, rejected }: ObservedStats): Fact[] {
  return nonZero({ ...dropped, rejected }).map(([reason, count]) => ({
    name: reason,
    value: String(count),
    note: lossText(reason),
    tone: reason === 'flag_disabled' ? 'warn' : 'bad',
  }));
}

function sum(counts: Counts): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
