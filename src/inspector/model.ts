import type { LocalRule } from '../observer.js';

/** What the inspector's server tells its page, as JSON. Times are epoch milliseconds, unless a name says `Ms`. */

/** Where a tag may go; `unknown`: the table does not list it; `record`: every record has it, no tag fills it. */
export type LineScope = 'exportLocal' | 'exportAll' | 'exportDatabricks' | 'unknown' | 'record';

/** Why a tag is in the record, or is not. */
export type LineRule =
  | 'sent'
  /** In the record, which has not been sent yet, or never was. */
  | 'recorded'
  /** In the record, but `authenticatedExport: false` leaves it out of what is sent. */
  | 'unauthenticated'
  | 'local'
  | 'unknown'
  | 'withheld'
  | 'invalid'
  /** The operation has a record, but such a record does not have this field. */
  | 'not_in_record'
  | 'no_record';

export type { LocalRule } from '../observer.js';

/** One tag of an operation: your backend's side and Databricks'. */
export interface TagLine {
  readonly tag: string | undefined;
  readonly scope: LineScope;
  /** The value on the span. */
  readonly local: string | undefined;
  /** The value is text that is shown on request only. */
  readonly hidden: boolean;
  readonly localRule: LocalRule | undefined;
  /** The field of Databricks' log. */
  readonly field: string | undefined;
  readonly databricks: string | undefined;
  readonly rule: LineRule;
}

export type LifeEventKind =
  | 'made'
  | 'queued'
  | 'sent'
  | 'accepted'
  /** The server took the request and did not keep all of its records. It does not say which. */
  | 'partly'
  /** The server took the request and kept none of its records. */
  | 'rejected'
  | 'refused'
  | 'dropped'
  | 'written';

/** A step in the life of a record. */
export interface LifeEvent {
  readonly at: number;
  readonly kind: LifeEventKind;
  /** An HTTP status, an error code, or the reason of a drop. */
  readonly outcome?: string;
  /** Milliseconds that the request took. */
  readonly durationMs?: number;
  readonly path?: string;
  /** Of how many records of the request the server kept how many, where that is not all. */
  readonly kept?: number;
  readonly of?: number;
}

/**
 * - `partly`: the server took its request and did not keep all of the records in it; which ones is not known
 * - `written`: by a dry run, which sends nothing
 */
export type RecordState = 'none' | 'waiting' | 'retrying' | 'accepted' | 'partly' | 'written' | 'dropped';

/** One account of the time ledger. Milliseconds. */
export interface TimeShare {
  readonly account: string;
  readonly ms: number;
}

/** An operation in the list. */
export interface OperationSummary {
  readonly id: number;
  /** When its span ended. */
  readonly at: number;
  readonly kind: string;
  readonly name: string;
  readonly host: string;
  readonly durationMs: number;
  readonly error: string | undefined;
  readonly state: RecordState;
  /** Why there is no record, or why it was dropped. */
  readonly reason: string | undefined;
  readonly times: readonly TimeShare[];
}

/** A record of an operation: its own, or that of a download which failed. */
export interface RecordView {
  readonly title: string;
  readonly state: RecordState;
  readonly life: readonly LifeEvent[];
  readonly eventId: string | undefined;
  /** The log as it stands in the body that carried it, or as it would stand there. */
  readonly log: string | undefined;
  /** Whether `log` was found in a body that was sent. */
  readonly wasSent: boolean;
  readonly bodyBytes: number | undefined;
}

export interface OperationDetail {
  readonly summary: OperationSummary;
  readonly traceId: string;
  readonly spanId: string;
  readonly lines: readonly TagLine[];
  readonly records: readonly RecordView[];
}

export interface BreakerStep {
  readonly at: number;
  readonly state: string;
}

/** The states of a circuit breaker in the course of time. */
export interface BreakerHistory {
  /** What was before is not known. */
  readonly since: number;
  /** Its state then. */
  readonly first: string;
  /** Its changes, oldest first. */
  readonly steps: readonly BreakerStep[];
}

/** A fact of the state, for people: `value` is short, `note` explains it. */
export interface Fact {
  readonly name: string;
  readonly value: string;
  readonly note?: string;
  readonly tone?: 'good' | 'warn' | 'bad';
}

/** A feature flag, or what is there in place of one. */
export interface FlagView {
  readonly title: string;
  readonly facts: readonly Fact[];
}

export interface HostView {
  readonly title: string;
  readonly facts: readonly Fact[];
  readonly flags: readonly FlagView[];
  readonly requests: readonly Fact[];
  readonly breaker: BreakerHistory;
}

/** A connection that is open now. */
export interface ConnectionView {
  /** Counted from the start of the processor. */
  readonly number: number;
  readonly openedAt: number;
  /** Empty until the driver's first request. */
  readonly host: string;
  readonly workspace: string | undefined;
  readonly driver: string;
  /** What the gate said, and which switch decided. */
  readonly gate: Fact;
  readonly flag: Fact | undefined;
  /** Where its records wait. */
  readonly lane: Fact;
}

export interface OpenConnectionsView {
  readonly total: number;
  /** Newest first. */
  readonly latest: readonly ConnectionView[];
}

export interface StateView {
  readonly at: number;
  /** `program`: a processor is watched; `file`: what one has written. */
  readonly source: 'program' | 'file';
  readonly title: string;
  readonly versions: readonly Fact[];
  readonly totals: readonly Fact[];
  /** Since the start: how many the gate and the registry have said what about. */
  readonly connections: readonly Fact[];
  readonly open: OpenConnectionsView;
  readonly hosts: readonly HostView[];
  readonly losses: readonly Fact[];
  readonly inspector: readonly Fact[];
}

/** A tag that may leave. */
export interface TableRow {
  readonly tag: string | undefined;
  readonly field: string;
  readonly scope: LineScope;
  readonly on: string;
  readonly kind: string;
  readonly description: string;
  readonly seen: boolean;
  readonly withheld: boolean;
}

/** The events that the server sends to a page, by name. */
export interface ServerEvents {
  /** All there is: the page forgets what it had. */
  readonly snapshot: { readonly state: StateView; readonly operations: readonly OperationSummary[] };
  readonly state: StateView;
  /** Operations that are new or have changed. */
  readonly operations: readonly OperationSummary[];
  /** Nothing more will come. */
  readonly end: Record<string, never>;
}
