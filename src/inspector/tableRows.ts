import type { TableRow } from './model.js';
import { TAG_FACTS } from './tagFacts.js';
import { ENVELOPE } from './wireLog.js';

/** What the encoder adds to every log, for people. */
const ENVELOPE_NOTES: Readonly<Record<string, string>> = {
  frontend_log_event_id: 'A random id of the record, the same on every retry.',
  'context.client_context.timestamp_millis': 'When the operation started. Epoch milliseconds.',
  'context.client_context.user_agent': 'This package, the driver and Node.js, with their versions.',
};

/**
 * Every field that may ever leave.
 *
 * @param isSeen whether a record with the field is known
 * @param withheld names of tags that the user withholds
 */
export function tableRows(isSeen: (field: string) => boolean, withheld: ReadonlySet<string>): TableRow[] {
  const tags = TAG_FACTS.flatMap(({ name, scope, on, kind, field, description }) =>
    field === undefined
      ? []
      : [
          {
            tag: name,
            field,
            scope,
            on,
            kind,
            description,
            seen: isSeen(field),
            withheld: withheld.has(name),
          },
        ],
  );
  const envelope = [...ENVELOPE].map((field) => ({
    tag: undefined,
    field,
    scope: 'record' as const,
    on: '',
    kind: '',
    description: ENVELOPE_NOTES[field] ?? '',
    seen: isSeen(field),
    withheld: false,
  }));
  return [...tags, ...envelope];
}
