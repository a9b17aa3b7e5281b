import type { HrTime } from '@opentelemetry/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DatabricksSpanProcessor } from '../../src/processor/databricksSpanProcessor.js';
import { TAG_TABLE } from '../../src/tags/index.js';
import { INSTRUMENTATION_SCOPE } from '../../src/version.js';
import { runs } from '../support/runs.js';
import {
  connectionHandle,
  contextOf,
  downloadSpan,
  SESSION_ID,
  STATEMENT_ID,
  span,
} from '../support/spans.js';
import { validValue, wireRules } from '../support/wireFields.js';
import { CollectingExporter } from './support/collectingExporter.js';

const CANARY = 'canary';
const RUNS = runs(5_000);
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

const RULES = wireRules();
const sentTags = [...TAG_TABLE.statementTags, ...TAG_TABLE.connectionTags];
const wireNames = sentTags.map((row) => row.name);
const allNames = TAG_TABLE.rows.map((row) => row.name.replace('*', CANARY));
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
  fc.double(),
  // What spans of SDK 3.x may have.
  fc.constantFrom<unknown>(null, new Uint8Array([1, 2]), [[1], { a: [null] }], 2n ** 70n, 1e308, -0),
);
const attributes = fc.dictionary(names, values, { maxKeys: 12 });
/** A time as a span has it, or as a span of somebody else's may. */
const times = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.nat(4_000_000_000), fc.nat(999_999_999)) },
  fc.tuple(fc.double(), fc.double()),
  fc.constantFrom<unknown>(
    [1e305, 0],
    [-1, 0],
    [Number.NaN, 0],
    [Number.POSITIVE_INFINITY, 1],
    [253_402_300_800, 0],
    [1.5, 0.5],
    [1n, 2n],
    ['1', '2'],
    [],
    CANARY,
    1_700_000_000_000,
    new Date(0),
    undefined,
    null,
  ),
);
const anySpan = fc.record({
  startTime: times,
  duration: times,
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
            startTime: spec.startTime as HrTime,
            duration: spec.duration as HrTime,
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
  it.each(sentTags.filter((row) => row.on !== 'download'))(
    '$name fills $field and nothing else',
    async (row) => {
      const value = validValue(row.rule);
      const base = baseOf(row);
      const without = await fieldsOf(base);
      const withTag = await fieldsOf({ ...base, [row.name]: value });

      expect(withTag.get(row.field)).toBe(value);
      withTag.delete(row.field);
      without.delete(row.field);
      expect(withTag).toEqual(without);
    },
  );

  it.each(sentTags.filter((row) => row.on !== 'download'))(
    '$name is dropped and counted if its value does not fit',
    async (row) => {
      const base = baseOf(row);
      const without = await fieldsOf(base);
      if (row.name in base) {
        without.delete(row.field);
      }
      for (const value of [{ nested: [1] }, null, new Uint8Array(3), Number.NaN, 1e308, ['x']]) {
        expect(await fieldsOf({ ...base, [row.name]: value }, { invalidValues: 1 })).toEqual(without);
      }
    },
  );

  it.each(sentTags.filter((row) => row.on !== 'download'))(
    '$name is not sent if it is withheld, and nothing else changes',
    async (row) => {
      const tagged = { ...baseOf(row), [row.name]: validValue(row.rule) };
      const all = await fieldsOf(tagged);
      const rest = await fieldsOf(tagged, { withhold: [row.name] });

      expect(all.has(row.field)).toBe(true);
      all.delete(row.field);
      expect(rest).toEqual(all);
    },
  );

  it.each(TAG_TABLE.rows.filter((row) => row.scope === 'exportLocal'))('$name stays local', async (row) => {
    const base = { 'databricks.operation.type': 'CREATE_SESSION', 'databricks.statement.type': 'QUERY' };
    const without = await fieldsOf(base);
    for (const rule of RULES.values()) {
      const value = validValue(rule);
      expect(await fieldsOf({ ...base, [row.name.replace('*', 'x')]: value })).toEqual(without);
    }
  });
});

/** Attributes with which a span becomes a record that can have the tag's field. */
function baseOf({ on, field }: (typeof sentTags)[number]): Record<string, unknown> {
  const base = { 'databricks.statement.id': STATEMENT_ID };
  if (on === 'connection') {
    return { ...base, 'databricks.operation.type': 'CREATE_SESSION' };
  }
  return field.includes('chunk_details')
    ? { ...base, 'databricks.statement.type': 'QUERY', 'databricks.result.format': 'EXTERNAL_LINKS' }
    : { ...base, 'databricks.statement.type': 'QUERY' };
}

/** The fields of the one log that a span with these attributes makes. */
async function fieldsOf(
  attributes: Record<string, unknown>,
  { withhold = [], invalidValues = 0 }: { withhold?: readonly string[]; invalidValues?: number } = {},
): Promise<Map<string, unknown>> {
  const exporter = new CollectingExporter();
  const processor = new DatabricksSpanProcessor({ withhold, exporter });
  const context = contextOf(connectionHandle());
  const operation = span({ attributes });
  processor.onStart(operation, context);
  processor.onEnd(operation);
  await processor.forceFlush();
  await processor.shutdown();
  expect(processor.stats().invalidValues).toBe(invalidValues);
  const fields = new Map(exporter.logs().flatMap((log) => [...leaves(log)]));
  fields.delete('frontend_log_event_id');
  return fields;
}

/** Every leaf of a log with its path as the table has it. */
function* leaves(value: unknown, path = ''): Generator<readonly [string, unknown]> {
  if (typeof value !== 'object' || value === null) {
    yield [path.replace(/^entry\.sql_driver_log\./, ''), value];
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    yield* leaves(inner, path === '' ? key : `${path}.${key}`);
  }
}

/** Whether a log may have this time: from 1970 to the year 9999, in whole milliseconds. */
function isTime(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) < Date.UTC(10_000, 0);
}

function assertListed(path: string, value: unknown): void {
  if (path === 'frontend_log_event_id') {
    expect(value).toMatch(/^[0-9a-f-]{36}$/);
  } else if (path === 'context.client_context.timestamp_millis') {
    expect(isTime(value), String(value)).toBe(true);
  } else if (path === 'context.client_context.user_agent') {
    expect(value).toBe('test/1');
  } else {
    const rule = RULES.get(path);
    if (rule === undefined) {
      throw new Error(`the log has a field that is not listed: ${path}`);
    }
    expect(rule.check(value), path).toBe(value);
  }
}
