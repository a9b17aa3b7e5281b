import { describe, expect, it } from 'vitest';
import { resolveExporterOptions, resolveProcessorOptions } from '../../src/config.js';
import { resolveInstrumentationConfig } from '../../src/instrumentation/instrumentationConfig.js';

type Bad = readonly [option: string, value: unknown, allowed: RegExp];

const BAD_PROCESSOR_OPTIONS: readonly Bad[] = [
  ['enableTelemetry', 'yes', /'enableTelemetry' is a string; allowed is true or false/],
  ['forceEnableTelemetry', 1, /'forceEnableTelemetry' is 1; allowed is true or false/],
  ['authenticatedExport', null, /'authenticatedExport' is null; allowed is true or false/],
  ['tokenProvider', '', /'tokenProvider' is a string; allowed is a token without white space/],
  ['tokenProvider', 'dapi secret', /'tokenProvider' is a string; allowed is a token without white space/],
  ['tokenProvider', 7, /'tokenProvider' is 7; allowed is a function/],
  ['batchSize', 0, /'batchSize' is 0; allowed is an integer from 1 to 10000/],
  ['flushIntervalMs', 1.5, /'flushIntervalMs' is 1.5; allowed is an integer from 1/],
  ['maxQueueSize', -1, /'maxQueueSize' is -1; allowed is an integer from 1/],
  ['maxRecordAgeMs', Number.NaN, /'maxRecordAgeMs' is NaN/],
  ['maxHosts', '9', /'maxHosts' is a string/],
  ['maxLanes', Number.POSITIVE_INFINITY, /'maxLanes' is Infinity/],
  ['maxRetries', 99, /'maxRetries' is 99; allowed is an integer from 0 to 20/],
  ['circuitBreaker', { failureThreshold: 0 }, /'circuitBreaker.failureThreshold' is 0/],
  ['circuitBreaker', { openMs: 'long' }, /'circuitBreaker.openMs' is a string/],
  ['circuitBreaker', { successThreshold: -1 }, /'circuitBreaker.successThreshold' is -1/],
  [
    'circuitBreaker',
    { threshold: 5 },
    /circuitBreaker: there is no option 'threshold'; allowed are failureThreshold/,
  ],
  ['circuitBreaker', 5, /circuitBreaker: the options must be an object, not 5/],
  ['instrumentationScopes', [], /'instrumentationScopes' is a list; allowed is a list of strings/],
  ['instrumentationScopes', 'mine', /'instrumentationScopes' is a string/],
  ['tags', {}, /there is no option 'tags'/],
  ['withhold', ['os.typ'], /Did you mean 'os\.type'/],
  ['maxInFlightStatements', 0, /'maxInFlightStatements' is 0/],
  ['statementTtlMs', 2 ** 31, /'statementTtlMs' is 2147483648; allowed is an integer from 1 to 2147483647/],
  ['shutdownTimeoutMs', 0, /'shutdownTimeoutMs' is 0/],
  ['meterProvider', {}, /'meterProvider' is .*; allowed is a MeterProvider/],
  ['batchsize', 10, /DatabricksSpanProcessor: there is no option 'batchsize'; allowed are .*batchSize/],
];

const BAD_INSTRUMENTATION_OPTIONS: readonly Bad[] = [
  ['enabled', 'no', /'enabled' is a string; allowed is true or false/],
  ['queryText', 'masked', /'queryText' is a string; allowed is 'off' or 'sanitized' or 'raw'/],
  ['queryTextMaxLength', 0, /'queryTextMaxLength' is 0/],
  ['sanitizer', 'x', /'sanitizer' is a string; allowed is a function/],
  ['recordQueryParameters', 'all', /'recordQueryParameters'/],
  ['recordReturnedRows', 1, /'recordReturnedRows' is 1/],
  ['requestHook', true, /'requestHook' is true; allowed is a function/],
  ['responseHook', {}, /'responseHook'/],
  ['requireParentSpan', 0, /'requireParentSpan' is 0/],
  ['suppressNestedSpans', 'true', /'suppressNestedSpans'/],
  ['traceparentQueryTag', 'true', /'traceparentQueryTag'/],
  ['driverTelemetry', 'off', /'driverTelemetry' is a string; allowed is 'replace' or 'keep'/],
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

  it('the error never shows a secret', () => {
    expect(() => resolveProcessorOptions({ tokenProvider: 'dapi very secret' })).toThrow(/^(?!.*secret)/);
  });

  it('an exporter takes no option of the processor', () => {
    expect(() => resolveExporterOptions({ batchSize: 1 } as object)).toThrow(
      /DatabricksExporter: there is no option 'batchSize'/,
    );
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
        maxLanes: 100,
      },
      instrumentationScopes: ['opentelemetry-databricks-sql'],
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
