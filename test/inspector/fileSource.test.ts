import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeBatch } from '../../src/exporter/encode.js';
import { copyLine } from '../../src/exporter/requestCopy.js';
import { FileSource } from '../../src/inspector/fileSource.js';
import type { OperationRecord } from '../../src/records.js';
import { record, request } from './observed.js';

function bodyOf(...records: OperationRecord[]): string {
  return encodeBatch(records, { uploadTimeMs: 1_700_000_000_000, userAgent: 'test/1', authenticated: true });
}

function read(...lines: string[]): Promise<FileSource> {
  const path = join(mkdtempSync(join(tmpdir(), 'inspect-')), 'file.jsonl');
  writeFileSync(path, lines.join('\n'));
  return FileSource.read(path);
}

describe('the page over a file', () => {
  it('shows what a dry run wrote', async () => {
    const made = record();
    made.errorName = 'ECONNRESET';
    const source = await read(bodyOf(made));
    expect(source.operations()).toMatchObject([
      { kind: 'EXECUTE_STATEMENT', durationMs: 12, error: 'ECONNRESET', state: 'written' },
    ]);
    const detail = source.operation(1);
    expect(detail?.lines.find(({ tag }) => tag === 'databricks.operation.type')).toMatchObject({
      databricks: 'EXECUTE_STATEMENT',
      rule: 'sent',
    });
    expect(detail?.records[0]?.eventId).toBe(made.eventId);
    expect(source.operation(2)).toBeUndefined();
    expect(source.table().filter(({ seen }) => seen).length).toBeGreaterThan(3);
  });

  it('shows what copyTo wrote: where it went, and every try', async () => {
    const made = record();
    const body = Buffer.from(bodyOf(made));
    const source = await read(copyLine(request([made], body, '503')), copyLine(request([made], body)));
    expect(source.operations()).toMatchObject([{ host: 'a.cloud.databricks.com', state: 'accepted' }]);
    expect(source.operation(1)?.records[0]?.life).toMatchObject([
      { kind: 'refused', outcome: '503' },
      { kind: 'accepted', outcome: '200', path: '/telemetry-ext' },
    ]);
    expect(source.bundle().records).toHaveLength(1);
  });

  it('shows of a request that was kept in part how many records were kept', async () => {
    const records = [record(), record(), record()];
    const body = Buffer.from(bodyOf(...records));
    const source = await read(copyLine(request(records, body, '200', 1)));
    expect(source.operations()).toMatchObject(
      records.map(() => ({ state: 'partly', reason: '2 of 3 kept' })),
    );
    expect(source.operation(1)?.records[0]?.life).toMatchObject([{ kind: 'partly', kept: 2, of: 3 }]);
    expect(source.bundle().records).toMatchObject(
      records.map(() => ({ state: 'partly', reason: '2 of 3 kept' })),
    );
  });

  it.each([-1, 1e9, 1.5, 'all', null])(
    'takes no harm from a file that says that %j records were not kept',
    async (rejected) => {
      const line = JSON.parse(copyLine(request([record()], Buffer.from(bodyOf(record())))));
      line.sent.rejected = rejected;
      const source = await read(JSON.stringify(line));
      expect(source.operations()[0]?.state).toMatch(/^(accepted|dropped)$/);
    },
  );

  it('leaves out what is no request, and says how many', async () => {
    const source = await read('nonsense', '{}', '[]', 'null', '{"protoLogs":[1,"x"]}', '', bodyOf(record()));
    expect(source.state().totals).toMatchObject([{ value: '1' }, { value: '1' }, { value: '5' }]);
    expect(() => source.operation(1)).not.toThrow();
    expect(() => source.bundle()).not.toThrow();
  });

  it('keeps the latest 500 of a long file', async () => {
    const lines = Array.from({ length: 20 }, () => bodyOf(...Array.from({ length: 40 }, record)));
    const source = await read(...lines);
    expect(source.operations()).toHaveLength(500);
    expect(source.operations().at(-1)?.id).toBe(800);
  });
});
