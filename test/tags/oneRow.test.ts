import { describe, expect, it } from 'vitest';
import { encodeBatch } from '../../src/exporter/encode.js';
import { RecordMaker } from '../../src/processor/recordMaker.js';
import { enumRule, TAG_TABLE, type TagDefinition, TagTable } from '../../src/tags/index.js';
import { tagReference } from '../../tools/tagReference.js';
import { connectionHandle, span } from '../support/spans.js';

const MADE_UP: TagDefinition = {
  name: 'databricks.made_up',
  scope: 'exportDatabricks',
  on: 'connection',
  field: 'driver_connection_params.made_up',
  rule: enumRule('ON', 'OFF'),
  description: 'A field that does not exist.',
};

/** What a table makes of the span that opens a session. */
function driverLog(table: TagTable, value: unknown): Record<string, unknown> {
  const records = new RecordMaker(table, []);
  const opening = span({
    attributes: { 'databricks.operation.type': 'CREATE_SESSION', 'databricks.made_up': value },
  });
  const record = records.ofOperation(opening, { connection: connectionHandle(), chunks: undefined });
  const body = encodeBatch([record], { uploadTimeMs: 1, userAgent: 'test/1', authenticated: true });
  const { protoLogs } = JSON.parse(body) as { protoLogs: string[] };
  const log = JSON.parse(protoLogs[0] ?? '') as { entry: { sql_driver_log: Record<string, unknown> } };
  return log.entry.sql_driver_log;
}

describe('one row more in the table', () => {
  const table = new TagTable([...TAG_TABLE.rows, MADE_UP]);

  it('and the field of a connection is read, checked and sent', () => {
    expect(driverLog(table, 'ON')).toMatchObject({ driver_connection_params: { made_up: 'ON' } });
    expect(driverLog(table, 'free text')).not.toHaveProperty('driver_connection_params');
    expect(driverLog(TAG_TABLE, 'ON')).not.toHaveProperty('driver_connection_params');
  });

  it('and it stands on the reference page', () => {
    const line =
      '| `databricks.made_up` | `exportDatabricks` | enum (ON \\| OFF) | `driver_connection_params.made_up` | A field that does not exist. |';

    expect(tagReference(table).split('\n')).toContain(line);
    expect(tagReference(TAG_TABLE)).not.toContain('made_up');
  });
});
