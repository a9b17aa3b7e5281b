import type { UserCode } from './guard.js';

/** Why a record was dropped. */
export type DropReason =
  /** The host's queue was full: the oldest record without an error, or the oldest if all have one. */
  | 'queue_full'
  /** It could not be sent for `maxRecordAgeMs`. */
  | 'expired'
  /** The endpoint refused its batch for good. */
  | 'terminal'
  /** The endpoint found it too large even by itself. */
  | 'too_large'
  /** Its lane made room for another one. */
  | 'lane_evicted'
  /** Its host made room for another one. */
  | 'host_evicted'
  /** Left over at the deadline of `shutdown()`. */
  | 'shutdown'
  /** The server's feature flag is off. */
  | 'flag_disabled'
  /** Nobody answered for the feature flag until the record was too old, or `shutdown()` came. */
  | 'flag_unknown'
  /** Its connection was refused when the driver's first request showed where it leads. */
  | 'connection_refused'
  /** The driver never sent a request of its connection, or not before the record was too old. */
  | 'never_connected'
  /** It came long after its connection was closed. */
  | 'connection_closed'
  /** It came after `shutdown()`. */
  | 'already_shutdown';

/** What became of a connection. */
export type ConnectionOutcome =
  /** Its records are sent, if the flag lets them. */
  | 'served'
  /** The gate says off. */
  | 'disabled'
  /** Host or port fail validation. */
  | 'refused_host'
  /** The connection's own route can't be reproduced. */
  | 'refused_route'
  /** The handle itself is malformed. */
  | 'refused_handle'
  /** The exporter failed to open the host. */
  | 'refused_exporter'
  /** `maxHosts` reached, all of them in use. */
  | 'refused_max_hosts'
  /** `maxLanes` reached, all of them in use. */
  | 'refused_max_lanes'
  /** It was opened after `shutdown()`. */
  | 'refused_shutdown';

/** What `DatabricksSpanProcessor.stats()` tells: counts since the start, and the state now. */
export interface ProcessorStats {
  /** Records that wait, those for a driver's first request included. */
  readonly queued: number;
  /** Records that wait for the first request of their connection's driver. */
  readonly waitingForConnection: number;
  /** Records in requests under way. */
  readonly inFlight: number;
  /** Records that Databricks took; in a dry run: that were written. */
  readonly exported: number;
  /** Records that Databricks got and did not keep. */
  readonly rejected: number;
  /** Records that were dropped, by reason. */
  readonly dropped: Readonly<Record<DropReason, number>>;
  /** Connections, by what became of them. */
  readonly connections: Readonly<Record<ConnectionOutcome, number>>;
  /** Requests for the feature flag by what they brought; in a dry run: how often it was taken for enabled. */
  readonly flagFetches: Readonly<Record<'enabled' | 'disabled' | 'failed', number>>;
  /** Export requests by outcome, an HTTP status or an error code, of closed hosts as well. */
  readonly exportRequests: Readonly<Record<string, number>>;
  /** How often a circuit breaker changed its state, of closed hosts as well. */
  readonly breakerTransitions: number;
  /** Records that may wait per host. */
  readonly queueCapacity: number;
  /** How often what the user gave threw or rejected, by what it is. */
  readonly userCodeFailures: Readonly<Partial<Record<UserCode, number>>>;
  /** Requests that `copyTo` has copied, and those that it could not copy; `undefined` without it. */
  readonly copies: { readonly written: number; readonly dropped: number } | undefined;
  /** The hosts that are open now. */
  readonly hosts: readonly HostStats[];
  /** Operations whose span has started and not ended. */
  readonly openStatements: number;
  /** Operations emitted as incomplete because too many were in flight. */
  readonly evicted: number;
  /** Operations emitted as incomplete because they were older than `statementTtlMs`. */
  readonly expired: number;
  /** Records of operations that did not end by themselves, the evicted and expired among them. */
  readonly incomplete: number;
  /** Spans of downloads that ended after their statement, or without one. */
  readonly lateChildren: number;
  /** Failed downloads beyond those kept per statement. */
  readonly failedDownloadsDropped: number;
  /** Tag values that did not fit their kind and were dropped. */
  readonly invalidValues: number;
  /** Errors inside this package that were swallowed. Should be 0. */
  readonly internalErrors: number;
}

/** One host's state now. */
export interface HostStats {
  /** Its name or address. */
  readonly host: string;
  /** Its TCP port. */
  readonly port: number;
  /** Connections that are open. */
  readonly connections: number;
  /** Queues of connections whose records may share a request. */
  readonly lanes: number;
  /** Lanes that don't ask for the feature flag, by `forceEnableTelemetry`. */
  readonly forcedLanes: number;
  /** Lanes that wait after a failure of their own, or for credentials. */
  readonly pausedLanes: number;
  /** Records that wait. */
  readonly queued: number;
  /** Records in requests under way. */
  readonly inFlight: number;
  /** The circuit breaker. */
  readonly breaker: {
    readonly state: 'closed' | 'open' | 'half-open';
    /** Epoch milliseconds since when it is open; `undefined` unless open or half-open. */
    readonly openSince: number | undefined;
    /** How often its state has changed. */
    readonly transitions: number;
  };
  /** The feature flag, by org and driver version. */
  readonly flags: ReadonlyArray<{
    readonly orgId: string | undefined;
    readonly driverVersion: string;
    /**
     * - `unknown`: nobody has answered yet; records wait
     * - `enabled`, `disabled`: the last good answer, kept when a later question fails
     */
    readonly state: 'unknown' | 'enabled' | 'disabled';
    /** Epoch milliseconds of the last good answer. */
    readonly answeredAt: number | undefined;
    /** Epoch milliseconds before which it is not asked for again. */
    readonly nextRequestAt: number | undefined;
  }>;
  /** Export requests by outcome, an HTTP status or an error code. */
  readonly exportRequests: Readonly<Record<string, number>>;
}

/** What the hosts of a processor tell; the rest is the processor's own. */
export type HostsStats = Omit<
  ProcessorStats,
  | 'openStatements'
  | 'evicted'
  | 'expired'
  | 'incomplete'
  | 'lateChildren'
  | 'failedDownloadsDropped'
  | 'invalidValues'
  | 'internalErrors'
>;
export type FlagStats = HostStats['flags'][number];
export type FlagState = FlagStats['state'];
export type BreakerSnapshot = HostStats['breaker'];
export type BreakerState = BreakerSnapshot['state'];
export type CopyCounts = NonNullable<ProcessorStats['copies']>;
