import { encodeBatch } from '../exporter/encode.js';
import { OperationRecord } from '../records.js';

const DRIVER_LOG = 'entry.sql_driver_log.';

/** What the encoder adds to every log. */
export const ENVELOPE: ReadonlySet<string> = new Set([
  'frontend_log_event_id',
  'context.client_context.timestamp_millis',
  'context.client_context.user_agent',
]);

/** The logs of a request body, each a JSON document of its own; empty for what is no such body. */
export function logsOf(body: string): readonly string[] {
  try {
    const { protoLogs } = JSON.parse(body) as { readonly protoLogs?: unknown };
    return Array.isArray(protoLogs) ? protoLogs.filter(isLog) : [];
  } catch {
    return [];
  }
}

function isLog(value: unknown): value is string {
  return typeof value === 'string' && typeof parsed(value) === 'object';
}

/** The log with that id, as it stands in a body that was sent. */
export function findLog(body: Uint8Array, eventId: string): string | undefined {
  return logsOf(Buffer.from(body).toString('utf8')).find((log) => log.includes(`"${eventId}"`));
}

/**
 * The log as it would stand in a body, but for what is known only when it is sent.
 *
 * @param authenticated false leaves out what says whose it is
 */
export function previewLog(record: OperationRecord, authenticated: boolean): string | undefined {
  // A copy, since the encoder gives the record its id.
  const copy = Object.assign(new OperationRecord(record.startTimeMs), record);
  const [log] = logsOf(encodeBatch([copy], { uploadTimeMs: 0, userAgent: '', authenticated }));
  if (log === undefined) {
    return undefined;
  }
  const {
    frontend_log_event_id: _id,
    context: _context,
    ...rest
  } = JSON.parse(log) as Record<string, unknown>;
  return JSON.stringify(rest);
}

/** The values of a log by their paths, those below `entry.sql_driver_log` without that prefix. */
export function fieldsOf(log: string): Map<string, string> {
  const fields = new Map<string, string>();
  collect(parsed(log), '', fields);
  return fields;
}

function parsed(log: string): unknown {
  try {
    return JSON.parse(log);
  } catch {
    return undefined;
  }
}

function collect(value: unknown, path: string, fields: Map<string, string>): void {
  if (typeof value !== 'object' || value === null) {
    const name = path.startsWith(DRIVER_LOG) ? path.slice(DRIVER_LOG.length) : path;
    fields.set(name, String(value));
    return;
  }
  for (const [name, child] of Object.entries(value)) {
    collect(child, path === '' ? name : `${path}.${name}`, fields);
  }
}
