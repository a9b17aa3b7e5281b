import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ChunkDetails, OperationRecord } from '../../src/records.js';
import { shouldExportToDatabricks, TAG_TABLE, Tag, TagTable } from '../../src/tags/index.js';

const sentTags = [...TAG_TABLE.statementTags, ...TAG_TABLE.connectionTags];
const SCOPES = ['exportLocal', 'exportDatabricks', 'exportAll'];

function duplicates(values: readonly string[]): string[] {
  return values.filter((value, index) => values.indexOf(value) !== index);
}

describe('the rows of the tag table', () => {
  it('stand there once each, under a name of at most 255 characters', () => {
    const names = TAG_TABLE.rows.map(({ name }) => name);

    expect(duplicates(names)).toEqual([]);
    for (const name of names) {
      expect(name).toMatch(/^[a-z][a-z0-9_.]{0,253}[a-z0-9*]$/);
    }
  });

  it('are for every name that the code uses, and every row has its name there', () => {
    const named = Object.values(Tag).map((name) => (name.endsWith('.') ? `${name}*` : name));

    expect(TAG_TABLE.rows.map(({ name }) => name).sort()).toEqual(named.sort());
  });

  it('have one of three scopes, and a wire field exactly if they may leave', () => {
    for (const row of TAG_TABLE.rows) {
      expect(SCOPES).toContain(row.scope);
      expect('field' in row, row.name).toBe(row.scope !== 'exportLocal');
    }
    expect(sentTags.length).toBe(TAG_TABLE.rows.filter(({ scope }) => scope !== 'exportLocal').length);
  });

  it('fill each wire field once', () => {
    expect(duplicates(sentTags.map(({ field }) => field))).toEqual([]);
  });

  it('name fields of the log itself, or of one of its groups', () => {
    for (const { field } of TAG_TABLE.connectionTags) {
      expect(field).toMatch(/^[a-z_]+(\.[a-z_]+)?$/);
    }
    for (const { field } of TAG_TABLE.statementTags) {
      expect(field).toMatch(/^[a-z_]+(\.[a-z_]+){0,2}$/);
    }
  });

  it('have a rule of a kind that may leave: there is none for free text', () => {
    const kinds = ['uuid', 'digits', 'integer', 'boolean', 'enum', 'version', 'code', 'pattern'];
    for (const { name, rule } of sentTags) {
      expect(kinds, name).toContain(rule.kind);
      expect(rule.check('some free text of somebody'), name).toBe(rule.kind === 'code' ? 'other' : undefined);
      expect(rule.values !== undefined, name).toBe(rule.kind === 'enum');
      expect(rule.allowed, name).not.toBe('');
    }
  });

  it('say where the record keeps the value, each elsewhere, and all of a record but what is not a tag’s', () => {
    const members = TAG_TABLE.statementTags.map(({ member }) => member);
    const ofRecord = Object.keys(new OperationRecord(0));
    const ofChunks = Object.keys(new ChunkDetails()).map((name) => `chunks.${name}`);
    const ofNoTag = ['eventId', 'sequence', 'queuedAt', 'startTimeMs', 'chunks', 'connection'];

    expect(duplicates(members)).toEqual([]);
    expect([...members].sort()).toEqual(
      [...ofRecord.filter((name) => !ofNoTag.includes(name)), ...ofChunks].sort(),
    );
  });

  it('are described for the reference page', () => {
    for (const { name, description } of TAG_TABLE.rows) {
      expect(description, name).toMatch(/\S.*\.$/);
    }
  });

  it('keep SQL, names and addresses local', () => {
    for (const tag of [
      Tag.dbQueryText,
      Tag.dbNamespace,
      Tag.dbCollectionName,
      Tag.serverAddress,
      Tag.dbQuerySummary,
    ]) {
      expect(TAG_TABLE.get(tag)?.scope, tag).toBe('exportLocal');
    }
  });
});

describe('shouldExportToDatabricks', () => {
  it('is true of tags that go to Databricks only, or to both', () => {
    expect(shouldExportToDatabricks('databricks.statement.id')).toBe(true);
    expect(shouldExportToDatabricks('databricks.http.path')).toBe(true);
  });

  it('is false of everything else: local tags, unknown ones, inherited names and wildcards', () => {
    const names = [
      '',
      'my.tag',
      'toString',
      '__proto__',
      'constructor',
      'exception.message',
      'db.query.text',
    ];
    for (const tag of names) {
      expect(shouldExportToDatabricks(tag), tag).toBe(false);
    }
  });
});

describe('TagTable', () => {
  it('is a value: another table has its own answers', () => {
    const empty = new TagTable([]);

    expect(empty.get('databricks.statement.id')).toBeUndefined();
    expect(empty.shouldExportToDatabricks('databricks.statement.id')).toBe(false);
    expect([...empty.statementTags, ...empty.connectionTags]).toEqual([]);
  });

  it('tells tags of connections from those of statements and downloads', () => {
    expect(TAG_TABLE.connectionTags).toHaveLength(21);
    expect(TAG_TABLE.connectionTags.every(({ on }) => on === 'connection')).toBe(true);
    expect(TAG_TABLE.statementTags.map(({ name }) => name)).toContain(Tag.chunkIndex);
    expect(TAG_TABLE.statementTags.some(({ on }) => String(on) === 'connection')).toBe(false);
  });
});

describe('the package', () => {
  it('tells its own version', async () => {
    const { VERSION, INSTRUMENTATION_SCOPE } = await import('../../src/version.js');
    const manifest: unknown = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    );

    expect(manifest).toMatchObject({ name: INSTRUMENTATION_SCOPE, version: VERSION });
  });
});
