import { type ExportScope, TAG_TABLE } from '../../src/tags/index.js';
import type { TelemetryLog } from '../support/local-databricks/index.js';
import type { ReceivedSpan } from '../support/otlp-receiver.js';

/** One tag, as each side got it. */
export interface Line {
  readonly scope: ExportScope;
  readonly tag: string;
  readonly local?: string;
  readonly field?: string;
  readonly databricks?: string;
}

export interface Comparison {
  readonly lines: readonly Line[];
  /** What should not be so. */
  readonly problems: readonly string[];
}

const LOG_PREFIX = 'entry.sql_driver_log.';
/** What the encoder adds to every log. */
const ENVELOPE = [
  'frontend_log_event_id',
  'context.client_context.timestamp_millis',
  'context.client_context.user_agent',
];

const ORDER: readonly ExportScope[] = ['exportLocal', 'exportAll', 'exportDatabricks'];

/** Puts the span that the local backend got beside the log that Databricks got. */
export function compare(span: ReceivedSpan | undefined, log: TelemetryLog | undefined): Comparison {
  const fields = log === undefined ? new Map<string, string>() : leavesOf(log);
  const tags = new Map(Object.entries(span?.attributes ?? {}).map(([tag, value]) => [tag, String(value)]));
  const lines = [...linesOfTags(tags, fields), ...linesOfOtherFields(fields)];
  return {
    lines: lines.sort((a, b) => ORDER.indexOf(a.scope) - ORDER.indexOf(b.scope)),
    problems: [
      ...(span === undefined ? ['the local backend got no span'] : []),
      ...(log === undefined ? ['Databricks got no record'] : []),
      ...(span === undefined || log === undefined ? [] : lines.flatMap(problemsOf)),
    ],
  };
}

/** Tags that either side got, by the table, and the fields of those that Databricks got. */
function* linesOfTags(tags: ReadonlyMap<string, string>, fields: Map<string, string>): Generator<Line> {
  for (const row of TAG_TABLE.rows) {
    const { name, scope } = row;
    const wireField = row.scope === 'exportLocal' ? undefined : row.field;
    const local = tags.get(name);
    if (wireField !== undefined && local === undefined && DERIVED.test(wireField)) {
      continue;
    }
    const databricks = wireField === undefined ? undefined : fields.get(wireField);
    if (local !== undefined || databricks !== undefined) {
      yield lineOf(scope, name, local, wireField, databricks);
    }
    fields.delete(wireField ?? '');
  }
  for (const [tag, local] of tags) {
    if (TAG_TABLE.get(tag) === undefined) {
      yield lineOf('exportLocal', tag, local);
    }
  }
}

/** Fields that no tag fills. */
function* linesOfOtherFields(fields: ReadonlyMap<string, string>): Generator<Line> {
  for (const [field, databricks] of fields) {
    yield lineOf('exportDatabricks', originOf(field), undefined, field, databricks);
  }
}

function originOf(field: string): string {
  if (ENVELOPE.includes(field)) {
    return '(every record)';
  }
  return DERIVED.test(field) ? '(spans of the downloads)' : UNKNOWN;
}
const UNKNOWN = '(unknown)';
/** Fields that come from the spans of downloads where the statement's has no tag for them. */
const DERIVED = /^sql_operation\.chunk_details\.(initial|slowest|sum|total_chunks_iterated)/;

function problemsOf({ scope, tag, local, field, databricks }: Line): string[] {
  const problems: string[] = [];
  if (tag === UNKNOWN) {
    problems.push(`Databricks got the field ${field}, which nothing fills`);
  }
  if (scope === 'exportDatabricks' && local !== undefined) {
    problems.push(`the local backend got ${tag}, which is for Databricks only`);
  }
  if (scope === 'exportAll' && local !== databricks) {
    problems.push(`${tag} is ${local} locally and ${databricks} at Databricks`);
  }
  return problems;
}

function lineOf(scope: ExportScope, tag: string, local?: string, field?: string, databricks?: string): Line {
  return {
    scope,
    tag,
    ...(local === undefined ? {} : { local }),
    ...(field === undefined ? {} : { field }),
    ...(databricks === undefined ? {} : { databricks }),
  };
}

/** The values of a log by their paths, those below `entry.sql_driver_log` without that prefix. */
function leavesOf(value: object, path = '', leaves = new Map<string, string>()): Map<string, string> {
  for (const [name, child] of Object.entries(value)) {
    const childPath = `${path}${name}`;
    if (typeof child === 'object' && child !== null) {
      leavesOf(child, `${childPath}.`, leaves);
    } else {
      leaves.set(
        childPath.startsWith(LOG_PREFIX) ? childPath.slice(LOG_PREFIX.length) : childPath,
        String(child),
      );
    }
  }
  return leaves;
}
