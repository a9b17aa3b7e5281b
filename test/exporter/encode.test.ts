import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeBatch, encodeToBytes } from '../../src/exporter/encode.js';
import { ChunkDetails, type ConnectionFields, OperationRecord } from '../../src/records.js';
import { checkUuid, TAG_TABLE, type ValueRule, type WireValue } from '../../src/tags/index.js';
import { CONNECTION, fullRecord, statementRecord, USER_AGENT } from '../support/records.js';
import { runs } from '../support/runs.js';
import { wireRules } from '../support/wireFields.js';
import { referenceBody } from './support/reference.js';
import { wirePathsOf } from './support/wirePaths.js';

const RULES = wireRules();
const OPTIONS = { uploadTimeMs: 1_795_207_059_200, userAgent: USER_AGENT, authenticated: true };

/** Values that the rule of a wire field lets through, `undefined` among them. */
function valuesOf(field: string): fc.Arbitrary<WireValue | undefined> {
  const rule = RULES.get(field);
  if (rule === undefined) {
    throw new Error(`${field} is not in the table`);
  }
  return valuesBy(rule);
}

function valuesBy(rule: ValueRule): fc.Arbitrary<WireValue | undefined> {
  if (rule.values !== undefined) {
    return fc.option(fc.constantFrom(...rule.values), { nil: undefined });
  }
  const fitting: Record<string, fc.Arbitrary<WireValue>> = {
    uuid: fc.uuid(),
    digits: fc.stringMatching(/^[0-9]{1,20}$/),
    integer: fc.oneof(fc.nat(), fc.maxSafeNat()),
    boolean: fc.boolean(),
    version: fc.stringMatching(/^[0-9]{1,4}(\.[0-9]{1,4}){0,3}(-[a-z]{1,8}(\.[0-9]{1,3})?)?$/),
    code: fc.constantFrom('ECONNRESET', '42P01', '503', 'other'),
    pattern: fc.constantFrom('/sql/1.0/warehouses/0a', '/sql/protocolv1/o/12/a-b_c', 'en_US', 'v20.20.2'),
  };
  return fc.option(fitting[rule.kind] ?? fc.constant(undefined), { nil: undefined });
}

const text = (field: string) => valuesOf(field) as fc.Arbitrary<string | undefined>;
const number = (field: string) => valuesOf(field) as fc.Arbitrary<number | undefined>;
const flag = (field: string) => valuesOf(field) as fc.Arbitrary<boolean | undefined>;

const connections: fc.Arbitrary<ConnectionFields> = fc
  .tuple(...TAG_TABLE.connectionTags.map(({ field, rule }) => fc.tuple(fc.constant(field), valuesBy(rule))))
  .map(
    (fields) => new Map(fields.flatMap(([field, value]) => (value === undefined ? [] : [[field, value]]))),
  );

const chunkDetails = fc
  .record({
    present: number('sql_operation.chunk_details.total_chunks_present'),
    iterated: number('sql_operation.chunk_details.total_chunks_iterated'),
    initialMs: number('sql_operation.chunk_details.initial_chunk_latency_millis'),
    slowestMs: number('sql_operation.chunk_details.slowest_chunk_latency_millis'),
    sumMs: number('sql_operation.chunk_details.sum_chunks_download_time_millis'),
  })
  .map((fields) => Object.assign(new ChunkDetails(), fields));

const operationRecords: fc.Arbitrary<OperationRecord> = fc
  .tuple(
    fc.oneof(fc.nat(5_000), fc.integer({ min: 1_600_000_000_000, max: 4_000_000_000_000 })),
    fc.record({
      eventId: fc.option(fc.uuid(), { nil: undefined }),
      workspaceId: text('workspace_id'),
      sessionId: text('session_id'),
      statementId: text('sql_statement_id'),
      latencyMs: number('operation_latency_ms'),
      operationType: text('sql_operation.operation_detail.operation_type'),
      internal: flag('sql_operation.operation_detail.is_internal_call'),
      statementType: text('sql_operation.statement_type'),
      resultFormat: text('sql_operation.execution_result'),
      compressed: flag('sql_operation.is_compressed'),
      readyMs: number('sql_operation.result_latency.result_set_ready_latency_millis'),
      consumptionMs: number('sql_operation.result_latency.result_set_consumption_latency_millis'),
      pollCount: number('sql_operation.operation_detail.n_operation_status_calls'),
      pollMs: number('sql_operation.operation_detail.operation_status_latency_millis'),
      retryCount: number('sql_operation.retry_count'),
      volumeOperation: text('vol_operation.volume_operation_type'),
      errorName: text('error_info.error_name'),
      chunkId: number('sql_operation.chunk_id'),
      chunks: fc.option(chunkDetails, { nil: undefined }),
      connection: fc.option(connections, { nil: undefined }),
    }),
  )
  .map(([startTimeMs, fields]) => Object.assign(new OperationRecord(startTimeMs), fields));

describe('encodeBatch', () => {
  it('writes byte for byte what nested JSON.stringify of the wire format writes', () => {
    fc.assert(
      fc.property(
        fc.array(operationRecords, { maxLength: 6 }),
        fc.array(fc.nat(5), { maxLength: 12 }),
        fc.boolean(),
        fc.string({ unit: 'binary' }),
        (different, order, authenticated, userAgent) => {
          // Records that come again and again: neighbours that have something in common, or all of it but
          // not the objects.
          const again = order.flatMap((index) => different[index] ?? []);
          const batch = [...different, ...again, ...structuredClone(again)];
          const options = { uploadTimeMs: 1_795_207_059_200, userAgent, authenticated };
          expect(encodeBatch(batch, options)).toBe(referenceBody(batch, options));
        },
      ),
      { numRuns: runs(5_000) },
    );
  });

  it('writes the same as bytes, however long', () => {
    for (const count of [0, 1, 30, 100, 1_000]) {
      const batch = Array.from({ length: count }, () => fullRecord());
      expect(encodeToBytes(batch, OPTIONS).toString('utf8')).toBe(referenceBody(batch, OPTIONS));
    }
  });

  it('gives each record of a large batch another event id', () => {
    const batch = Array.from({ length: 70_000 }, () => new OperationRecord(1_795_207_059_128));
    encodeToBytes(batch, OPTIONS);
    const ids = new Set(batch.map(({ eventId }) => eventId));
    expect(ids.size).toBe(batch.length);
    for (const id of ids) expect(checkUuid(id)).toBe(id);
  });

  it('emits every field of the wire format and no other', () => {
    const paths = wirePathsOf(encodeBatch([fullRecord()], OPTIONS));
    expect(paths).toEqual(
      new Set([
        ...RULES.keys(),
        'frontend_log_event_id',
        'context.client_context.timestamp_millis',
        'context.client_context.user_agent',
      ]),
    );
  });

  it('writes the fields of statements, and those of connections, in the order of the table', () => {
    const paths = [...wirePathsOf(encodeBatch([fullRecord()], OPTIONS))];
    for (const tags of [TAG_TABLE.statementTags, TAG_TABLE.connectionTags]) {
      const fields = tags.map(({ field }) => field);

      expect(paths.filter((path) => fields.includes(path))).toEqual(fields);
    }
  });

  it('relies on checks that let only ASCII characters through that JSON does not escape', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...RULES.values()),
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.constantFrom('"', '\\', 'a"b', '\u0000', '\u2028', '\ud800', 'é', '1"', '0.1\\', "'", '<'),
          fc.stringMatching(/^[\w./"\\-]{0,40}$/),
        ),
        (rule, value) => {
          const checked = rule.check(value);
          if (typeof checked === 'string') {
            expect(JSON.stringify(JSON.stringify(checked))).toBe(`"\\"${checked}\\""`);
            // One byte per character, as the exporter assumes.
            expect(Buffer.byteLength(checked)).toBe(checked.length);
          }
        },
      ),
      { numRuns: runs(20_000) },
    );
  });

  it('writes a statement’s values from closed lists only if they are on them', () => {
    const record = statementRecord();
    record.statementType = 'SELECT secret FROM "t"';
    record.operationType = 'NEW';
    const body = encodeBatch([record], OPTIONS);
    expect(body).not.toContain('secret');
    expect(wirePathsOf(body)).not.toContain('sql_operation.statement_type');
    expect(wirePathsOf(body)).not.toContain('sql_operation.operation_detail.operation_type');
  });

  it('leaves ids, configuration, parameters and authentication out of an unauthenticated export', () => {
    const paths = wirePathsOf(encodeBatch([fullRecord()], { ...OPTIONS, authenticated: false }));
    const identifying = [...paths].filter(
      (path) =>
        /^(workspace_id|session_id|sql_statement_id|auth_type)$/.test(path) ||
        path.startsWith('system_configuration.') ||
        path.startsWith('driver_connection_params.'),
    );
    expect(identifying).toEqual([]);
    expect(paths).toContain('sql_operation.statement_type');
  });

  it('tells neighbours apart whose connections differ in one field only', () => {
    for (const [field, value] of CONNECTION) {
      const less = new Map([...CONNECTION].filter(([name]) => name !== field));
      const changed = new Map([...CONNECTION]).set(field, `${value}1`);
      for (const connection of [less, changed]) {
        const [one, other] = [fullRecord(), fullRecord()];
        other.connection = connection;
        const batch = [one, other, one];
        expect(encodeBatch(batch, OPTIONS)).toBe(referenceBody(batch, OPTIONS));
      }
    }
  });

  it('leaves empty groups out', () => {
    const record = new OperationRecord(1_795_207_059_128);
    record.eventId = '7f3d9f55-7c3c-4d53-9f0c-4c8b8a3a0b11';
    const body = JSON.parse(encodeBatch([record], OPTIONS)) as { protoLogs: string[] };
    expect(JSON.parse(body.protoLogs[0] ?? '')).toEqual({
      frontend_log_event_id: record.eventId,
      context: { client_context: { timestamp_millis: record.startTimeMs, user_agent: USER_AGENT } },
    });
  });

  it('gives each record an event id of its own and keeps it on every encoding', () => {
    const batch = [statementRecord(), statementRecord()];
    const first = encodeBatch(batch, OPTIONS);
    const [one, other] = batch;
    expect(one?.eventId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(one?.eventId).not.toBe(other?.eventId);
    expect(encodeBatch(batch, OPTIONS)).toBe(first);
  });

  it('encodes an empty batch', () => {
    expect(JSON.parse(encodeBatch([], OPTIONS))).toEqual({
      uploadTime: OPTIONS.uploadTimeMs,
      items: [],
      protoLogs: [],
    });
  });
});
