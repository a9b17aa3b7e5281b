import type { Attributes, BatchObservableResult, MeterProvider } from '@opentelemetry/api';
import type { Guard } from '../guard.js';
import { logDebug } from '../log.js';
import type { HostStats, HostsStats } from '../stats.js';
import { Tag } from '../tags/index.js';
import { INSTRUMENTATION_SCOPE, VERSION } from '../version.js';

/** `otel.component.type` of all metrics. */
export const COMPONENT_TYPE = 'databricks_span_processor';
/** What became of a request or a connection; with `error.type` where that is a failure. */
export const ATTR_OUTCOME = 'databricks.telemetry.outcome';

const BREAKER_STATE_VALUES = { closed: 0, 'half-open': 1, open: 2 } as const;
const SUCCESS_STATUS = /^2\d\d$/;
const MS_PER_SECOND = 1_000;

/**
 * Offers the statistics as OpenTelemetry metrics: one snapshot per collection, nothing in between. Whatever the
 * provider throws or gives ends here.
 *
 * @param stats makes the snapshot
 * @param guard counts what the provider fails at
 * @param componentName `otel.component.name`; processors that share a MeterProvider need different ones
 * @returns stops it
 */
export function registerMetrics(
  meterProvider: MeterProvider,
  stats: () => HostsStats,
  guard: Guard,
  componentName: string = `${COMPONENT_TYPE}/0`,
): () => void {
  const component = { 'otel.component.type': COMPONENT_TYPE, 'otel.component.name': componentName };
  const register = (): (() => void) => {
    const meter = meterProvider.getMeter(INSTRUMENTATION_SCOPE, VERSION);
    const instruments = createInstruments(meter);
    const observe = (result: BatchObservableResult): void => {
      try {
        observeAll(result, instruments, stats(), component);
      } catch (error) {
        logDebug('the metrics could not be observed', error);
      }
    };
    const observables = Object.values(instruments);
    meter.addBatchObservableCallback(observe, observables);
    return () => meter.removeBatchObservableCallback(observe, observables);
  };
  const unregister = guard.call('meterProvider', register);
  return () => {
    if (unregister !== undefined) {
      guard.call('meterProvider', unregister);
    }
  };
}

type Meter = ReturnType<MeterProvider['getMeter']>;
type Instruments = ReturnType<typeof createInstruments>;

function createInstruments(meter: Meter) {
  return {
    queueSize: meter.createObservableUpDownCounter('otel.sdk.processor.span.queue.size', {
      unit: '{span}',
      description: 'Records that wait to be sent.',
    }),
    queueCapacity: meter.createObservableUpDownCounter('otel.sdk.processor.span.queue.capacity', {
      unit: '{span}',
      description: 'Records that may wait, over all hosts that are open.',
    }),
    processed: meter.createObservableCounter('otel.sdk.processor.span.processed', {
      unit: '{span}',
      description: 'Records that are done with: sent, or dropped for the reason in error.type.',
    }),
    inFlight: meter.createObservableUpDownCounter('otel.sdk.exporter.span.inflight', {
      unit: '{span}',
      description: 'Records in export requests under way.',
    }),
    exported: meter.createObservableCounter('otel.sdk.exporter.span.exported', {
      unit: '{span}',
      description: 'Records whose export has ended; error.type if Databricks did not keep them.',
    }),
    breakerState: meter.createObservableGauge('databricks.telemetry.breaker.state', {
      unit: '1',
      description: "State of the host's circuit breaker: 0 closed, 1 half-open, 2 open.",
    }),
    breakerOpenDuration: meter.createObservableGauge('databricks.telemetry.breaker.open_duration', {
      unit: 's',
      description: "For how long the host's circuit breaker has not been closed; 0 while it is.",
    }),
    breakerTransitions: meter.createObservableCounter('databricks.telemetry.breaker.transitions', {
      unit: '{transition}',
      description: 'How often a circuit breaker has changed its state.',
    }),
    flagFetches: meter.createObservableCounter('databricks.telemetry.flag.fetches', {
      unit: '{request}',
      description: 'Requests for the feature flag; error.type if they failed.',
    }),
    exportRequests: meter.createObservableCounter('databricks.telemetry.export.requests', {
      unit: '{request}',
      description: 'Export requests, retries included; error.type if they failed.',
    }),
    connections: meter.createObservableCounter('databricks.telemetry.connections', {
      unit: '{connection}',
      description: 'Connections by what the gate and the limits said of them.',
    }),
  };
}

function observeAll(
  result: BatchObservableResult,
  instruments: Instruments,
  stats: HostsStats,
  component: Attributes,
): void {
  result.observe(instruments.queueSize, stats.queued, component);
  result.observe(instruments.queueCapacity, stats.queueCapacity * stats.hosts.length, component);
  result.observe(instruments.inFlight, stats.inFlight, component);
  result.observe(instruments.breakerTransitions, stats.breakerTransitions, component);
  observeRecords(result, instruments, stats, component);
  for (const { host, port, breaker } of stats.hosts) {
    const attributes = { ...component, [Tag.serverAddress]: host, [Tag.serverPort]: port };
    result.observe(instruments.breakerState, BREAKER_STATE_VALUES[breaker.state], attributes);
    result.observe(instruments.breakerOpenDuration, openSeconds(breaker), attributes);
  }
  for (const [outcome, count] of Object.entries(stats.flagFetches)) {
    result.observe(instruments.flagFetches, count, byOutcome(component, outcome, outcome === 'failed'));
  }
  for (const [outcome, count] of Object.entries(stats.exportRequests)) {
    const isFailure = !SUCCESS_STATUS.test(outcome);
    result.observe(instruments.exportRequests, count, byOutcome(component, outcome, isFailure));
  }
  for (const [outcome, count] of Object.entries(stats.connections)) {
    result.observe(instruments.connections, count, byOutcome(component, outcome, false));
  }
}

function observeRecords(
  result: BatchObservableResult,
  { processed, exported }: Instruments,
  stats: HostsStats,
  component: Attributes,
): void {
  result.observe(processed, stats.exported + stats.rejected, component);
  for (const [reason, count] of Object.entries(stats.dropped)) {
    result.observe(processed, count, { ...component, [Tag.errorType]: reason });
  }
  result.observe(exported, stats.exported, component);
  result.observe(exported, stats.rejected, { ...component, [Tag.errorType]: 'rejected' });
  result.observe(exported, stats.dropped.terminal, { ...component, [Tag.errorType]: 'terminal' });
}

function openSeconds({ openSince }: HostStats['breaker']): number {
  return openSince === undefined ? 0 : Math.max(0, Date.now() - openSince) / MS_PER_SECOND;
}

function byOutcome(component: Attributes, outcome: string, isFailure: boolean): Attributes {
  const attributes = { ...component, [ATTR_OUTCOME]: outcome };
  return isFailure ? { ...attributes, [Tag.errorType]: outcome } : attributes;
}
