import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { TAG_TABLE } from '../../src/tags/index.js';
import { type CollectorCheck, collectorCheck } from '../../tools/collectorChecks.js';
import { collectorConfig } from '../../tools/collectorConfig.js';
import { ROOT } from './markdown.js';

// No Collector runs here: these show that the file is the table's, and that its parts fit together.

interface Pipeline {
  readonly receivers: string[];
  readonly processors?: string[];
  readonly exporters: string[];
}
interface Config {
  readonly receivers: Record<string, unknown>;
  readonly processors: Record<string, unknown> & {
    readonly 'redaction/databricks': { allow_all_keys: boolean; allowed_keys: string[]; summary: string };
    readonly 'transform/own': { trace_statements: [{ statements: string[] }] };
    readonly 'transform/databricks': {
      error_mode: string;
      trace_statements: Array<{ statements: string[] }>;
    };
  };
  readonly connectors: Record<string, { table: Array<{ pipelines: string[] }> }>;
  readonly exporters: Record<string, unknown>;
  readonly service: { readonly pipelines: Record<string, Pipeline> };
}

const FILE = readFileSync(join(ROOT, 'docs/collector/opentelemetry-databricks-sql.yml'), 'utf8');
const CONFIG = parse(FILE) as Config;
const LEAVING = [...TAG_TABLE.statementTags, ...TAG_TABLE.connectionTags];
const namesOf = (rows: readonly { readonly name: string }[]) => rows.map(({ name }) => name).sort();

describe("the Collector's configuration", () => {
  it('is what the tag table gives (npm run docs:collector)', () => {
    expect(FILE).toBe(collectorConfig());
  });

  it('lets exactly the tags through to Databricks that the table lets through, and says nothing of the others', () => {
    const { allow_all_keys, allowed_keys, summary } = CONFIG.processors['redaction/databricks'];
    expect([allow_all_keys, summary]).toEqual([false, 'silent']);
    expect([...allowed_keys].sort()).toEqual(namesOf(LEAVING));
  });

  it('checks the value of each of them, and drops the batch if that fails', () => {
    const { error_mode, trace_statements } = CONFIG.processors['transform/databricks'];
    const checked = trace_statements
      .flatMap(({ statements }) => statements)
      .map((statement) => / where span\.attributes\["([^"]+)"\] != nil and not \(/.exec(statement)?.[1])
      .filter((name) => name !== undefined);
    expect(error_mode).toBe('propagate');
    expect(checked.sort()).toEqual(namesOf(LEAVING));
  });

  it("removes exactly the Databricks-only tags from the user's own backend", () => {
    const [{ statements }] = CONFIG.processors['transform/own'].trace_statements;
    const removed = statements.map(
      (statement) => /^delete_key\(span\.attributes, "([^"]+)"\)$/.exec(statement)?.[1],
    );
    expect(removed.sort()).toEqual(
      namesOf(TAG_TABLE.rows.filter(({ scope }) => scope === 'exportDatabricks')),
    );
  });

  it('uses only what it defines, and all of it', () => {
    const pipelines = Object.values(CONFIG.service.pipelines);
    const used = (list: (pipeline: Pipeline) => string[]) => [...new Set(pipelines.flatMap(list))].sort();
    const connectors = Object.keys(CONFIG.connectors);
    expect(used(({ processors = [] }) => processors)).toEqual(Object.keys(CONFIG.processors).sort());
    expect(used(({ receivers }) => receivers)).toEqual(
      [...Object.keys(CONFIG.receivers), ...connectors].sort(),
    );
    expect(used(({ exporters }) => exporters)).toEqual(
      [...Object.keys(CONFIG.exporters), ...connectors].sort(),
    );
    for (const { table } of Object.values(CONFIG.connectors)) {
      const targets = table.flatMap((route) => route.pipelines);
      expect(targets.filter((name) => CONFIG.service.pipelines[name] === undefined)).toEqual([]);
    }
  });

  it('sends nothing to Databricks past the filter, the allow-list and the checks', () => {
    const sending = Object.values(CONFIG.service.pipelines).filter(({ exporters }) =>
      exporters.includes('otlphttp/databricks'),
    );
    expect(sending.map(({ processors }) => processors)).toEqual([
      ['filter/events', 'redaction/databricks', 'transform/databricks', 'batch'],
    ]);
  });
});

describe("a tag's check in the Collector", () => {
  const textual = LEAVING.map((row) => [row.name, row, collectorCheck(row)] as const).filter(
    ([, , check]) => check.type === 'text',
  );

  it.each(textual)('%s: takes the same texts as the processor', (_, row, check) => {
    const { rule } = row;
    fc.assert(
      fc.property(textsNear(check), (value) => {
        // `code` does not refuse a text, it sends `other` for it.
        expect([value, fits(check, value)]).toEqual([value, rule.check(value) === value]);
      }),
      { numRuns: 500 },
    );
  });

  it.each(textual)(
    "%s: is an expression of Go's, which has no look-around and no back references",
    (_, __, check) => {
      expect(check.type === 'text' ? check.pattern : '').not.toMatch(/\(\?[=!<]|\\[1-9]/);
    },
  );

  it.each(LEAVING.map((row) => [row.name, row] as const))(
    '%s: checks the type that its kind has',
    (_, row) => {
      const type = row.rule.kind === 'integer' || row.rule.kind === 'boolean' ? row.rule.kind : 'text';
      expect(collectorCheck(row).type).toBe(type);
    },
  );
});

function fits(check: CollectorCheck, value: string): boolean {
  return check.type === 'text' && new RegExp(check.pattern).test(value);
}

/** Texts that fit, texts that almost fit, and others. */
function textsNear(check: CollectorCheck): fc.Arbitrary<string> {
  const fitting = fc.stringMatching(new RegExp(check.type === 'text' ? check.pattern : ''), { size: 'max' });
  const changed = fc
    .tuple(fitting, fc.nat(40), fc.string({ maxLength: 3 }), fc.nat(2))
    .map(([value, at, inserted, removed]) => value.slice(0, at) + inserted + value.slice(at + removed));
  const longer = fitting.map((value) => value + value.slice(-1));
  return fc.oneof(fitting, changed, longer, fc.string(), fc.stringMatching(/^[0-9A-Z]{5}$/));
}
