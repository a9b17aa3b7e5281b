import type { HrTime, SpanContext, SpanStatus } from '@opentelemetry/api';
import type { OperationRecord } from './records.js';

/** What an observer reads of a span: a part of the ReadableSpan of every SDK. */
export interface ObservedSpan {
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly startTime: HrTime;
  readonly duration: HrTime;
  readonly status: SpanStatus;
  spanContext(): SpanContext;
}

/** Why an operation makes no record. */
export const NO_RECORD_REASONS = [
  /** The gate says off for its connection. */
  'switched_off',
  /** It was started within `withoutDatabricksTelemetry()`. */
  'suppressed',
  /** Nothing tells which connection it belongs to. */
  'no_connection',
  /** Another processor, or the driver itself, reports the connection. */
  'reported_elsewhere',
] as const;
export type NoRecordReason = (typeof NO_RECORD_REASONS)[number];

/** One request with records and what became of it. A retry is a further one. */
export interface ObservedRequest {
  readonly records: readonly OperationRecord[];
  /** The exact bytes that were sent. Nobody changes them. */
  readonly body: Uint8Array;
  readonly host: string;
  readonly port: number;
  /** Of the URL; `(dry run)` where nothing was sent. */
  readonly path: string;
  /** Epoch milliseconds. */
  readonly sentAt: number;
  /** Milliseconds. */
  readonly durationMs: number;
  /** An HTTP status as text, or an error code. */
  readonly outcome: string;
  /** Whether the server took the request. */
  readonly accepted: boolean;
  /** Records of a request that was taken which the server did not keep. It does not say which. */
  readonly rejected: number;
}

/** Follows what a processor and its exporter do. Must not throw, and must not change what it is given. */
export interface Observer {
  /** An operation has started and will make no record. */
  onOperationSkipped(spanId: string, reason: NoRecordReason): void;
  /**
   * An operation has ended.
   *
   * @param records its own, and those of its failed downloads; none if it makes none
   * @param handleTags tags of its connection that stand on no span
   */
  onOperation(
    span: ObservedSpan,
    records: readonly OperationRecord[],
    handleTags?: Readonly<Record<string, unknown>>,
  ): void;
  /** A record has been put into a queue. */
  onQueued(record: OperationRecord): void;
  /** Records are gone for good. */
  onDropped(records: readonly OperationRecord[], reason: string): void;
  onRequest(request: ObservedRequest): void;
}

export interface BreakerChange {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly host: string;
  readonly state: string;
}

export interface VerdictCount {
  readonly decision: string;
  readonly decidedBy: string;
  readonly connections: number;
}

/** What the feature flag of a connection says now. */
export interface ObservedFlag {
  readonly orgId: string | undefined;
  readonly driverVersion: string;
  readonly state: string;
  /** Epoch milliseconds of the last good answer. */
  readonly answeredAt?: number | undefined;
  /** Epoch milliseconds before which it is not asked for again. */
  readonly nextRequestAt?: number | undefined;
}

/** Connections whose records may share a request, and what they have in common. */
export interface ObservedLane {
  /** Counted from the start of the processor. */
  readonly number: number;
  readonly connections: number;
  readonly queued: number;
  readonly inFlight: number;
  /** It waits after a failure of its own, or for credentials. */
  readonly isPaused: boolean;
  /** `undefined` if the flag is not asked for. */
  readonly flag: ObservedFlag | undefined;
}

/** A connection that is open now. */
export interface ObservedConnection {
  /** Counted from the start of the processor. */
  readonly number: number;
  /** Epoch milliseconds. */
  readonly openedAt: number;
  /** Both `undefined` until the driver's first request. */
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly orgId: string | undefined;
  /** The driver's product token, as it says of itself. */
  readonly driver: string;
  /** `major.minor.patch`; `undefined` if it is none. */
  readonly driverVersion: string | undefined;
  /** What the gate says, and which switch made it say so. */
  readonly decision: string;
  readonly decidedBy: string;
  /** As in `stats().connections`; `waiting` until the driver's first request. */
  readonly outcome: string;
  readonly lane: ObservedLane | undefined;
}

export interface ObservedConnections {
  /** All that are open. */
  readonly total: number;
  /** Newest first. */
  readonly latest: readonly ObservedConnection[];
}

const NO_CONNECTIONS: ObservedConnections = { total: 0, latest: [] };

const MAX_BREAKER_CHANGES = 64;

/** In place of a path and an outcome, where a request was written and not sent. */
export const DRY_RUN_PATH = '(dry run)';
export const WRITTEN = 'written';

/**
 * Where the parts of one processor find their observer. There is none unless somebody looks, and then all
 * that this costs is one comparison.
 */
export class Observation {
  observer: Observer | undefined = undefined;
  /** One inspector at a time. */
  hasInspector = false;
  /** Whether logs say whose they are: what `authenticatedExport` says. */
  authenticated = true;
  /** The connections that are open now, so many at most. Set by who has them; called when somebody looks. */
  connections: (max: number) => ObservedConnections = () => NO_CONNECTIONS;
  /** Names of tags that the user withholds from Databricks. */
  readonly withheld: ReadonlySet<string>;
  readonly #breakerChanges: BreakerChange[] = [];
  readonly #verdicts = new Map<string, VerdictCount>();
  #breakersKnownSince = Date.now();
  #isBreakerHistoryWhole = true;

  constructor(withheld: readonly string[] = []) {
    this.withheld = new Set(withheld);
  }

  /** The latest, oldest first. They are rare, so they are kept for whoever looks later. */
  get breakerChanges(): readonly BreakerChange[] {
    return this.#breakerChanges;
  }

  /** Epoch milliseconds since when `breakerChanges` is complete. */
  get breakersKnownSince(): number {
    return this.#breakersKnownSince;
  }

  /** Whether there has been no change that `breakerChanges` does not have. */
  get isBreakerHistoryWhole(): boolean {
    return this.#isBreakerHistoryWhole;
  }

  /** How many connections the gate has decided about, by decision and the switch that made it. */
  get verdicts(): readonly VerdictCount[] {
    return [...this.#verdicts.values()];
  }

  /** Both are of closed lists, so there are few combinations. */
  noteVerdict(decision: string, decidedBy: string): void {
    const key = `${decision} ${decidedBy}`;
    const connections = (this.#verdicts.get(key)?.connections ?? 0) + 1;
    this.#verdicts.set(key, { decision, decidedBy, connections });
  }

  noteBreaker(host: string, state: string): void {
    this.#breakerChanges.push({ at: Date.now(), host, state });
    if (this.#breakerChanges.length > MAX_BREAKER_CHANGES) {
      this.#isBreakerHistoryWhole = false;
      this.#breakersKnownSince = this.#breakerChanges.shift()?.at ?? this.#breakersKnownSince;
    }
  }
}

/**
 * How to get at a processor's observation without a public name. Registered by name: the ES module and the
 * CommonJS build of this package know each other's processors.
 */
export const OBSERVATION: unique symbol = Symbol.for('opentelemetry-databricks-sql/observation/v1');

/** Why a tag stays away from the user's own backend. `not_on_span`: it stands on the connection's handle. */
export type LocalRule = 'databricks_only' | 'withheld' | 'not_on_span';

/** On what `exportLocal` returns: why it keeps a tag from the processor behind it, if it does. */
export const LOCAL_RULE: unique symbol = Symbol.for('opentelemetry-databricks-sql/local-rule/v1');

export interface HasLocalRule {
  readonly [LOCAL_RULE]: (tag: string) => LocalRule | undefined;
}
