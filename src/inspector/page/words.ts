import type { LifeEventKind, LineRule, LineScope, LocalRule, RecordState, TagLine } from '../model.js';

/** What a colour means: `tokens.css` has them. */
export type Tone = 'good' | 'warn' | 'bad' | 'local' | 'databricks' | 'record' | 'neutral';

/** How the page names each scope. */
export const SCOPES: Readonly<Record<LineScope, string>> = {
  exportLocal: 'your backend',
  exportAll: 'both',
  exportDatabricks: 'Databricks',
  unknown: 'not in the table',
  record: 'every record',
};

export const SCOPE_TONES: Readonly<Record<LineScope, Tone>> = {
  exportLocal: 'local',
  exportAll: 'good',
  exportDatabricks: 'databricks',
  unknown: 'neutral',
  record: 'record',
};

/** What a group of tags is. */
export const GROUPS: Readonly<Record<LineScope, string>> = {
  exportLocal: 'The table keeps these from Databricks.',
  exportAll: 'Databricks gets these, and so does your backend.',
  exportDatabricks: 'Databricks only. Your backend never gets these.',
  unknown: 'Deny by default: what the table does not list never leaves for Databricks.',
  record: 'No tag fills these.',
};
export const SCOPE_ORDER: readonly LineScope[] = [
  'exportAll',
  'exportDatabricks',
  'record',
  'exportLocal',
  'unknown',
];

export const LOCAL_RULES: Readonly<Record<LocalRule, string>> = {
  databricks_only: 'removed by exportLocal',
  withheld: 'withheld by you',
  not_on_span: 'Databricks only: never on the span',
};

const RULES: Readonly<Record<LineRule, string>> = {
  sent: 'sent',
  recorded: 'recorded, not sent',
  unauthenticated: 'left out: not authenticated',
  local: 'local',
  unknown: 'unknown: not in the table',
  withheld: 'withheld by you',
  invalid: 'value is not of its kind',
  not_in_record: 'not in this kind of record',
  no_record: 'no record was made',
};

/** Why Databricks got a tag, or did not. */
export function ruleText({ rule, scope, tag }: TagLine): string {
  return scope === 'unknown' && tag === undefined ? 'sent, but not listed: please report this' : RULES[rule];
}

export const RULE_TONES: Readonly<Partial<Record<LineRule, Tone>>> = {
  sent: 'good',
  withheld: 'warn',
  invalid: 'warn',
};

export const STATES: Readonly<Record<RecordState, string>> = {
  none: 'no record',
  waiting: 'waiting',
  retrying: 'will be retried',
  accepted: 'accepted',
  partly: 'accepted in part',
  written: 'written, not sent',
  dropped: 'dropped',
};

export const STATE_TONES: Readonly<Record<RecordState, Tone>> = {
  none: 'neutral',
  waiting: 'neutral',
  retrying: 'warn',
  accepted: 'good',
  partly: 'warn',
  written: 'good',
  dropped: 'bad',
};

/** The steps of a record's life. */
export const LIFE: Readonly<Record<LifeEventKind, string>> = {
  made: 'made',
  queued: 'queued',
  sent: 'sent',
  accepted: 'accepted',
  partly: 'accepted in part',
  rejected: 'taken and not kept',
  refused: 'refused',
  dropped: 'dropped',
  written: 'written',
};

export const LIFE_TONES: Readonly<Partial<Record<LifeEventKind, Tone>>> = {
  accepted: 'good',
  written: 'good',
  partly: 'warn',
  refused: 'warn',
  rejected: 'bad',
  dropped: 'bad',
};

const REASONS: Readonly<Record<string, string>> = {
  switched_off: 'Telemetry is switched off for its connection: see State.',
  suppressed: 'It was started within withoutDatabricksTelemetry().',
  no_connection: 'Its connection is not known, or it started before the inspector.',
  rejected: 'Databricks took the request and did not keep this record.',
  reported_elsewhere: 'Another processor, or the driver itself, reports its connection.',
};

/** @returns a sentence, or the reason's own name in words */
export function reasonText(reason: string): string {
  return REASONS[reason] ?? reason.replaceAll('_', ' ');
}

/** The accounts of the time ledger. */
export const ACCOUNTS: Readonly<Record<string, string>> = {
  queued: 'waiting in the warehouse’s queue',
  running: 'running in the warehouse',
  fetching: 'fetching rows',
  downloading: 'downloading result files',
  retrying: 'waiting before the driver’s retries',
  driver: 'in the driver',
  application: 'in your application',
  unseen: 'not visible',
};
