import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type DatabricksSpanProcessorOptions,
  resolveExporterOptions,
  resolveProcessorOptions,
} from '../../src/config.js';
import { DryRunExporter } from '../../src/exporter/dryRunExporter.js';
import type { DatabricksTelemetryConnectOptions } from '../../src/instrumentation/connectOptions.js';
import { resolveInstrumentationConfig } from '../../src/instrumentation/instrumentationConfig.js';
import { exportLocal } from '../../src/processor/exportLocal.js';
import type { StandaloneOptions } from '../../src/standalone/startDatabricksTelemetry.js';
import { codeSpans, firstTable, leadingCode, ROOT, readPage, section } from './markdown.js';

const PAGE = readPage('docs/options.md');

/** Who takes options, under which heading they stand, and how they are refused. */
const OWNERS: ReadonlyArray<readonly [heading: string, take: (options: object) => unknown]> = [
  ['DatabricksSqlInstrumentation', resolveInstrumentationConfig],
  ['DatabricksSpanProcessor', resolveProcessorOptions],
  ['circuitBreaker', (options) => resolveExporterOptions({ circuitBreaker: options })],
  ['DatabricksExporter', resolveExporterOptions],
  ['DryRunExporter', (options) => new DryRunExporter(options)],
  ['exportLocal', (options) => exportLocal(PROCESSOR, options)],
];

const PROCESSOR = {
  onStart: () => undefined,
  onEnd: () => undefined,
  forceFlush: async () => undefined,
  shutdown: async () => undefined,
};

describe.each(OWNERS)('options of %s on the page', (heading, take) => {
  const rows = firstTable(section(PAGE, heading));

  it('are those that the code takes', () => {
    const message = messageOf(() => take({ noSuchOption: 1 }));
    const allowed = /allowed are (.+)$/.exec(message)?.[1]?.split(', ') ?? [];
    expect(allowed.length).toBeGreaterThan(0);
    expect(rows.map(([name]) => leadingCode(name)).sort()).toEqual([...allowed].sort());
  });

  it('allow what the code allows, where that is an integer', () => {
    for (const [name = '', , allowed = ''] of rows) {
      const message = messageOf(() => take({ [leadingCode(name) ?? '']: 0.5 }));
      const range = /allowed is an integer from (\d+) to (\d+)$/.exec(message);
      if (range !== null) {
        const [, min, max] = range;
        const isUnlimited = Number(max) === Number.MAX_SAFE_INTEGER;
        expect([name, allowed]).toEqual([name, isUnlimited ? `${min} or more` : `${min} to ${max}`]);
      }
    }
  });
});

describe('defaults on the page', () => {
  const processor = resolveProcessorOptions();
  const exporter = resolveExporterOptions();

  it.each<readonly [string, object]>([
    ['DatabricksSqlInstrumentation', resolveInstrumentationConfig()],
    ['DatabricksSpanProcessor', { ...processor, ...processor.hosts, ...processor.exporter }],
    ['DatabricksExporter', exporter],
    ['circuitBreaker', exporter.circuitBreaker],
  ])('%s', (heading, resolved) => {
    let compared = 0;
    for (const [name = '', cell = ''] of firstTable(section(PAGE, heading))) {
      const value = (resolved as Record<string, unknown>)[leadingCode(name) ?? ''];
      const code = leadingCode(cell);
      if (code !== undefined) {
        expect([name, JSON.parse(code.replaceAll("'", '"'))]).toEqual([name, value]);
        compared++;
      } else if (cell === '–') {
        expect([name, value]).toEqual([name, undefined]);
        compared++;
      } else {
        // "see below", "built-in table": a value that can't be written down in a cell.
        expect([name, typeof value]).toEqual([name, 'object']);
      }
    }
    expect(compared).toBeGreaterThan(0);
  });
});

describe('options that only types name, on the page', () => {
  const standalone: Record<Exclude<keyof StandaloneOptions, keyof DatabricksSpanProcessorOptions>, true> = {
    instrumentation: true,
    spanProcessors: true,
    exporter: true,
    sdk: true,
  };
  const connect: Record<keyof DatabricksTelemetryConnectOptions, true> = {
    enableTelemetry: true,
    forceEnableTelemetry: true,
  };

  it.each([
    ['startDatabricksTelemetry', standalone],
    ['Options of connect()', connect],
  ])('%s', (heading, names) => {
    const documented = firstTable(section(PAGE, heading)).map(([name]) => leadingCode(name));
    expect(documented.sort()).toEqual(Object.keys(names).sort());
  });
});

describe('environment variables on the page', () => {
  const documented = codeSpans(section(PAGE, 'Environment variables')).filter((code) =>
    /^[A-Z_]+$/.test(code),
  );

  it('are those that the code reads', () => {
    const ours = new Set<string>();
    for (const name of readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })) {
      if (name.endsWith('.ts')) {
        const source = readFileSync(join(ROOT, 'src', name), 'utf8');
        for (const [, variable = ''] of source.matchAll(/['"](DATABRICKS_[A-Z_]+)['"]/g)) {
          ours.add(variable);
        }
      }
    }
    expect(ours.size).toBeGreaterThan(3);
    expect(documented.filter((name) => name.startsWith('DATABRICKS_')).sort()).toEqual([...ours].sort());
  });
});

function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}
