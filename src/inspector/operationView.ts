import { TIME_ACCOUNTS, TIME_TAGS } from '../tags/index.js';
import type { LocalEntry } from './localLog.js';
import type { OperationDetail, OperationSummary, RecordView, TimeShare } from './model.js';
import { type RecordEntry, textOf } from './recordLog.js';
import { type LineRules, tagLines, type WireSide } from './tagLines.js';
import { fieldsOf, previewLog } from './wireLog.js';

const MS_PER_S = 1_000;
const NS_PER_MS = 1_000_000;

/** What decides about an operation's tags. */
export interface DetailRules extends LineRules {
  /** Whether logs say whose they are. */
  readonly authenticated: boolean;
}

/** A line of the list. */
export function summaryOf(
  id: number,
  { span, at, noRecord }: LocalEntry,
  records: readonly RecordEntry[],
): OperationSummary {
  const { attributes } = span;
  const [own] = records;
  return {
    id,
    at,
    kind:
      text(attributes['databricks.operation.type']) ?? text(attributes['databricks.statement.type']) ?? '',
    name: span.name,
    host: text(attributes['server.address']) ?? '',
    durationMs: span.duration[0] * MS_PER_S + span.duration[1] / NS_PER_MS,
    error: text(attributes['error.type']),
    state: own?.state ?? 'none',
    reason: own?.reason ?? noRecord,
    times: timesOf(attributes),
  };
}

export function detailOf(
  id: number,
  local: LocalEntry,
  records: readonly RecordEntry[],
  rules: DetailRules,
): OperationDetail {
  const { traceId, spanId } = local.span.spanContext();
  const views = records.map((entry, index) => recordView(entry, index, rules.authenticated));
  const [own] = views;
  const wire: WireSide = {
    fields: own?.log === undefined ? undefined : fieldsOf(own.log),
    wasSent: own?.wasSent ?? false,
    leftOut: leftOutOf(records[0], rules.authenticated),
  };
  return {
    summary: summaryOf(id, local, records),
    traceId,
    spanId,
    lines: tagLines(local.span.attributes, wire, rules, local.handleTags),
    records: views,
  };
}

/** The fields that only an authenticated request has. */
function leftOutOf(entry: RecordEntry | undefined, authenticated: boolean): ReadonlySet<string> {
  if (entry === undefined || authenticated) {
    return new Set();
  }
  const sent = fieldsOf(previewLog(entry.record, false) ?? '');
  const all = fieldsOf(previewLog(entry.record, true) ?? '');
  return new Set([...all.keys()].filter((field) => !sent.has(field)));
}

function recordView(entry: RecordEntry, index: number, authenticated: boolean): RecordView {
  const { record, state, life, body } = entry;
  const { log, wasSent } = textOf(entry, authenticated);
  return {
    title: index === 0 ? 'The record of the operation' : `The record of a failed download (${index})`,
    state,
    life: [...life],
    eventId: wasSent ? record.eventId : undefined,
    log,
    wasSent,
    bodyBytes: body?.bytes.byteLength,
  };
}

function timesOf(attributes: Readonly<Record<string, unknown>>): TimeShare[] {
  return TIME_ACCOUNTS.flatMap((account) => {
    const ms = attributes[TIME_TAGS[account]];
    return typeof ms === 'number' && ms > 0 ? [{ account, ms }] : [];
  });
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
