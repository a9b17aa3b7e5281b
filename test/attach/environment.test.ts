import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { context, DiagLogLevel, diag, propagation, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PROCESSOR_OPTIONS } from '../../src/config.js';
import { isSdkDisabled, OUR_VARIABLES, reportEnvironment, textIn } from '../../src/environment.js';
import { DRY_RUN_OPTIONS } from '../../src/exporter/dryRunExporter.js';
import { INSTRUMENTATION_OPTIONS } from '../../src/instrumentation/instrumentationConfig.js';
import { systemTags } from '../../src/instrumentation/systemTags.js';
import type { Option } from '../../src/optionTable.js';
import { DatabricksSpanProcessor } from '../../src/processor/databricksSpanProcessor.js';
import { EXPORT_LOCAL_OPTIONS } from '../../src/processor/exportLocal.js';
import { readEnvironmentOptions } from '../../src/standalone/environmentOptions.js';
import { hasGlobalProvider, setContextManager, setPropagator } from '../../src/standalone/globalSetup.js';
import { localProcessors } from '../../src/standalone/localExport.js';
import { ModuleFinder } from '../../src/standalone/moduleFinder.js';
import { registerTelemetry } from '../../src/standalone/registerTelemetry.js';
import { Sdk } from '../../src/standalone/sdk.js';
import {
  batchOptionsByEnvironment,
  samplerByEnvironment,
  spanLimitsByEnvironment,
} from '../../src/standalone/sdkEnvironment.js';
import { Tag } from '../../src/tags/index.js';

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

function finderOf(modules: Readonly<Record<string, object>>): ModuleFinder {
  const finder = new ModuleFinder([]);
  vi.spyOn(finder, 'find').mockImplementation((name) => {
    const exports = modules[name];
    return exports && { exports, finder };
  });
  return finder;
}

/** The SDK's own readers look at the process's environment. */
function setVariables(variables: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(variables)) {
    vi.stubEnv(name, value);
  }
}

beforeEach(() => {
  errors = [];
  const tell = (...words: unknown[]): void => {
    errors.push(words.join(' '));
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
  vi.unstubAllEnvs();
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
      DATABRICKS_OTEL_AUTHENTICATED_EXPORT: 'false',
      DATABRICKS_OTEL_BATCH_SIZE: '7',
      DATABRICKS_OTEL_FLUSH_INTERVAL_MS: ' 250 ',
      DATABRICKS_OTEL_MAX_QUEUE_SIZE: '99',
      DATABRICKS_OTEL_SHUTDOWN_TIMEOUT_MS: '500',
      DATABRICKS_OTEL_DETAIL: 'operations',
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
        authenticatedExport: false,
        batchSize: 7,
        flushIntervalMs: 250,
        maxQueueSize: 99,
        shutdownTimeoutMs: 500,
      },
      local: { detail: 'operations' },
    });
    expect(errors).toEqual([]);
  });

  it('one that is empty is one that is not set', () => {
    expect(readEnvironmentOptions({ DATABRICKS_OTEL_BATCH_SIZE: ' ' }).processor).toEqual({});
    expect(errors).toEqual([]);
  });

  it('those of the gate are left to the gate, which reads them for every connection', () => {
    const options = readEnvironmentOptions({
      DATABRICKS_OTEL_ENABLE_TELEMETRY: 'no',
      DATABRICKS_OTEL_FORCE_ENABLE_TELEMETRY: 'no',
    });
    expect(options).toEqual({ instrumentation: {}, processor: {}, local: {} });
  });

  it.each([
    ['DATABRICKS_OTEL_QUERY_TEXT_MAX_LENGTH', '-1', 'an integer from 1 to 65536; the default is used'],
    ['DATABRICKS_OTEL_REQUIRE_PARENT_SPAN', 'maybe', 'true or false; the default is used'],
    ['DATABRICKS_OTEL_RECORD_QUERY_PARAMETERS', 'maybe', 'true or false; the default is used'],
    ['DATABRICKS_OTEL_BATCH_SIZE', '1e99', 'an integer from 1 to 10000; the default is used'],
    ['DATABRICKS_OTEL_DETAIL', 'none', "'statements' or 'operations'; the default is used"],
  ])('%s=%s is logged with what is allowed, and left out', (variable, value, allowed) => {
    expect(readEnvironmentOptions({ [variable]: value })).toEqual({
      instrumentation: {},
      processor: {},
      local: {},
    });
    expect(errors).toEqual([`opentelemetry-databricks-sql ${variable} is '${value}'; allowed is ${allowed}`]);
  });

  it.each([
    ['DATABRICKS_OTEL_QUERY_TEXT', 'non', { instrumentation: { queryText: 'off' } }],
    ['DATABRICKS_OTEL_AUTHENTICATED_EXPORT', 'of', { processor: { authenticatedExport: false } }],
  ])(
    '%s=%s: a switch that turns something off counts as off if it can not be read',
    (variable, value, read) => {
      expect(readEnvironmentOptions({ [variable]: value })).toMatchObject(read);
      expect(errors).toEqual([expect.stringContaining(`${variable} is '${value}'`)]);
    },
  );

  it('each is the variable of one option, or one of two that stand alone, and no other is known', () => {
    const variables = [
      ...Object.values<Option<unknown>>(INSTRUMENTATION_OPTIONS),
      ...Object.values<Option<unknown>>(PROCESSOR_OPTIONS),
      ...Object.values<Option<unknown>>(EXPORT_LOCAL_OPTIONS),
      ...Object.values<Option<unknown>>(DRY_RUN_OPTIONS),
    ].flatMap(({ variable }) => variable ?? []);
    // Of the exporter that a processor makes by itself, and of `register`: no option of their own.
    const others = ['DATABRICKS_OTEL_COPY_TO', 'DATABRICKS_OTEL_INSPECT'];
    expect([...variables, ...others].sort()).toEqual([...OUR_VARIABLES].sort());
  });
});

/** As a careless merge of somebody's JSON leaves it: `process.env` inherits the member, as every object does. */
describe('variables that stand in a polluted Object.prototype', () => {
  const names = [...OUR_VARIABLES, 'DATABRICKS_TELEMETRY_DISABLED', 'OTEL_SDK_DISABLED', 'OTEL_LOG_LEVEL'];

  function pollute(name: string, value: unknown): void {
    Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
  }

  afterEach(() => {
    for (const name of [...names, 'LC_ALL']) {
      Reflect.deleteProperty(Object.prototype, name);
    }
  });

  it.each(['true', '7', 'inherited.jsonl', 7, true, {}])('%j: none is set', (value) => {
    for (const name of names) {
      pollute(name, value);
    }
    expect(names.map((name) => textIn(process.env, name))).toEqual(names.map(() => undefined));
    expect(isSdkDisabled(process.env)).toBe(false);
    expect(readEnvironmentOptions(process.env)).toEqual({ instrumentation: {}, processor: {}, local: {} });
    reportEnvironment(process.env);
    expect(errors).toEqual([]);
  });

  it('no file is written', async () => {
    const file = join(tmpdir(), `inherited-${randomUUID()}.jsonl`);
    for (const name of ['DATABRICKS_OTEL_COPY_TO', 'DATABRICKS_OTEL_DRY_RUN']) {
      pollute(name, file);
    }
    await new DatabricksSpanProcessor().shutdown();
    expect(existsSync(file)).toBe(false);
  });

  it('LC_ALL is not the locale', () => {
    vi.stubEnv('LC_ALL', undefined);
    vi.stubEnv('LC_MESSAGES', 'sv_SE.UTF-8');
    pollute('LC_ALL', 'is_IS.UTF-8');
    expect(systemTags()[Tag.locale]).toBe('sv_SE');
  });
});

describe('standard variables', () => {
  const samples = (variables: Record<string, string>): boolean => {
    setVariables(variables);
    const sampler = samplerByEnvironment(projectSdk());
    return sampler.shouldSample(ROOT_CONTEXT, TRACE_ID, 'span', SpanKind.CLIENT, {}, []).decision === 2;
  };

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
  ])('%o is logged, and everything is sampled', (environment, message) => {
    expect(samples(environment as Record<string, string>)).toBe(true);
    expect(errors).toEqual([expect.stringMatching(message)]);
  });

  it('batches and limits, for an SDK that does not read them: the narrower variable wins', () => {
    setVariables({
      OTEL_BSP_SCHEDULE_DELAY: '10',
      OTEL_BSP_MAX_QUEUE_SIZE: 'x',
      OTEL_ATTRIBUTE_COUNT_LIMIT: '5',
      OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '6',
      OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '7',
    });
    expect(batchOptionsByEnvironment(projectSdk())).toEqual({ scheduledDelayMillis: 10 });
    expect(errors).toEqual([expect.stringContaining('OTEL_BSP_MAX_QUEUE_SIZE')]);
    expect(spanLimitsByEnvironment(projectSdk())).toEqual({
      attributeCountLimit: 6,
      attributeValueLengthLimit: 7,
    });
  });

  it('batches and limits are left to an SDK that reads them', () => {
    setVariables({ OTEL_BSP_SCHEDULE_DELAY: '10', OTEL_ATTRIBUTE_COUNT_LIMIT: '5' });
    const base = Sdk.of(createRequire(import.meta.url)('@opentelemetry/sdk-trace-base'), PROJECT);
    expect(base && [batchOptionsByEnvironment(base), spanLimitsByEnvironment(base)]).toEqual([{}, {}]);
  });

  it.each([
    ['otlp', 1],
    ['otlp,console', 2],
    ['console, none', 1],
    ['none', 0],
    ['', 1],
  ])('OTEL_TRACES_EXPORTER=%s makes %i processors', async (exporters, count) => {
    setVariables({ OTEL_TRACES_EXPORTER: exporters });
    const processors = localProcessors(projectSdk(), {});
    expect(processors).toHaveLength(count);
    expect(errors).toEqual([]);
    await Promise.all(processors.map((processor) => processor.shutdown()));
  });

  it.each([
    [{ OTEL_TRACES_EXPORTER: 'zipkin' }, 0, /OTEL_TRACES_EXPORTER is 'zipkin'.*it is left out/],
    [{ OTEL_TRACES_EXPORTER: 'zipkin,otlp' }, 1, /OTEL_TRACES_EXPORTER is 'zipkin'.*it is left out/],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/xml' }, 1, /PROTOCOL is 'http\/xml'.*http\/protobuf is used/],
  ])('%o is logged, with what becomes of it', async (environment, count, message) => {
    setVariables(environment as Record<string, string>);
    const processors = localProcessors(projectSdk(), {});
    expect(processors).toHaveLength(count);
    expect(errors).toEqual([expect.stringMatching(message)]);
    await Promise.all(processors.map((processor) => processor.shutdown()));
  });

  it('without an OTLP exporter: what to install', () => {
    const module = createRequire(import.meta.url)('@opentelemetry/sdk-trace-base') as object;
    const core = createRequire(import.meta.url)('@opentelemetry/core') as object;
    const sdk = Sdk.of(module, finderOf({ '@opentelemetry/core': core }));
    setVariables({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' });
    expect(sdk && localProcessors(sdk, {})).toEqual([]);
    expect(errors).toEqual([expect.stringContaining('npm install @opentelemetry/exporter-trace-otlp-grpc')]);
  });

  it.each<readonly [string, readonly string[], readonly unknown[]]>([
    ['', ['traceparent', 'tracestate', 'baggage'], []],
    ['baggage', ['baggage'], []],
    ['none', [], []],
    ['b3', [], [expect.stringMatching(/OTEL_PROPAGATORS is 'b3'; allowed is .*; it is left out/)]],
    ['b3,baggage', ['baggage'], [expect.stringContaining("'b3'")]],
  ])('OTEL_PROPAGATORS=%s', (text, fields, logged) => {
    setVariables({ OTEL_PROPAGATORS: text });
    setPropagator(projectSdk());
    expect(propagation.fields()).toEqual(fields);
    expect(errors).toEqual(logged);
  });
});

describe('register where something is missing', () => {
  it('no SDK: says what to install, sets nothing, and the application runs on', () => {
    const registered = registerTelemetry({}, NOWHERE);
    expect(errors).toEqual([]);
    registered?.onDriver();
    registered?.onDriver();
    expect(errors).toEqual([expect.stringContaining('npm install @opentelemetry/sdk-trace')]);
    expect(hasGlobalProvider()).toBe(false);
    expect(registered?.instrumentation.isEnabled()).toBe(false);
  });

  it('OTEL_SDK_DISABLED: silence', () => {
    expect(registerTelemetry({ OTEL_SDK_DISABLED: 'True' }, PROJECT)).toBeUndefined();
    expect(errors).toEqual([]);
  });

  it('nothing is set before the driver is there, and nothing after the end', async () => {
    const registered = registerTelemetry({}, PROJECT);
    expect(hasGlobalProvider()).toBe(false);
    expect(propagation.fields()).toEqual([]);
    await registered?.shutdown();
    registered?.onDriver();
    expect(hasGlobalProvider()).toBe(false);
    expect(registered?.instrumentation.isEnabled()).toBe(false);
    expect(errors).toEqual([]);
  });

  it('a provider that is there already: it makes the spans, and not a word about it', async () => {
    trace.setGlobalTracerProvider(projectSdk().startProvider({ spanProcessors: [] }));
    expect(hasGlobalProvider()).toBe(true);
    const registered = registerTelemetry({}, PROJECT);
    expect(registered?.onDriver()).toBeInstanceOf(DatabricksSpanProcessor);
    expect(errors).toEqual([]);
    expect(propagation.fields()).toEqual([]);
    expect(registered?.instrumentation.isEnabled()).toBe(true);
    await registered?.shutdown();
    expect(registered?.instrumentation.isEnabled()).toBe(false);
  });

  it('everything there: a provider, a context manager and a propagator, and an end to it', async () => {
    setVariables({ OTEL_TRACES_EXPORTER: 'none' });
    const registered = registerTelemetry({}, PROJECT);
    expect(registered?.onDriver()).toBeUndefined();
    expect(errors).toEqual([]);
    expect(hasGlobalProvider()).toBe(true);
    expect(propagation.fields()).toContain('traceparent');
    await registered?.shutdown();
    await registered?.shutdown();
    expect(registered?.instrumentation.isEnabled()).toBe(false);
  });

  it('a module that is broken: logged, and the application runs on', () => {
    const broken = new ModuleFinder([import.meta.filename]);
    vi.spyOn(broken, 'find').mockImplementation(() => {
      throw new Error('broken');
    });
    registerTelemetry({}, broken)?.onDriver();
    expect(errors).toEqual([expect.stringContaining('the start failed')]);
  });

  it('a switch that can not be read, where there is a provider already: logged once', async () => {
    trace.setGlobalTracerProvider(projectSdk().startProvider({ spanProcessors: [] }));
    setVariables({ DATABRICKS_OTEL_QUERY_TXT: 'off' });
    const registered = registerTelemetry({}, PROJECT);
    registered?.onDriver();
    expect(errors).toEqual([expect.stringContaining("'DATABRICKS_OTEL_QUERY_TXT'")]);
    await registered?.shutdown();
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
