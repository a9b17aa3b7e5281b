import type { LineRule, LineScope, RecordState, TagLine } from '../model.js';

/** How the page names each scope. */
export const SCOPES: Readonly<Record<LineScope, string>> = {
  exportLocal: 'your backend',
  exportAll: 'both',
  exportDatabricks: 'Databricks',
  unknown: 'not in the table',
  record: 'every record',
};

const RULES: Readonly<Record<LineRule, string>> = {
  sent: 'sent: the table lists it, and its value is of its kind',
  recorded: 'in the record, which has not been sent',
  local: 'local: the table keeps it from Databricks',
  unknown: 'unknown: not in the table, so it never leaves for Databricks',
  withheld: 'withheld by you',
  invalid: 'value is not of its kind, so it was dropped',
  not_in_record: 'not a field of this kind of record',
  no_record: 'no record was made of this operation',
};

/** Why Databricks got a tag, or did not. */
export function ruleText({ rule, tag, scope }: TagLine): string {
  if (tag !== undefined || rule !== 'sent') {
    return RULES[rule];
  }
  return scope === 'record' ? 'sent: every record has it' : 'sent: not listed, please report this';
}

export const STATES: Readonly<Record<RecordState, string>> = {
  none: 'no record',
  waiting: 'waiting',
  retrying: 'will be retried',
  accepted: 'accepted',
  written: 'written, not sent',
  dropped: 'dropped',
};

const REASONS: Readonly<Record<string, string>> = {
  switched_off: 'Telemetry is switched off for its connection: see State.',
  suppressed: 'It was started within withoutDatabricksTelemetry().',
  no_connection: 'Its connection is not known, or it started before the inspector.',
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
