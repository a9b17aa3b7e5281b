import type { ObservedConnection, ObservedConnections, ObservedLane } from '../observer.js';
import { flagFact } from './hostView.js';
import { connectionText } from './lossWords.js';
import type { ConnectionView, Fact, OpenConnectionsView } from './model.js';
import { authority } from './observed.js';

/** The connections that are open, for people. */
export function connectionsView({ total, latest }: ObservedConnections, now: number): OpenConnectionsView {
  return { total, latest: latest.map((connection) => connectionView(connection, now)) };
}

function connectionView(connection: ObservedConnection, now: number): ConnectionView {
  const { number, openedAt, host, port, orgId, driver, lane } = connection;
  return {
    number,
    openedAt,
    host: host === undefined || port === undefined ? '' : authority({ host, port }),
    workspace: orgId,
    driver,
    gate: gateFact(connection),
    flag: lane?.flag === undefined ? undefined : flagFact(lane.flag, now),
    lane: lane === undefined ? noLaneFact(connection.outcome) : laneFact(lane),
  };
}

export const GATE: Readonly<Record<string, string>> = {
  off: 'off',
  forced: 'on, without asking the server',
  flag: 'the server’s feature flag decides',
};

function gateFact({ decision, decidedBy }: ObservedConnection): Fact {
  return {
    name: 'Gate',
    value: GATE[decision] ?? decision,
    note: decision === 'flag' ? 'no switch says otherwise' : `decided by ${decidedBy}`,
    ...(decision === 'off' ? { tone: 'warn' as const } : {}),
  };
}

function laneFact({ number, connections, queued, inFlight, isPaused }: ObservedLane): Fact {
  const sharing = connections > 1 ? `, shared by ${connections}` : '';
  return {
    name: 'Lane',
    value: `${queued} waiting${inFlight > 0 ? `, ${inFlight} being sent` : ''}`,
    note: `lane ${number}${sharing}${isPaused ? ', paused: it waits for credentials or after a failure' : ''}`,
    ...(isPaused ? { tone: 'warn' as const } : {}),
  };
}

function noLaneFact(outcome: string): Fact {
  return {
    name: 'Lane',
    value: outcome === 'disabled' ? 'none' : outcome.replaceAll('_', ' '),
    note: connectionText(outcome),
    ...(outcome === 'waiting' ? {} : { tone: 'warn' as const }),
  };
}
