import { DiagLogLevel, diag } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ExportFailures, ensureLogger } from '../../src/standalone/diagnostics.js';

let written: string[];

const write = (...words: unknown[]): void => {
  written.push(words.join(' '));
};
const TARGET = { error: write, warn: write, info: write, debug: write, verbose: write };
const ignore = (): void => undefined;

beforeEach(() => {
  diag.disable();
  written = [];
});

afterEach(() => {
  diag.disable();
  vi.useRealTimers();
});

describe('where nobody has set a logger', () => {
  it('warnings and errors are one line each, the rest is silent', () => {
    ensureLogger({}, TARGET);
    diag.error('first\n  second');
    diag.warn('third', Object.assign(new Error('fourth\nfifth'), { code: 'CODE' }));
    diag.info('info');
    diag.debug('debug');
    expect(written).toEqual(['first second', 'third fourth fifth CODE']);
  });

  it('a line is no longer than a thousand characters', () => {
    ensureLogger({}, TARGET);
    diag.error('x'.repeat(5_000));
    expect(written[0]).toHaveLength(1_000);
  });

  it('the application may set its own later, without a word of ours', () => {
    ensureLogger({}, TARGET);
    diag.setLogger({ error: ignore, warn: ignore, info: ignore, debug: ignore, verbose: ignore });
    expect(written).toEqual([]);
  });

  it.each([
    ['ERROR', ['e']],
    ['warn', ['e', 'w']],
    ['all', ['e', 'w', 'i', 'd', 'v']],
    ['none', []],
  ])('OTEL_LOG_LEVEL=%s says what is logged', (text, expected) => {
    ensureLogger({ OTEL_LOG_LEVEL: text }, TARGET);
    written = [];
    diag.error('e');
    diag.warn('w');
    diag.info('i');
    diag.debug('d');
    diag.verbose('v');
    expect(written.filter((line) => line.length === 1).sort()).toEqual([...expected].sort());
  });

  it('an OTEL_LOG_LEVEL that does not exist is logged, and info is used', () => {
    ensureLogger({ OTEL_LOG_LEVEL: 'loud' }, TARGET);
    diag.info('heard');
    expect(written.join('\n')).toMatch(/OTEL_LOG_LEVEL is 'loud'; allowed is none, error, .*; info is used/);
    expect(written).toContain('heard');
  });
});

it('a logger that is set already stays, also with OTEL_LOG_LEVEL', () => {
  const warn = vi.fn();
  diag.setLogger({ error: ignore, warn, info: ignore, debug: ignore, verbose: ignore }, DiagLogLevel.WARN);
  ensureLogger({ OTEL_LOG_LEVEL: 'error' }, TARGET);
  ensureLogger({}, TARGET);
  diag.warn('heard');
  expect(warn.mock.calls).toEqual([['heard']]);
});

describe('what could not be exported', () => {
  it('is one line per minute', () => {
    vi.useFakeTimers();
    ensureLogger({}, TARGET);
    const failures = new ExportFailures();
    failures.report(new Error('first'));
    failures.report(new Error('second'));
    vi.advanceTimersByTime(60_000);
    failures.report(new Error('third'));
    expect(written).toEqual([
      'opentelemetry-databricks-sql spans could not be exported to your backend: first',
      'opentelemetry-databricks-sql spans could not be exported to your backend: third',
    ]);
  });

  it.each<readonly [text: string, error: unknown]>([
    ['Not Found 404', Object.assign(new Error('Not Found'), { code: 404 })],
    ['E: refused', Object.assign(new AggregateError([new Error('refused')]), { code: 'E' })],
    ['failed: deeper', new Error('failed', { cause: new Error('deeper') })],
    ['one of a list', [new Error('one of a list')]],
    ['a string', 'a string'],
    ['undefined', undefined],
    ['to http://host/v1 failed', new Error('to http://user:secret@host/v1 failed')],
  ])('is told by %s', (text, error) => {
    ensureLogger({}, TARGET);
    new ExportFailures().report(error);
    expect(written).toEqual([expect.stringMatching(new RegExp(`your backend: ${text}$`))]);
  });

  it('is told also where the error lies', () => {
    const lying = {
      get message() {
        throw new Error('lies');
      },
    };
    ensureLogger({}, TARGET);
    new ExportFailures().report(lying);
    expect(written[0]).toContain('an error that can not be read');
  });
});
