import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OPENTELEMETRY_NAMES, PROCESSOR_OPTIONS } from '../../src/config.js';
import type { DatabricksTelemetryConnectOptions } from '../../src/instrumentation/connectOptions.js';
import {
  INSTRUMENTATION_OPTIONS,
  OTHER_INSTRUMENTATIONS_NAMES,
  type RequestInfo,
  type ResponseInfo,
} from '../../src/instrumentation/instrumentationConfig.js';
import { optionReference } from '../../tools/optionReference.js';
import { codeSpans, firstTable, leadingCode, ROOT, readPage, section } from './markdown.js';

const PAGE = readPage('docs/options.md');

it('docs/options.md is what the code says (npm run docs:options writes it)', () => {
  expect(PAGE.text).toBe(optionReference());
});

it('the options of connect() on the page are those of the type', () => {
  const names: Record<keyof DatabricksTelemetryConnectOptions, true> = {
    enableTelemetry: true,
    forceEnableTelemetry: true,
  };
  const documented = firstTable(section(PAGE, 'Options of connect()')).map(([name]) => leadingCode(name));
  expect(documented.sort()).toEqual(Object.keys(names).sort());
});

it('the fields that hooks get, on the page, are those of the types', () => {
  const request: Record<keyof RequestInfo, true> = { operation: true, statement: true, request: true };
  const response: Record<keyof ResponseInfo, true> = {
    operation: true,
    statementId: true,
    returnedRows: true,
    error: true,
  };
  const documented = (hook: string) => firstTable(section(PAGE, hook)).map(([name]) => leadingCode(name));
  expect(documented('requestHook')).toEqual(Object.keys(request));
  expect(documented('responseHook')).toEqual(Object.keys(response));
});

it('environment variables on the page are those that the code reads', () => {
  const documented = codeSpans(section(PAGE, 'Environment variables')).filter((code) =>
    /^DATABRICKS_[A-Z_]+$/.test(code),
  );
  const ours = new Set<string>();
  for (const name of readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith('.ts')) {
      const source = readFileSync(join(ROOT, 'src', name), 'utf8');
      for (const [, variable = ''] of source.matchAll(/['"](DATABRICKS_[A-Z]+_[A-Z_]*[A-Z])['"]/g)) {
        ours.add(variable);
      }
    }
  }
  expect(ours.size).toBeGreaterThan(3);
  expect([...new Set(documented)].sort()).toEqual([...ours].sort());
});

describe('names of other packages', () => {
  it.each([
    [OPENTELEMETRY_NAMES, PROCESSOR_OPTIONS],
    [OTHER_INSTRUMENTATIONS_NAMES, INSTRUMENTATION_OPTIONS],
  ])('%o: each stands for an option of ours, and on the page', (foreign, options) => {
    const documented = codeSpans(section(PAGE, 'Names that OpenTelemetry uses'));
    for (const [theirs, ours] of Object.entries(foreign)) {
      expect(Object.keys(options)).toContain(ours);
      expect(Object.keys(options)).not.toContain(theirs);
      expect(documented).toEqual(expect.arrayContaining([theirs, ours]));
    }
  });
});
