import type { ObservedConnection, ObservedFlag, ObservedLane } from '../observer.js';
import { authority, type Kept, type ObservedHost, type ObservedStats } from './observed.js';
import type { BundledFacts } from './supportBundle.js';

/** Connections that are described one by one: the latest. */
const MAX_CONNECTIONS = 100;

/** The state for the support bundle: numbers and words of closed lists. Hosts have numbers for names. */
export function bundledState(stats: ObservedStats, kept: Kept): BundledFacts {
  const { queued, inFlight, exported, rejected, openStatements, invalidValues, internalErrors } = stats;
  const { breakerChanges, verdicts } = kept;
  const open = kept.connections(MAX_CONNECTIONS);
  const numbers = new Map(stats.hosts.map((host, index) => [authority(host), index + 1]));
  return {
    totals: { queued, inFlight, exported, rejected, openStatements, invalidValues, internalErrors },
    dropped: { ...stats.dropped },
    connections: { ...stats.connections },
    gate: verdicts.map(({ decision, decidedBy, connections }) => ({ decision, decidedBy, connections })),
    openConnections: {
      total: open.total,
      latest: open.latest.map((connection) => bundledConnection(connection, numbers)),
    },
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
    flags: host.flags.map(bundledFlag),
    exportRequests: { ...host.exportRequests },
  };
}

/** Its driver's name is the driver's own text, and left out; its host is a number. */
function bundledConnection(
  connection: ObservedConnection,
  numbers: ReadonlyMap<string, number>,
): BundledFacts {
  const { number, openedAt, host, port, orgId, driverVersion, decision, decidedBy, outcome, lane } =
    connection;
  return {
    number,
    openedAt,
    host: host === undefined || port === undefined ? undefined : numbers.get(authority({ host, port })),
    orgId,
    driverVersion,
    decision,
    decidedBy,
    outcome,
    lane: lane === undefined ? undefined : bundledLane(lane),
  };
}

function bundledLane({ number, connections, queued, inFlight, isPaused, flag }: ObservedLane): BundledFacts {
  return {
    number,
    connections,
    queued,
    inFlight,
    isPaused,
    flag: flag === undefined ? undefined : bundledFlag(flag),
  };
}

function bundledFlag({ orgId, driverVersion, state, answeredAt, nextRequestAt }: ObservedFlag): BundledFacts {
  return { orgId, driverVersion, state, answeredAt, nextRequestAt };
}
