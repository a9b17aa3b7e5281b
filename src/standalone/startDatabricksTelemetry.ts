import { createNoopMeter, type MeterProvider } from '@opentelemetry/api';
import { type DatabricksSpanProcessorOptions, resolveProcessorOptions } from '../config.js';
import { suppressDatabricksTelemetry, suppressQueryText } from '../context.js';
import type { DatabricksExporter } from '../exporter/databricksExporter.js';
import type { DryRunExporter } from '../exporter/dryRunExporter.js';
import { DatabricksSqlInstrumentation } from '../instrumentation/databricksSqlInstrumentation.js';
import type { DatabricksSqlInstrumentationConfig } from '../instrumentation/instrumentationConfig.js';
import { optionError } from '../optionChecks.js';
import { DatabricksSpanProcessor } from '../processor/databricksSpanProcessor.js';
import type { ProcessorStats } from '../processor/processorStats.js';
import type { SpanProcessorLike } from '../processor/spanShape.js';
import { settledWithin, stopBeforeExit } from './exitFlush.js';
import { PrivateContexts } from './localContexts.js';
import { applicationModules } from './moduleFinder.js';
import { ownFile } from './ownFile.js';
import { SDK_MISSING, Sdk } from './sdk.js';

/** Options of `startDatabricksTelemetry`: those of the processor, and these. Times in milliseconds. */
export interface StandaloneOptions extends DatabricksSpanProcessorOptions {
  /** Options of the instrumentation. */
  readonly instrumentation?: DatabricksSqlInstrumentationConfig;
  /** Processors besides the one for Databricks, for example `exportLocal(new BatchSpanProcessor(…))`. */
  readonly spanProcessors?: readonly SpanProcessorLike[];
  /** In place of sending: for example a `DryRunExporter`. */
  readonly exporter?: DatabricksExporter | DryRunExporter;
  /**
   * The module `@opentelemetry/sdk-trace`, or `@opentelemetry/sdk-trace-base` 2.x. Default: whichever the
   * application has installed. Bundled code has to name it.
   */
  readonly sdk?: object;
}

/** A running telemetry of its own. */
export interface DatabricksTelemetry {
  readonly instrumentation: DatabricksSqlInstrumentation;
  /** Sends what is queued, within the deadline. Never rejects. */
  forceFlush(): Promise<void>;
  /** Puts the driver's methods back, sends what is queued and stops, within the deadline. Idempotent; never rejects. */
  shutdown(): Promise<void>;
  /** What the processor has done so far. */
  stats(): ProcessorStats;
  /** As the function of this name, also where there is no context manager. */
  withoutDatabricksTelemetry<Result>(fn: () => Result): Result;
  /** As the function of this name, also where there is no context manager. */
  withoutQueryText<Result>(fn: () => Result): Result;
}

/**
 * Starts the telemetry for Databricks in a program that has no OpenTelemetry SDK running: with a tracer
 * provider of its own. The global provider, context manager and propagator are neither used nor set. What is
 * queued when the process has nothing more to do is sent then, within `shutdownTimeoutMs`.
 *
 * @param options see `StandaloneOptions`; every one has a default
 * @throws TypeError that names the option, what was wrong and what is allowed
 * @throws Error if no SDK is installed
 */
export function startDatabricksTelemetry(options: StandaloneOptions = {}): DatabricksTelemetry {
  const {
    instrumentation: config,
    spanProcessors = [],
    exporter,
    sdk: module,
    ...processorOptions
  } = options;
  const { shutdownTimeoutMs, meterProvider } = resolveProcessorOptions(processorOptions);
  checkProcessors(spanProcessors);
  const sdk = findSdk(module);
  // Not enabled yet: nothing of the driver's is touched before everything is in place.
  const instrumentation = new DatabricksSqlInstrumentation({ ...config, enabled: false });
  const processor = new DatabricksSpanProcessor(processorOptions, exporter);
  const provider = sdk.startProvider({
    spanProcessors: [...spanProcessors, processor],
    sampler: sdk.alwaysOn(),
  });
  const contexts = new PrivateContexts();
  instrumentation.useContexts(contexts);
  instrumentation.setTracerProvider(provider);
  instrumentation.setMeterProvider(meterProvider ?? NO_METRICS);
  if (config?.enabled !== false) {
    instrumentation.enable();
  }

  let stopping: Promise<void> | undefined;
  const shutdown = (): Promise<void> => {
    stopping ??= stop();
    return stopping;
  };
  const stayUntilExit = stopBeforeExit(() => provider.forceFlush(), shutdown, shutdownTimeoutMs);
  const stop = async (): Promise<void> => {
    stayUntilExit();
    instrumentation.disable();
    await settledWithin(provider.shutdown(), shutdownTimeoutMs);
  };

  return {
    instrumentation,
    forceFlush: () => settledWithin(provider.forceFlush(), shutdownTimeoutMs),
    shutdown,
    stats: () => processor.stats(),
    withoutDatabricksTelemetry: (fn) => contexts.with(suppressDatabricksTelemetry(contexts.active()), fn),
    withoutQueryText: (fn) => contexts.with(suppressQueryText(contexts.active()), fn),
  };
}

const NO_METRICS: MeterProvider = { getMeter: () => createNoopMeter() };

function findSdk(module: object | undefined): Sdk {
  const modules = applicationModules(ownFile);
  if (module === undefined) {
    const sdk = Sdk.find(modules);
    if (sdk === undefined) {
      throw new Error(`startDatabricksTelemetry: ${SDK_MISSING}`);
    }
    return sdk;
  }
  const sdk = typeof module === 'object' && module !== null ? Sdk.of(module, modules) : undefined;
  if (sdk === undefined) {
    throw optionError('sdk', module, 'the module @opentelemetry/sdk-trace or @opentelemetry/sdk-trace-base');
  }
  return sdk;
}

function checkProcessors(processors: unknown): void {
  if (!Array.isArray(processors) || !processors.every((each) => typeof each?.onEnd === 'function')) {
    throw optionError('spanProcessors', processors, 'a list of span processors');
  }
}
