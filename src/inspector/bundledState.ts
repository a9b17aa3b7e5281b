import type { ObservedConnection, ObservedFlag, ObservedLane } from '../observer.js';
import { authority, type Kept, type ObservedHost, type ObservedStats } from './observed.js';
import type { BundledFacts } from './supportBundle.js';

/** Connections that are described one by one: the latest. */
const MAX_CONNECTIONS = 100;

const WORKSPACE_TAG = 'databricks.workspace.id';

/**
 * The state for the support bundle: numbers and words of closed lists. Hosts have numbers for names, and workspaces
 * their ids only where records have them, too.
 */
export function bundledState(stats: ObservedStats, kept: Kept): BundledFacts {
  const { queued, inFlight, exported, rejected, openStatements, invalidValues, internalErrors } = stats;
  const { breakerChanges, verdicts } = kept;
  const open = kept.connections(MAX_CONNECTIONS);
  const showsOrg = kept.authenticated && !kept.withheld.has(WORKSPACE_TAG);
  const numbers = new Map(stats.hosts.map((host, index) => [authority(host), index + 1]));
  return {
    totals: { queued, inFlight, exported, rejected, openStatements, invalidValues, internalErrors },
    dropped: { ...stats.dropped },
    connections: { ...stats.connections },
    gate: verdicts.map(({ decision, decidedBy, connections }) => ({ decision, decidedBy, connections })),
    openConnections: {
      total: open.total,
      latest: open.latest.map((connection) => bundledConnection(connection, { numbers, showsOrg })),
    },
    hosts: stats.hosts.map((host, index) => ({ number: index + 1, ...bundledHost(host, showsOrg) })),
    breakerChanges: breakerChanges.map(({ at, host, state }) => ({ at, host: numbers.get(host), state })),
  };
}

function bundledHost(host: ObservedHost, showsOrg: boolean): BundledFacts {
  const { connections, lanes, pausedLanes, forcedLanes, queued, inFlight, breaker } = host;
  return {
    connections,
    lanes,
    pausedLanes,
    forcedLanes,
    queued,
    inFlight,
    breaker: { state: breaker.state, openSince: breaker.openSince },
    flags: host.flags.map((flag) => bundledFlag(flag, showsOrg)),
    exportRequests: { ...host.exportRequests },
  };
}

/** Its driver's name is the driver's own text, and left out; its host is a number. */
function bundledConnection(
  connection: ObservedConnection,
  { numbers, showsOrg }: { readonly numbers: ReadonlyMap<string, number>; readonly showsOrg: boolean },
): BundledFacts {
  const { number, openedAt, host, port, orgId, driverVersion, decision, decidedBy, outcome, lane } =
    connection;
  return {
    number,
    openedAt,
    host: host === undefined || port === undefined ? undefined : numbers.get(authority({ host, port })),
    orgId: showsOrg ? orgId : undefined,
    driverVersion,
    decision,
    decidedBy,
    outcome,
    lane: lane === undefined ? undefined : bundledLane(lane, showsOrg),
  };
}

function bundledLane(lane: ObservedLane, showsOrg: boolean): BundledFacts {
  const { number, connections, queued, inFlight, isPaused, flag } = lane;
  return {
    number,
    connections,
    queued,
    inFlight,
    isPaused,
    flag: flag === undefined ? undefined : bundledFlag(flag, showsOrg),
  };
}

function bundledFlag(flag: ObservedFlag, showsOrg: boolean): BundledFacts {
  const { orgId, driverVersion, state, answeredAt, nextRequestAt } = flag;
  return { orgId: showsOrg ? orgId : undefined, driverVersion, state, answeredAt, nextRequestAt };
}
