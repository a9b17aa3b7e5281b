import { createNoopMeter, type MeterProvider } from '@opentelemetry/api';
import { type DatabricksSpanProcessorOptions, OPENTELEMETRY_NAMES, PROCESSOR_OPTIONS } from '../config.js';
import { suppressDatabricksTelemetry, suppressQueryText } from '../context.js';
import { checkCopyTarget } from '../exporter/databricksExporter.js';
import { DatabricksSqlInstrumentation } from '../instrumentation/databricksSqlInstrumentation.js';
import {
  type DatabricksSqlInstrumentationConfig,
  INSTRUMENTATION_OPTIONS,
} from '../instrumentation/instrumentationConfig.js';
import { logInfo } from '../log.js';
import { optionError, rejectFurtherArguments } from '../optionErrors.js';
import { value } from '../optionKinds.js';
import { type OptionsOf, resolveOptions } from '../optionTable.js';
import { DatabricksSpanProcessor } from '../processor/databricksSpanProcessor.js';
import { checkFunction } from '../scopedSwitches.js';
import type { SpanProcessorLike } from '../spanShape.js';
import type { ProcessorStats } from '../stats.js';
import { VERSION } from '../version.js';
import { PrivateContexts } from './localContexts.js';
import { applicationModules } from './moduleFinder.js';
import { isBundled, ownFile } from './ownFile.js';
import { RunningTelemetry } from './runningTelemetry.js';
import { Sdk, sdkMissing } from './sdk.js';

/** Options of `startDatabricksTelemetry`: those of the processor, and these. Times in milliseconds. */
export interface StandaloneOptions extends DatabricksSpanProcessorOptions {
  /** Options of [DatabricksSqlInstrumentation](#databrickssqlinstrumentation). */
  readonly instrumentation?: DatabricksSqlInstrumentationConfig;
  /** Further processors, for example `exportLocal(new BatchSpanProcessor(…))`. */
  readonly spanProcessors?: readonly SpanProcessorLike[];
  /** The SDK to use. Left out: whichever the application has installed. Bundled code has to name it. */
  readonly sdk?: object;
}

const OWN_OPTIONS = {
  instrumentation: value<DatabricksSqlInstrumentationConfig>(
    'an object of options of DatabricksSqlInstrumentation',
    { accepts: (given) => typeof given === 'object' && given !== null },
  ),
  spanProcessors: value<readonly SpanProcessorLike[], readonly SpanProcessorLike[]>(
    'a list of span processors',
    { default: [], accepts: areProcessors },
  ),
  sdk: value<object>('the module @opentelemetry/sdk-trace, or @opentelemetry/sdk-trace-base 2.x', {
    accepts: (given) => typeof given === 'object' && given !== null,
  }),
};

export const STANDALONE_OPTIONS = {
  ...PROCESSOR_OPTIONS,
  ...OWN_OPTIONS,
} satisfies OptionsOf<StandaloneOptions>;

const OWNER = 'startDatabricksTelemetry';

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
export function startDatabricksTelemetry(
  options?: StandaloneOptions,
  ...none: readonly never[]
): DatabricksTelemetry {
  rejectFurtherArguments(OWNER, none);
  const resolved = resolveOptions(
    { owner: OWNER, table: STANDALONE_OPTIONS, foreign: OPENTELEMETRY_NAMES },
    options,
  );
  if (resolved.exporter === undefined) {
    checkCopyTarget(OWNER, resolved.copyTo);
  }
  const config = resolveOptions(
    { owner: `${OWNER}, option 'instrumentation'`, table: INSTRUMENTATION_OPTIONS },
    resolved.instrumentation,
  );
  if (config.processor !== undefined) {
    throw new TypeError(
      `${OWNER}: option 'instrumentation.processor' is given; ${OWNER} makes a processor by itself, from its own options`,
    );
  }
  const { instrumentation: _, spanProcessors: __, sdk: ___, ...processorOptions } = options ?? {};
  const sdk = findSdk(resolved.sdk);
  // Not enabled yet: nothing of the driver's is touched before everything is in place.
  const instrumentation = new DatabricksSqlInstrumentation({ ...resolved.instrumentation, enabled: false });
  const processor = new DatabricksSpanProcessor(processorOptions);
  const provider = sdk.startProvider({
    spanProcessors: [...resolved.spanProcessors, processor],
    sampler: sdk.alwaysOn(),
  });
  const contexts = new PrivateContexts();
  instrumentation.useContexts(contexts);
  instrumentation.setTracerProvider(provider);
  instrumentation.setMeterProvider(resolved.meterProvider || NO_METRICS);
  if (config.enabled) {
    instrumentation.enable();
  }
  const running = new RunningTelemetry({
    provider,
    instrumentation,
    processor,
    localProcessors: resolved.spanProcessors,
    deadlineMs: resolved.shutdownTimeoutMs,
    withSignals: false,
  });
  logInfo(
    `${VERSION}, by ${OWNER}: spans go to ${resolved.spanProcessors.length} of your span processors, by ${sdk.name}`,
  );
  return {
    instrumentation,
    forceFlush: () => running.forceFlush(),
    shutdown: () => running.shutdown(),
    stats: () => processor.stats(),
    withoutDatabricksTelemetry(fn) {
      checkFunction('withoutDatabricksTelemetry', fn);
      return contexts.with(suppressDatabricksTelemetry(contexts.active()), fn);
    },
    withoutQueryText(fn) {
      checkFunction('withoutQueryText', fn);
      return contexts.with(suppressQueryText(contexts.active()), fn);
    },
  };
}

const NO_METRICS: MeterProvider = { getMeter: () => createNoopMeter() };

function findSdk(module: object | undefined): Sdk {
  const modules = applicationModules(ownFile);
  const sdk = module === undefined ? Sdk.find(modules) : Sdk.of(module, modules);
  if (sdk !== undefined) {
    return sdk;
  }
  if (module === undefined) {
    throw new Error(`${OWNER}: ${sdkMissing(isBundled())}`);
  }
  throw optionError({ owner: OWNER, name: 'sdk' }, module, STANDALONE_OPTIONS.sdk.allowed);
}

function areProcessors(given: unknown): boolean {
  return Array.isArray(given) && given.every((each) => typeof each?.onEnd === 'function');
}
