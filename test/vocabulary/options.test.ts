import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolveExporterOptions, resolveProcessorOptions } from '../../src/config.js';
import { ConnectionHandle } from '../../src/connectionHandle.js';
import { resolveInstrumentationConfig } from '../../src/instrumentation/instrumentationConfig.js';

type Bad = readonly [option: string, value: unknown, allowed: RegExp];

const BAD_PROCESSOR_OPTIONS: readonly Bad[] = [
  ['enableTelemetry', 'yes', /'enableTelemetry' is 'yes'; allowed is true or false/],
  ['forceEnableTelemetry', 1, /'forceEnableTelemetry' is 1; allowed is true or false/],
  ['authenticatedExport', null, /'authenticatedExport' is null; allowed is true or false/],
  [
    'tokenProvider',
    '',
    /'tokenProvider' is a string that is not allowed; allowed is a token without white space/,
  ],
  [
    'tokenProvider',
    'dapi secret',
    /'tokenProvider' is a string that is not allowed; allowed is a token without white space/,
  ],
  ['tokenProvider', 7, /'tokenProvider' is 7; allowed is a token without white space, or a function/],
  ['batchSize', 0, /'batchSize' is 0; allowed is an integer from 1 to 10000/],
  ['flushIntervalMs', 1.5, /'flushIntervalMs' is 1.5; allowed is an integer from 1/],
  ['maxQueueSize', -1, /'maxQueueSize' is -1; allowed is an integer from 1/],
  ['maxRecordAgeMs', Number.NaN, /'maxRecordAgeMs' is NaN/],
  ['maxHosts', '9', /'maxHosts' is '9'/],
  ['maxLanes', Number.POSITIVE_INFINITY, /'maxLanes' is Infinity/],
  ['maxRetries', 99, /'maxRetries' is 99; allowed is an integer from 0 to 20/],
  ['circuitBreaker', { failureThreshold: 0 }, /'circuitBreaker.failureThreshold' is 0/],
  ['circuitBreaker', { openMs: 'long' }, /'circuitBreaker.openMs' is 'long'/],
  ['circuitBreaker', { successThreshold: -1 }, /'circuitBreaker.successThreshold' is -1/],
  [
    'circuitBreaker',
    { threshold: 5 },
    /DatabricksSpanProcessor: there is no option 'circuitBreaker.threshold'; allowed are failureThreshold/,
  ],
  [
    'circuitBreaker',
    5,
    /'circuitBreaker' is 5; allowed is an object of failureThreshold, openMs, successThreshold/,
  ],
  ['instrumentationScopes', [], /'instrumentationScopes' is an empty list; allowed is a list of strings/],
  ['instrumentationScopes', 'mine', /'instrumentationScopes' is 'mine'/],
  ['tags', {}, /there is no option 'tags'/],
  ['withhold', ['os.typ'], /Did you mean 'os\.type'/],
  ['maxInFlightStatements', 0, /'maxInFlightStatements' is 0/],
  ['statementTtlMs', 2 ** 31, /'statementTtlMs' is 2147483648; allowed is an integer from 1 to 2147483647/],
  ['shutdownTimeoutMs', 0, /'shutdownTimeoutMs' is 0/],
  ['meterProvider', {}, /'meterProvider' is an object; allowed is a MeterProvider or false/],
  [
    'batchsize',
    10,
    /DatabricksSpanProcessor: there is no option 'batchsize'; allowed are .*batchSize.* Did you mean 'batchSize'\?/,
  ],
];

const BAD_INSTRUMENTATION_OPTIONS: readonly Bad[] = [
  ['enabled', 'no', /DatabricksSqlInstrumentation: option 'enabled' is 'no'; allowed is true or false/],
  ['queryText', 'masked', /'queryText' is 'masked'; allowed is 'off' or 'sanitized' or 'raw'/],
  ['queryTextMaxLength', 0, /'queryTextMaxLength' is 0/],
  ['sanitizer', 'x', /'sanitizer' is 'x'; allowed is a function/],
  ['recordQueryParameters', 'all', /'recordQueryParameters'/],
  ['recordReturnedRows', 1, /'recordReturnedRows' is 1/],
  ['requestHook', true, /'requestHook' is true; allowed is a function/],
  ['responseHook', {}, /'responseHook'/],
  ['requireParentSpan', 0, /'requireParentSpan' is 0/],
  ['suppressNestedSpans', 'true', /'suppressNestedSpans'/],
  ['traceparentQueryTag', 'true', /'traceparentQueryTag'/],
  ['driverTelemetry', 'off', /'driverTelemetry' is 'off'; allowed is 'replace' or 'keep'/],
  ['statementGraceMs', -1, /'statementGraceMs' is -1/],
  ['statementTtlMs', 0, /'statementTtlMs' is 0/],
  ['maxInFlightStatements', 0, /'maxInFlightStatements' is 0/],
  ['querytext', 'raw', /DatabricksSqlInstrumentation: there is no option 'querytext'/],
];

describe('bad options are named in the error, with what is allowed', () => {
  it.each(BAD_PROCESSOR_OPTIONS)('processor: %s = %o', (option, value, message) => {
    expect(() => resolveProcessorOptions({ [option]: value })).toThrow(message);
    expect(() => resolveProcessorOptions({ [option]: value })).toThrow(TypeError);
  });

  it.each(BAD_INSTRUMENTATION_OPTIONS)('instrumentation: %s = %o', (option, value, message) => {
    expect(() => resolveInstrumentationConfig({ [option]: value })).toThrow(message);
  });

  it.each([
    { tokenProvider: 'dapi very secret' },
    { batchSize: 'dapi00secret11secret22' },
    { enableTelemetry: 'a secret; with (odd) characters' },
    { enableTelemetry: `secret${'x'.repeat(70)}` },
    { dapi1234secret: true },
    { [`secret${'x'.repeat(70)}`]: true },
    { 'the secret': true },
    { circuitBreaker: { dapi1234secret: 1 } },
    { exporter: 'secret1234' },
  ])('never shows what may be a secret: %o', (options) => {
    expect(() => resolveProcessorOptions(options as object)).toThrow(/^(?!.*secret).*allowed (is|are) /);
  });

  it.each([
    [{ maxExportBatchSize: 1 }, "there is no option 'maxExportBatchSize'; here it is called 'batchSize'"],
    [{ scheduledDelayMillis: 1 }, "here it is called 'flushIntervalMs'"],
    [{ flushInterval: 1 }, "Did you mean 'flushIntervalMs'?"],
  ])('%o: the error says our name', (options, message) => {
    expect(() => resolveProcessorOptions(options as object)).toThrow(message);
  });

  it('an instrumentation option of another package', () => {
    expect(() => resolveInstrumentationConfig({ enhancedDatabaseReporting: true } as object)).toThrow(
      "here it is called 'recordQueryParameters'",
    );
  });

  it.each([
    [new (class Settings {})(), 'a Settings'],
    [new Map(), 'a Map'],
    [[], 'an empty list'],
    ['options', "'options'"],
    [null, 'null'],
    [() => undefined, 'a function'],
  ])('options that are no plain object: %o', (options, described) => {
    expect(() => resolveProcessorOptions(options as object)).toThrow(
      `DatabricksSpanProcessor: the options must be a plain object, not ${described}. The call is: ` +
        'new DatabricksSpanProcessor({ exporter: new DryRunExporter() })',
    );
  });

  it('options of another realm, or without a prototype, are plain objects', () => {
    expect(resolveProcessorOptions(runInNewContext('({ batchSize: 7 })')).hosts.batchSize).toBe(7);
    expect(
      resolveProcessorOptions(Object.assign(Object.create(null), { batchSize: 7 })).hosts.batchSize,
    ).toBe(7);
  });

  it('an exporter takes no option of the processor', () => {
    expect(() => resolveExporterOptions({ batchSize: 1 } as object)).toThrow(
      /DatabricksExporter: there is no option 'batchSize'/,
    );
  });
});

describe('what all objects inherit from a polluted Object.prototype is not given', () => {
  const POLLUTED = {
    forceEnableTelemetry: true,
    enableTelemetry: true,
    copyTo: '/tmp/copies',
    exporter: {},
    tokenProvider: 'secret',
    queryText: 'raw',
    recordQueryParameters: true,
    requestHook: () => undefined,
    threshold: 1,
    failureThreshold: 1,
    batchSize: 7,
  };

  beforeEach(() => {
    Object.assign(Object.prototype, POLLUTED);
  });

  afterEach(() => {
    for (const name of Object.keys(POLLUTED)) {
      Reflect.deleteProperty(Object.prototype, name);
    }
  });

  it.each([[{}], [{ circuitBreaker: {} }], [undefined]])('processor: %o', (options) => {
    const { hosts, exporter, givenExporter } = resolveProcessorOptions(options);
    expect(hosts.forceEnableTelemetry).toBeUndefined();
    expect(hosts.enableTelemetry).toBeUndefined();
    expect(hosts.tokenProvider).toBeUndefined();
    expect(hosts.batchSize).toBe(100);
    expect(exporter.copyTo).toBeUndefined();
    expect(exporter.circuitBreaker.failureThreshold).toBe(5);
    expect(givenExporter).toBeUndefined();
  });

  it('instrumentation', () => {
    const { queryText, recordQueryParameters, requestHook } = resolveInstrumentationConfig({});
    expect({ queryText, recordQueryParameters, requestHook }).toEqual({
      queryText: 'sanitized',
      recordQueryParameters: false,
      requestHook: undefined,
    });
  });

  it('but what the options have of their own counts, and a no from anywhere', () => {
    expect(resolveProcessorOptions({ forceEnableTelemetry: true }).hosts.forceEnableTelemetry).toBe(true);
    Object.assign(Object.prototype, { enableTelemetry: false });
    expect(resolveProcessorOptions({}).hosts.enableTelemetry).toBe(false);
  });

  it('a connection handle that says nothing is not forced, and shares no requests', () => {
    Object.assign(Object.prototype, { hasStaticToken: true });
    try {
      const handle = new ConnectionHandle({ driverVersion: '2.1.0', driverProduct: 'Test/2.1.0' });
      expect(handle.telemetry.forceEnableTelemetry).toBeUndefined();
      expect(handle.hasStaticToken).toBe(false);
    } finally {
      Reflect.deleteProperty(Object.prototype, 'hasStaticToken');
    }
  });
});

describe('options that are left out have the documented defaults', () => {
  it('processor', () => {
    expect(resolveProcessorOptions()).toMatchObject({
      exporter: {
        authenticatedExport: true,
        maxRetries: 3,
        circuitBreaker: { failureThreshold: 5, openMs: 60_000, successThreshold: 2 },
      },
      hosts: {
        enableTelemetry: undefined,
        forceEnableTelemetry: undefined,
        tokenProvider: undefined,
        batchSize: 100,
        flushIntervalMs: 5_000,
        maxQueueSize: 20_480,
        maxRecordAgeMs: 900_000,
        maxHosts: 100,
        maxLanes: 2_000,
      },
      instrumentationScopes: ['opentelemetry-databricks-sql'],
      withhold: [],
      maxInFlightStatements: 20_480,
      statementTtlMs: 3_600_000,
      shutdownTimeoutMs: 2_000,
    });
  });

  it('instrumentation', () => {
    expect(resolveInstrumentationConfig()).toEqual({
      enabled: true,
      queryText: 'sanitized',
      queryTextMaxLength: 4_096,
      sanitizer: undefined,
      recordQueryParameters: false,
      recordReturnedRows: false,
      requestHook: undefined,
      responseHook: undefined,
      requireParentSpan: false,
      suppressNestedSpans: false,
      traceparentQueryTag: false,
      driverTelemetry: 'replace',
      statementGraceMs: 5_000,
      statementTtlMs: 3_600_000,
      maxInFlightStatements: 20_480,
    });
  });
});
