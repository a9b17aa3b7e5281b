import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  createTagTable,
  DEFAULT_TAG_ROWS,
  DEFAULT_TAG_TABLE,
  DERIVED_WIRE_FIELDS,
  ExportScope,
  shouldExportToDatabricks,
  Tag,
  type TagDefinition,
  WIRE_FIELDS,
} from '../../src/tags/index.js';

describe('the built-in tag table', () => {
  it('gives every wire field exactly one source: a tag, or the derivation from downloads', () => {
    const fromTags = DEFAULT_TAG_ROWS.flatMap((row) => (row.wireField === undefined ? [] : [row.wireField]));

    expect([...fromTags, ...DERIVED_WIRE_FIELDS].sort()).toEqual(Object.keys(WIRE_FIELDS).sort());
  });

  it('has a row for every name that the code uses, and a name for every row', () => {
    const named = Object.values(Tag).map((name) => (name.endsWith('.') ? `${name}*` : name));

    expect(DEFAULT_TAG_ROWS.map((row) => row.name).sort()).toEqual(named.sort());
  });

  it('knows no kind for free text among the tags that may leave', () => {
    for (const row of DEFAULT_TAG_ROWS) {
      if (row.scope !== ExportScope.exportLocal) {
        expect(row.kind, row.name).not.toBe('text');
      }
    }
  });

  it('keeps SQL, names and addresses local', () => {
    for (const tag of [
      'db.query.text',
      'db.namespace',
      'db.collection.name',
      'server.address',
      'db.query.summary',
    ]) {
      expect(shouldExportToDatabricks(tag), tag).toBe(false);
      expect(DEFAULT_TAG_TABLE.isDatabricksOnly(tag), tag).toBe(false);
    }
  });

  it('describes every row for the reference page', () => {
    for (const row of DEFAULT_TAG_ROWS) {
      expect(row.description, row.name).toMatch(/\S.*\.$/);
    }
  });
});

describe('shouldExportToDatabricks', () => {
  it('lets through what the table sends, to Databricks only or to both', () => {
    expect(shouldExportToDatabricks('databricks.statement.id')).toBe(true);
    expect(shouldExportToDatabricks('databricks.http.path')).toBe(true);
  });

  it('denies by default: unknown tags, inherited names and wildcards', () => {
    for (const tag of ['', 'my.tag', 'toString', '__proto__', 'constructor', 'exception.message']) {
      expect(shouldExportToDatabricks(tag), tag).toBe(false);
    }
  });

  it('asks the table that it is given', () => {
    const table = createTagTable([
      {
        name: 'acme.downloads',
        scope: 'exportDatabricks',
        kind: 'integer',
        wireField: 'sql_operation.chunk_details.total_chunks_iterated',
      },
    ]);

    expect(shouldExportToDatabricks('acme.downloads')).toBe(false);
    expect(shouldExportToDatabricks('acme.downloads', table)).toBe(true);
    expect(table.isDatabricksOnly('acme.downloads')).toBe(true);
  });
});

describe('createTagTable refuses contradictions and says which', () => {
  const cases: ReadonlyArray<readonly [string, TagDefinition, RegExp]> = [
    [
      'free text for Databricks',
      { name: 'my.sql', scope: 'exportDatabricks', kind: 'text' },
      /'my\.sql' is free text/,
    ],
    [
      'two tags for one wire field',
      { name: 'my.session', scope: 'exportAll', kind: 'uuid', wireField: 'session_id' },
      /'databricks\.session\.id' and 'my\.session' both name the wire field 'session_id'/,
    ],
    [
      'a tag that stands there already',
      { name: 'error.type', scope: 'exportLocal', kind: 'text' },
      /'error\.type' stands there twice/,
    ],
    [
      'a kind that is not the wire field’s',
      {
        name: 'my.count',
        scope: 'exportDatabricks',
        kind: 'uuid',
        wireField: 'sql_operation.chunk_details.total_chunks_iterated',
      },
      /'my\.count' is of kind 'uuid'.*takes 'integer'/,
    ],
    [
      'a wire field that does not exist',
      { name: 'my.x', scope: 'exportDatabricks', kind: 'integer', wireField: 'sql_text' as 'session_id' },
      /must name an existing wire field, not 'sql_text'/,
    ],
    [
      'no wire field',
      { name: 'my.x', scope: 'exportAll', kind: 'integer' },
      /must name an existing wire field/,
    ],
    [
      'a local tag with a wire field',
      { name: 'my.x', scope: 'exportLocal', kind: 'integer', wireField: 'session_id' },
      /is exportLocal but names the wire field/,
    ],
    [
      'an unknown scope',
      { name: 'my.x', scope: 'everywhere' as 'exportAll', kind: 'integer' },
      /scope of 'my\.x' is 'everywhere'; allowed are exportLocal, exportDatabricks, exportAll/,
    ],
    ['an empty name', { name: '', scope: 'exportLocal', kind: 'text' }, /name must be a string of 1 to 255/],
  ];

  it.each(cases)('%s', (_what, tag, message) => {
    expect(() => createTagTable([tag])).toThrow(TypeError);
    expect(() => createTagTable([tag])).toThrow(message);
  });

  it('takes any number of local tags', () => {
    expect(
      createTagTable([{ name: 'my.team', scope: 'exportLocal', kind: 'text' }]).get('my.team')?.scope,
    ).toBe('exportLocal');
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
