import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { recordExporterIn } from '../../src/exporter/opaque.js';
import {
  DatabricksExporter,
  DatabricksSpanProcessor,
  type DatabricksSpanProcessorOptions,
  DryRunExporter,
  startDatabricksTelemetry,
} from '../../src/index.js';
import { connectionHandle, contextOf, statementSpan } from '../support/spans.js';
import { CollectingExporter } from './support/collectingExporter.js';

const RIGHT_CALL = 'new DatabricksSpanProcessor({ exporter: new DryRunExporter() })';

let logged: string[];
let folder: string;
const processors: DatabricksSpanProcessor[] = [];

function make(options?: DatabricksSpanProcessorOptions): DatabricksSpanProcessor {
  const processor = new DatabricksSpanProcessor(options);
  processors.push(processor);
  return processor;
}

/** One statement, and all that comes of it. */
async function runStatement(processor: DatabricksSpanProcessor): Promise<void> {
  const statement = statementSpan();
  const context = contextOf(connectionHandle({ telemetry: { forceEnableTelemetry: true } }));
  processor.onStart(statement, context);
  processor.onEnd(statement);
  await processor.forceFlush();
}

function setLogger(): void {
  const note =
    (level: string) =>
    (...words: unknown[]): void => {
      logged.push([level, ...words].join(' '));
    };
  const ignore = (): void => undefined;
  diag.setLogger(
    { error: note('error'), warn: note('warn'), info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
}

beforeEach(() => {
  logged = [];
  setLogger();
  folder = mkdtempSync(join(tmpdir(), 'options-'));
});

afterEach(async () => {
  await Promise.all(processors.splice(0).map((processor) => processor.shutdown()));
  diag.disable();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

describe('a dry run cannot send by a wrong call', () => {
  it.each<readonly [string, readonly unknown[]]>([
    ['an exporter as the only argument', [new DryRunExporter({ stream: new PassThrough() })]],
    ['an exporter as the second argument', [{}, new DryRunExporter({ stream: new PassThrough() })]],
    ['an exporter of spans as the second argument', [{}, new OTLPTraceExporter()]],
    ['a class instance as the options', [new Map()]],
  ])('%s: a TypeError that shows the right call', (_name, args) => {
    const construct = () => Reflect.construct(DatabricksSpanProcessor, args);
    expect(construct).toThrow(TypeError);
    expect(construct).toThrow(RIGHT_CALL);
  });

  it.each([
    [
      'startDatabricksTelemetry',
      () =>
        Reflect.apply(startDatabricksTelemetry, undefined, [
          {},
          new DryRunExporter({ stream: new PassThrough() }),
        ]),
    ],
    [
      'DatabricksExporter',
      () => Reflect.construct(DatabricksExporter, [{}, new DryRunExporter({ stream: new PassThrough() })]),
    ],
  ])('%s with an exporter behind its options: a TypeError that shows the right call', (_name, call) => {
    expect(call).toThrow(TypeError);
    expect(call).toThrow(RIGHT_CALL);
  });

  it.each<readonly [unknown, string]>([
    [new OTLPTraceExporter(), 'an OTLPTraceExporter'],
    [{ openHost: () => undefined, supportsRoute: () => true }, 'an object'],
    ['console', "'console'"],
    [null, 'null'],
  ])('an exporter that is none of ours: %s', (exporter, described) => {
    expect(() => make({ exporter } as never)).toThrow(
      `option 'exporter' is ${described}; allowed is a DatabricksExporter or a DryRunExporter`,
    );
  });

  it('an exporter of another copy of this package is one of ours', () => {
    expect(() => make({ exporter: new DatabricksExporter() })).not.toThrow();
    const inside = recordExporterIn(new DatabricksExporter());
    const ofAnotherCopy = { [Symbol.for('opentelemetry-databricks-sql/record-exporter/v1')]: inside };
    expect(() => make({ exporter: ofAnotherCopy as never })).not.toThrow();
  });
});

describe('a diag logger of the application that throws', () => {
  let isBroken = false;
  const thrown = (): void => {
    if (isBroken) {
      throw new Error('logger');
    }
  };

  it('reaches nobody: neither from the constructor nor from a hook', async () => {
    diag.disable();
    diag.setLogger(
      { error: thrown, warn: thrown, info: thrown, debug: thrown, verbose: thrown },
      { logLevel: DiagLogLevel.ALL, suppressOverrideMessage: true },
    );
    isBroken = true;
    vi.stubEnv('DATABRICKS_OTEL_QUERY_TXT', 'off');
    vi.stubEnv('DATABRICKS_OTEL_DRY_RUN', join(folder, 'missing', 'x'));
    const processor = make();
    const statement = statementSpan();
    const lying = new Proxy(statement, {
      get: (target, name) => (name === 'attributes' ? thrown() : Reflect.get(target, name)),
    });
    const context = contextOf(connectionHandle());
    processor.onStart(statement, context);
    processor.onEnd(lying);
    await processor.forceFlush();
    isBroken = false;
    expect(processor.stats().internalErrors).toBe(1);
  });
});

describe('DATABRICKS_OTEL_DRY_RUN, however the processor was set up', () => {
  it.each(['no exporter', 'an exporter that sends'])('writes the records, with %s', async (which) => {
    const file = join(folder, 'records.jsonl');
    vi.stubEnv('DATABRICKS_OTEL_DRY_RUN', file);
    const sending = new CollectingExporter();
    await runStatement(make(which === 'no exporter' ? {} : { exporter: sending }));
    expect(readFileSync(file, 'utf8')).toContain('EXECUTE_STATEMENT');
    expect(sending.records).toEqual([]);
  });

  it('leaves a dry run of the application’s as it is', async () => {
    const file = join(folder, 'records.jsonl');
    vi.stubEnv('DATABRICKS_OTEL_DRY_RUN', file);
    const stream = new PassThrough();
    await runStatement(make({ exporter: new DryRunExporter({ stream }) }));
    expect(String(stream.read())).toContain('EXECUTE_STATEMENT');
    expect(() => readFileSync(file)).toThrow('ENOENT');
  });

  it.each<readonly [string, (folder: string) => string]>([
    ['whose folder does not exist', (root) => join(root, 'missing', 'x.jsonl')],
    [
      'that others may read',
      (root) => {
        const file = join(root, 'x.jsonl');
        writeFileSync(file, '', { mode: 0o644 });
        return file;
      },
    ],
  ])('a file %s: an error with the path, and nothing is sent', async (_name, pathIn) => {
    const file = pathIn(folder);
    vi.stubEnv('DATABRICKS_OTEL_DRY_RUN', file);
    const sending = new CollectingExporter();
    const processor = make({ exporter: sending });
    expect(logged).toEqual([
      expect.stringMatching(/^error \S+ DATABRICKS_OTEL_DRY_RUN: '.*' can't be used: .*nothing is sent/),
    ]);
    expect(logged[0]).toContain(`'${file}'`);
    await runStatement(processor);
    expect(sending.records).toEqual([]);
    expect(processor.stats()).toMatchObject({ exported: 0, dropped: { terminal: 1 } });
  });

  it('a word for yes is no path: nothing is sent', async () => {
    vi.stubEnv('DATABRICKS_OTEL_DRY_RUN', 'true');
    const sending = new CollectingExporter();
    await runStatement(make({ exporter: sending }));
    expect(logged).toEqual([
      'error opentelemetry-databricks-sql ' +
        "DATABRICKS_OTEL_DRY_RUN is 'true'; allowed is the path of a file; nothing is sent, and nothing is written",
    ]);
    expect(sending.records).toEqual([]);
  });

  it.each(['', ' ', 'false', 'OFF'])('%o is no dry run', async (value) => {
    vi.stubEnv('DATABRICKS_OTEL_DRY_RUN', value);
    const sending = new CollectingExporter();
    await runStatement(make({ exporter: sending }));
    expect(sending.records).toHaveLength(1);
  });
});

describe("a copyTo that can't be used", () => {
  it.each<readonly [string, (options: { copyTo: string }) => unknown]>([
    ['DatabricksSpanProcessor', (options) => make(options)],
    ['DatabricksExporter', (options) => new DatabricksExporter(options)],
    ['startDatabricksTelemetry', (options) => startDatabricksTelemetry(options)],
  ])('is a TypeError that names the path, and whom the user called: %s', (owner, call) => {
    const copyTo = join(folder, 'missing', 'sent.jsonl');
    expect(() => call({ copyTo })).toThrow(TypeError);
    expect(() => call({ copyTo })).toThrow(
      `${owner}: option 'copyTo': '${copyTo}' can't be used: its folder does not exist`,
    );
  });

  it('in DATABRICKS_OTEL_COPY_TO is one error line', () => {
    const path = join(folder, 'missing', 'sent.jsonl');
    vi.stubEnv('DATABRICKS_OTEL_COPY_TO', path);
    const line = `DATABRICKS_OTEL_COPY_TO: '${path}' can't be used: its folder does not exist; nothing is copied`;
    make();
    expect(logged).toEqual([`error opentelemetry-databricks-sql ${line}`]);
  });
});

describe('what is wrong with the environment is logged once per processor', () => {
  it.each([
    ['DATABRICKS_TELEMETRY_DISABLED', 'disable', /'disable'; allowed is true or false; it counts as true/],
    ['DATABRICKS_OTEL_ENABLE_TELEMETRY', 'disabled', /'disabled'; .*; it counts as false: nothing is sent/],
    ['DATABRICKS_OTEL_FORCE_ENABLE_TELEMETRY', 'yep', /'yep'; allowed is true or false; .* as not set/],
    ['OTEL_SDK_DISABLED', 'yes', /'yes'; allowed is true or false; it counts as false/],
    ['DATABRICKS_TELEMETRY_DISABLED', '', /DATABRICKS_TELEMETRY_DISABLED: set, but empty; .* as not set/],
    ['DATABRICKS_OTEL_ENABLE_TELEMETRY', ' ', /ENABLE_TELEMETRY: set, but empty; that counts as not set/],
    ['DATABRICKS_OTEL_DRY_RUN', '', /DATABRICKS_OTEL_DRY_RUN: set, but empty; that counts as not set/],
    ['DATABRICKS_OTEL_AUTHENTICATED_EXPORT', '', /_EXPORT: set, but empty; that counts as not set/],
    [
      'DATABRICKS_OTEL_QUERY_TXT',
      'off',
      /no environment variable 'DATABRICKS_OTEL_QUERY_TXT'; .*'DATABRICKS_OTEL_QUERY_TEXT'/,
    ],
    [
      'DATABRICKS_OTEL_DRYRUN',
      'x',
      /'DATABRICKS_OTEL_DRYRUN'; it has no effect. Did you mean 'DATABRICKS_OTEL_DRY_RUN'/,
    ],
  ])('%s=%s', async (name, value, message) => {
    vi.stubEnv(name, value);
    const processor = make({ exporter: new CollectingExporter() });
    expect(logged).toEqual([expect.stringMatching(/^warn opentelemetry-databricks-sql /)]);
    expect(logged[0]).toMatch(message);
    await runStatement(processor);
    await runStatement(processor);
    expect(logged).toHaveLength(1);
  });

  it('with the first connection, where the logger is set after the processor was made', async () => {
    vi.stubEnv('DATABRICKS_OTEL_QUERY_TXT', 'off');
    diag.disable();
    const processor = make({ exporter: new CollectingExporter() });
    setLogger();
    expect(logged).toEqual([]);
    await runStatement(processor);
    await runStatement(processor);
    expect(logged).toHaveLength(1);
  });

  it('never shows a value or a name that may be a secret', () => {
    vi.stubEnv('DATABRICKS_OTEL_dapi12345secret', 'x');
    vi.stubEnv('DATABRICKS_OTEL_ENABLE_TELEMETRY', 'dapi12345secret');
    make({ exporter: new CollectingExporter() });
    expect(logged).toHaveLength(2);
    expect(logged.join()).not.toContain('secret');
  });

  it('at most ten names', () => {
    for (let i = 0; i < 50; i++) {
      vi.stubEnv(`DATABRICKS_OTEL_UNKNOWN_${'X'.repeat(i)}`, '1');
    }
    make({ exporter: new CollectingExporter() });
    expect(logged).toHaveLength(10);
  });

  it('nothing, where all is well', () => {
    vi.stubEnv('DATABRICKS_OTEL_ENABLE_TELEMETRY', 'TRUE');
    vi.stubEnv('DATABRICKS_OTEL_BATCH_SIZE', '10');
    vi.stubEnv('DATABRICKS_TELEMETRY_DISABLED', '0');
    vi.stubEnv('OTEL_SDK_DISABLED', 'false');
    make({ exporter: new CollectingExporter() });
    expect(logged).toEqual([]);
  });

  it('a switch that can not be read sends nothing', async () => {
    vi.stubEnv('DATABRICKS_OTEL_ENABLE_TELEMETRY', 'disabled');
    const exporter = new CollectingExporter();
    const processor = make({ exporter });
    processor.onStart(statementSpan(), contextOf(connectionHandle({ telemetry: {} })));
    await processor.forceFlush();
    expect(processor.stats().connections).toMatchObject({ served: 0, disabled: 1 });
  });
});
