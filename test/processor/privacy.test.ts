import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DatabricksSpanProcessor } from '../../src/processor/databricksSpanProcessor.js';
import {
  DEFAULT_TAG_ROWS,
  ExportScope,
  isWireField,
  WIRE_FIELDS,
  type WireField,
} from '../../src/tags/index.js';
import { INSTRUMENTATION_SCOPE } from '../../src/version.js';
import { CollectingExporter } from './support/collectingExporter.js';
import {
  connectionHandle,
  contextOf,
  downloadSpan,
  SESSION_ID,
  STATEMENT_ID,
  span,
} from './support/spans.js';

const CANARY = 'canary';
const RUNS = 5_000;
const SPANS_PER_RUN = 20;

/** Things that must not leave, each with the canary in it. */
const secrets = fc
  .constantFrom(
    `SELECT * FROM ${CANARY}.sales WHERE name = 'x'`,
    `${CANARY}@example.com`,
    `dapi${CANARY}0123456789abcdef`,
    `main.${CANARY}.orders`,
    `${CANARY}.cloud.databricks.com`,
    CANARY,
    CANARY.toUpperCase(),
    `/home/${CANARY}/secret.txt`,
    `/Volumes/main/${CANARY}/file.csv`,
    `/sql/1.0/warehouses/${CANARY}`,
    `https://${CANARY}.blob.core.windows.net/x?sig=1`,
    `${CANARY}"},{"injected":"`,
    `\\"${CANARY}\\u0000\n`,
    `Error: table ${CANARY} not found`,
  )
  .chain((secret) =>
    fc.constantFrom<unknown>(
      secret,
      [secret],
      { nested: { deep: secret } },
      { toString: () => secret },
      { toJSON: () => secret },
      Object.assign(Object(1) as object, { secret }),
    ),
  );

const wireNames = DEFAULT_TAG_ROWS.filter((row) => row.scope !== ExportScope.exportLocal).map(
  (row) => row.name,
);
const allNames = DEFAULT_TAG_ROWS.map((row) => row.name.replace('*', CANARY));
const names = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...wireNames) },
  { weight: 2, arbitrary: fc.constantFrom(...allNames) },
  fc.constantFrom(CANARY, `db.query.parameter.${CANARY}`, '__proto__', 'constructor', 'toJSON'),
);
/** Mostly secrets; valid values too, so that records come into being around them. */
const values = fc.oneof(
  { weight: 6, arbitrary: secrets },
  fc.constantFrom<unknown>(
    1,
    true,
    'EXECUTE_STATEMENT',
    'QUERY',
    'EXTERNAL_LINKS',
    'CREATE_SESSION',
    SESSION_ID,
    '42P01',
  ),
  fc.integer(),
);
const attributes = fc.dictionary(names, values, { maxKeys: 12 });
const anySpan = fc.record({
  attributes,
  starting: fc.constantFrom('databricks.operation.type', 'databricks.statement.type', 'none'),
  operation: fc.constantFrom('EXECUTE_STATEMENT', 'CREATE_SESSION', CANARY),
  foreign: fc.boolean(),
  download: fc.boolean(),
  extra: attributes,
});

describe('nothing that must not leave leaves', () => {
  it(`in ${RUNS * SPANS_PER_RUN} spans no canary reaches an encoded batch, and every field is a listed one with a value of its kind`, async () => {
    const exporter = new CollectingExporter();
    const processor = new DatabricksSpanProcessor({ maxQueueSize: 1_000_000, exporter });
    const context = contextOf(connectionHandle());
    fc.assert(
      fc.property(fc.array(anySpan, { minLength: SPANS_PER_RUN, maxLength: SPANS_PER_RUN }), (specs) => {
        for (const spec of specs) {
          const bad = {
            name: `${CANARY} span`,
            status: { code: 2 as const, message: `${CANARY} failed` },
            events: [{ name: CANARY, attributes: { ...spec.extra, 'exception.message': CANARY } }],
            links: [{ attributes: spec.extra }],
            resource: { attributes: { 'service.name': CANARY } },
            instrumentationScope: { name: spec.foreign ? CANARY : INSTRUMENTATION_SCOPE },
          };
          const operation = span({
            ...bad,
            attributes: {
              ...spec.attributes,
              ...(spec.starting === 'none' ? {} : { [spec.starting]: spec.operation }),
            },
          });
          processor.onStart(operation, context);
          if (spec.download) {
            const download = { ...downloadSpan(operation, spec.extra), ...bad };
            processor.onStart(download, context);
            processor.onEnd(download);
          }
          processor.onEnd(operation);
        }
      }),
      { numRuns: RUNS },
    );
    await processor.forceFlush();
    await processor.shutdown();

    expect(processor.stats()).toMatchObject({ internalErrors: 0 });
    expect(exporter.records.length).toBeGreaterThan(RUNS);
    for (const body of exporter.bodies) {
      expect(body.toLowerCase().includes(CANARY)).toBe(false);
    }
    const seen = new Set<string>();
    for (const log of exporter.logs()) {
      for (const [path, value] of leaves(log)) {
        seen.add(path);
        assertListed(path, value);
      }
    }
    expect([...seen]).toContain('error_info.error_name');
  }, 120_000);
});

describe('the processor reads what the table says', () => {
  const VALID: Record<string, unknown> = {
    uuid: '33333333-3333-4333-8333-333333333333',
    digits: '4242',
    integer: 4242,
    boolean: true,
    version: '42.4.2',
    code: '42P01',
  };
  const PATTERNS: Partial<Record<WireField, string>> = {
    'system_configuration.locale_name': 'de_AT',
    'driver_connection_params.http_path': '/sql/1.0/warehouses/42',
  };

  function validValue(field: WireField): unknown {
    const rule = WIRE_FIELDS[field];
    return rule.kind === 'enum' ? rule.values?.[0] : (PATTERNS[field] ?? VALID[rule.kind]);
  }

  it.each(DEFAULT_TAG_ROWS.filter((row) => row.scope !== ExportScope.exportLocal && row.on !== 'download'))(
    '$name fills $wireField and nothing else',
    async (row) => {
      if (row.wireField === undefined) {
        throw new Error('a tag that leaves must have a wire field');
      }
      const value = validValue(row.wireField);
      const base =
        row.on === 'connection'
          ? { 'databricks.operation.type': 'CREATE_SESSION' }
          : row.name === 'databricks.result.chunk_count'
            ? { 'databricks.statement.type': 'QUERY', 'databricks.result.format': 'EXTERNAL_LINKS' }
            : { 'databricks.statement.type': 'QUERY' };

      const without = await fieldsOf(base);
      const withTag = await fieldsOf({ ...base, [row.name]: value });

      expect(withTag.get(row.wireField)).toBe(value);
      withTag.delete(row.wireField);
      without.delete(row.wireField);
      expect(withTag).toEqual(without);
    },
  );

  it.each(DEFAULT_TAG_ROWS.filter((row) => row.scope === ExportScope.exportLocal))(
    '$name stays local',
    async (row) => {
      const base = { 'databricks.operation.type': 'CREATE_SESSION', 'databricks.statement.type': 'QUERY' };
      const without = await fieldsOf(base);
      for (const value of Object.values(VALID)) {
        expect(await fieldsOf({ ...base, [row.name.replace('*', 'x')]: value })).toEqual(without);
      }
    },
  );
});

/** The fields of the one log that a span with these attributes makes. */
async function fieldsOf(attributes: Record<string, unknown>): Promise<Map<string, unknown>> {
  const exporter = new CollectingExporter();
  const processor = new DatabricksSpanProcessor({ exporter });
  const context = contextOf(connectionHandle());
  const operation = span({ attributes: { 'databricks.statement.id': STATEMENT_ID, ...attributes } });
  processor.onStart(operation, context);
  processor.onEnd(operation);
  await processor.forceFlush();
  await processor.shutdown();
  const fields = new Map(exporter.logs().flatMap((log) => [...leaves(log)]));
  fields.delete('frontend_log_event_id');
  return fields;
}

/** Every leaf of a log with its path as WIRE_FIELDS has it. */
function* leaves(value: unknown, path = ''): Generator<readonly [string, unknown]> {
  if (typeof value !== 'object' || value === null) {
    yield [path.replace(/^entry\.sql_driver_log\./, ''), value];
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    yield* leaves(inner, path === '' ? key : `${path}.${key}`);
  }
}

function assertListed(path: string, value: unknown): void {
  if (path === 'frontend_log_event_id') {
    expect(value).toMatch(/^[0-9a-f-]{36}$/);
  } else if (path === 'context.client_context.timestamp_millis') {
    expect(Number.isSafeInteger(value)).toBe(true);
  } else if (path === 'context.client_context.user_agent') {
    expect(value).toBe('test/1');
  } else {
    if (!isWireField(path)) {
      throw new Error(`the log has a field that is not listed: ${path}`);
    }
    expect(WIRE_FIELDS[path].check(value)).toBe(value);
  }
}
