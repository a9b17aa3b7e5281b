import { createRequire } from 'node:module';
import {
  context,
  DiagConsoleLogger,
  DiagLogLevel,
  diag,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  trace,
} from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readEnvironmentOptions } from '../../src/standalone/environmentOptions.js';
import { hasGlobalProvider, setContextManager, setPropagator } from '../../src/standalone/globalSetup.js';
import { localProcessors } from '../../src/standalone/localExport.js';
import { ModuleFinder } from '../../src/standalone/moduleFinder.js';
import { registerTelemetry } from '../../src/standalone/registerTelemetry.js';
import { Sdk } from '../../src/standalone/sdk.js';
import {
  batchOptionsByEnvironment,
  logByEnvironment,
  samplerByEnvironment,
  spanLimitsByEnvironment,
} from '../../src/standalone/sdkEnvironment.js';

const PROJECT = new ModuleFinder([import.meta.filename]);
const NOWHERE = new ModuleFinder([]);
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';

let errors: string[];

function projectSdk(): Sdk {
  const sdk = Sdk.find(PROJECT);
  if (sdk === undefined) {
    throw new Error('this project has an SDK');
  }
  return sdk;
}

beforeEach(() => {
  errors = [];
  const tell = (message: string): void => {
    errors.push(message);
  };
  const ignore = (): void => undefined;
  diag.setLogger(
    { error: tell, warn: tell, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
});

afterEach(() => {
  diag.disable();
  trace.disable();
  context.disable();
  propagation.disable();
});

describe('DATABRICKS_OTEL_* variables', () => {
  it('each becomes its option', () => {
    const options = readEnvironmentOptions({
      DATABRICKS_OTEL_QUERY_TEXT: 'OFF',
      DATABRICKS_OTEL_QUERY_TEXT_MAX_LENGTH: '100',
      DATABRICKS_OTEL_RECORD_QUERY_PARAMETERS: 'yes',
      DATABRICKS_OTEL_RECORD_RETURNED_ROWS: 'on',
      DATABRICKS_OTEL_REQUIRE_PARENT_SPAN: '1',
      DATABRICKS_OTEL_SUPPRESS_NESTED_SPANS: 'on',
      DATABRICKS_OTEL_TRACEPARENT_QUERY_TAG: 'true',
      DATABRICKS_OTEL_DRIVER_TELEMETRY: 'keep',
      DATABRICKS_OTEL_ENABLE_TELEMETRY: 'no',
      DATABRICKS_OTEL_AUTHENTICATED_EXPORT: 'false',
      DATABRICKS_OTEL_BATCH_SIZE: '7',
      DATABRICKS_OTEL_FLUSH_INTERVAL_MS: ' 250 ',
      DATABRICKS_OTEL_MAX_QUEUE_SIZE: '99',
      DATABRICKS_OTEL_SHUTDOWN_TIMEOUT_MS: '500',
      DATABRICKS_OTEL_DETAIL: 'operations',
      DATABRICKS_OTEL_DRY_RUN: 'Records.jsonl',
    });
    expect(options).toEqual({
      instrumentation: {
        queryText: 'off',
        queryTextMaxLength: 100,
        recordQueryParameters: true,
        recordReturnedRows: true,
        requireParentSpan: true,
        suppressNestedSpans: true,
        traceparentQueryTag: true,
        driverTelemetry: 'keep',
      },
      processor: {
        enableTelemetry: false,
        authenticatedExport: false,
        batchSize: 7,
        flushIntervalMs: 250,
        maxQueueSize: 99,
        shutdownTimeoutMs: 500,
      },
      local: { detail: 'operations' },
      dryRun: { file: 'Records.jsonl' },
    });
    expect(errors).toEqual([]);
  });

  it('one that is empty is one that is not set', () => {
    expect(readEnvironmentOptions({ DATABRICKS_OTEL_BATCH_SIZE: ' ' }).processor).toEqual({});
    expect(errors).toEqual([]);
  });

  it.each([
    ['DATABRICKS_OTEL_QUERY_TEXT', 'everything', "'off' or 'sanitized' or 'raw'"],
    ['DATABRICKS_OTEL_QUERY_TEXT_MAX_LENGTH', '-1', 'an integer'],
    ['DATABRICKS_OTEL_REQUIRE_PARENT_SPAN', 'maybe', 'true or false'],
    ['DATABRICKS_OTEL_BATCH_SIZE', '1e99', 'an integer'],
    ['DATABRICKS_OTEL_DETAIL', 'none', "'statements' or 'operations'"],
    ['DATABRICKS_OTEL_DRY_RUN', 'a\0b', 'the path of a file'],
  ])('%s=%s is told of, and left out', (variable, value, allowed) => {
    expect(readEnvironmentOptions({ [variable]: value })).toEqual({
      instrumentation: {},
      processor: {},
      local: {},
      dryRun: {},
    });
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(variable);
    expect(errors[0]).toContain(allowed);
  });
});

describe('standard variables', () => {
  const samples = (environment: Record<string, string>): boolean =>
    samplerByEnvironment(environment, projectSdk()).shouldSample(
      ROOT_CONTEXT,
      TRACE_ID,
      'span',
      SpanKind.CLIENT,
      {},
      [],
    ).decision === 2;

  it.each([
    [{}, true],
    [{ OTEL_TRACES_SAMPLER: 'always_on' }, true],
    [{ OTEL_TRACES_SAMPLER: 'always_off' }, false],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }, false],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio' }, true],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_always_on' }, true],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, false],
    [{ OTEL_TRACES_SAMPLER: 'Parentbased_TraceIdRatio', OTEL_TRACES_SAMPLER_ARG: '0.0' }, false],
  ])('%o: the root span is sampled: %s', (environment, sampled) => {
    expect(samples(environment)).toBe(sampled);
    expect(errors).toEqual([]);
  });

  it.each([
    [{ OTEL_TRACES_SAMPLER: 'sometimes' }, /OTEL_TRACES_SAMPLER .*parentbased_always_on is used/],
    [{ OTEL_TRACES_SAMPLER: 'toString' }, /OTEL_TRACES_SAMPLER /],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '2' }, /OTEL_TRACES_SAMPLER_ARG/],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: 'half' }, /OTEL_TRACES_SAMPLER_ARG/],
  ])('%o is told of, and everything is sampled', (environment, message) => {
    expect(samples(environment as Record<string, string>)).toBe(true);
    expect(errors).toEqual([expect.stringMatching(message)]);
  });

  it('batches and limits: the narrower variable wins, and what is no number is told of', () => {
    expect(
      batchOptionsByEnvironment({ OTEL_BSP_SCHEDULE_DELAY: '10', OTEL_BSP_MAX_QUEUE_SIZE: 'x' }),
    ).toEqual({
      scheduledDelayMillis: 10,
    });
    expect(errors).toEqual([expect.stringContaining('OTEL_BSP_MAX_QUEUE_SIZE')]);
    expect(
      spanLimitsByEnvironment({
        OTEL_ATTRIBUTE_COUNT_LIMIT: '5',
        OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '6',
        OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '7',
      }),
    ).toEqual({ attributeCountLimit: 6, attributeValueLengthLimit: 7 });
  });

  it.each([
    ['otlp', 1],
    ['otlp,console', 2],
    ['console, none', 1],
    ['none', 0],
    ['', 1],
  ])('OTEL_TRACES_EXPORTER=%s makes %i processors', async (exporters, count) => {
    const environment = { OTEL_TRACES_EXPORTER: exporters };
    const processors = localProcessors(environment, projectSdk(), {});
    expect(processors).toHaveLength(count);
    expect(errors).toEqual([]);
    await Promise.all(processors.map((processor) => processor.shutdown()));
  });

  it.each([
    [{ OTEL_TRACES_EXPORTER: 'pigeon' }, 0, /OTEL_TRACES_EXPORTER is 'pigeon'/],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/xml' }, 1, /OTEL_EXPORTER_OTLP_PROTOCOL is 'http\/xml'/],
  ])('%o is told of', async (environment, count, message) => {
    const processors = localProcessors(environment as Record<string, string>, projectSdk(), {});
    expect(processors).toHaveLength(count);
    expect(errors).toEqual([expect.stringMatching(message)]);
    await Promise.all(processors.map((processor) => processor.shutdown()));
  });

  it('without an OTLP exporter: what to install', () => {
    const module = createRequire(import.meta.url)('@opentelemetry/sdk-trace-base') as object;
    const sdk = Sdk.of(module, NOWHERE);
    expect(sdk && localProcessors({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, sdk, {})).toEqual([]);
    expect(errors).toEqual([expect.stringContaining('npm install @opentelemetry/exporter-trace-otlp-grpc')]);
  });

  it('OTEL_PROPAGATORS: the default ones, the named ones, none, and bad ones told of', () => {
    setPropagator({}, PROJECT);
    expect(propagation.fields()).toEqual(['traceparent', 'tracestate', 'baggage']);
    propagation.disable();
    setPropagator({ OTEL_PROPAGATORS: 'baggage' }, PROJECT);
    expect(propagation.fields()).toEqual(['baggage']);
    propagation.disable();
    setPropagator({ OTEL_PROPAGATORS: 'none' }, PROJECT);
    expect(propagation.fields()).toEqual([]);
    expect(errors).toEqual([]);
    setPropagator({ OTEL_PROPAGATORS: 'smoke' }, PROJECT);
    expect(errors).toEqual([expect.stringContaining('smoke')]);
  });

  it.each([
    ['ERROR', DiagLogLevel.ERROR],
    ['all', DiagLogLevel.ALL],
    ['loud', DiagLogLevel.INFO],
  ])('OTEL_LOG_LEVEL=%s: the diagnostics go to the console from that level on', (text, logLevel) => {
    const setLogger = vi.spyOn(diag, 'setLogger').mockImplementation(() => true);
    logByEnvironment({ OTEL_LOG_LEVEL: text });
    expect(setLogger).toHaveBeenCalledWith(
      expect.any(DiagConsoleLogger),
      expect.objectContaining({ logLevel }),
    );
    expect(errors).toHaveLength(text === 'loud' ? 1 : 0);
    setLogger.mockRestore();
  });

  it('without OTEL_LOG_LEVEL the diagnostics are left as they are', () => {
    logByEnvironment({});
    diag.warn('heard');
    expect(errors).toEqual(['heard']);
  });
});

describe('register where something is missing', () => {
  it('no SDK: says what to install, sets nothing, and the application runs on', () => {
    expect(registerTelemetry({}, NOWHERE)).toBeUndefined();
    expect(errors).toEqual([expect.stringContaining('npm install @opentelemetry/sdk-trace')]);
    expect(hasGlobalProvider()).toBe(false);
  });

  it('OTEL_SDK_DISABLED: silence', () => {
    expect(registerTelemetry({ OTEL_SDK_DISABLED: 'True' }, PROJECT)).toBeUndefined();
    expect(errors).toEqual([]);
  });

  it('a provider that is there already: only the instrumentation, and a word about it', async () => {
    trace.setGlobalTracerProvider(projectSdk().startProvider({ spanProcessors: [] }));
    expect(hasGlobalProvider()).toBe(true);
    const registered = registerTelemetry({}, PROJECT);
    expect(errors).toEqual([expect.stringContaining('registered already')]);
    expect(registered?.instrumentation.isEnabled()).toBe(true);
    await registered?.shutdown();
    expect(registered?.instrumentation.isEnabled()).toBe(false);
  });

  it('everything there: a provider, a context manager and a propagator, and an end to it', async () => {
    const registered = registerTelemetry({ OTEL_TRACES_EXPORTER: 'none' }, PROJECT);
    expect(errors).toEqual([]);
    expect(hasGlobalProvider()).toBe(true);
    expect(propagation.fields()).toContain('traceparent');
    await registered?.shutdown();
    await registered?.shutdown();
    expect(registered?.instrumentation.isEnabled()).toBe(false);
  });

  it('a module that is broken: told of, and the application runs on', () => {
    const broken = new ModuleFinder([import.meta.filename]);
    vi.spyOn(broken, 'find').mockImplementation(() => {
      throw new Error('broken');
    });
    expect(registerTelemetry({}, broken)).toBeUndefined();
    expect(errors).toEqual([expect.stringContaining('the start failed')]);
  });

  it('without the SDK’s context manager there is one that keeps the context over await', async () => {
    setContextManager(NOWHERE);
    const key = Symbol('key');
    const set = ROOT_CONTEXT.setValue(key, 'value');
    const seen = await context.with(set, async () => {
      await Promise.resolve();
      return context.active().getValue(key);
    });
    expect(seen).toBe('value');
    expect(context.bind(set, () => context.active().getValue(key))()).toBe('value');
    expect(context.bind(set, 'not a function')).toBe('not a function');
    expect(context.active()).toBe(ROOT_CONTEXT);
  });
});
