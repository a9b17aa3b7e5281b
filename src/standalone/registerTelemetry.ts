import { trace } from '@opentelemetry/api';
import { PROCESSOR_OPTIONS } from '../config.js';
import { type Environment, isSdkDisabled, reportEnvironment } from '../environment.js';
import { DatabricksSqlInstrumentation } from '../instrumentation/databricksSqlInstrumentation.js';
import { logError, logWarn } from '../log.js';
import { DatabricksSpanProcessor } from '../processor/databricksSpanProcessor.js';
import { recordDriverSpans } from '../processor/recordDriverSpans.js';
import { ExportFailures, ensureLogger } from './diagnostics.js';
import { readEnvironmentOptions } from './environmentOptions.js';
import { detectResource, hasGlobalProvider, setContextManager, setPropagator } from './globalSetup.js';
import { inspectByEnvironment } from './inspectByEnvironment.js';
import { localProcessors } from './localExport.js';
import type { ModuleFinder } from './moduleFinder.js';
import { isBundled } from './ownFile.js';
import { RunningTelemetry } from './runningTelemetry.js';
import { Sdk, sdkMissing } from './sdk.js';
import { samplerByEnvironment, spanLimitsByEnvironment } from './sdkEnvironment.js';

/** The telemetry that the environment asked for. */
export interface RegisteredTelemetry {
  readonly instrumentation: DatabricksSqlInstrumentation;
  /** Ends what is open, sends what is queued and stops, within the deadline. Never rejects. */
  shutdown(): Promise<void>;
}

/**
 * Starts everything from the variables of the process's environment: an SDK with its global provider, context
 * manager and propagator, the user's exporter, the instrumentation and the processor for Databricks. Whatever
 * goes wrong is logged; the application runs on.
 *
 * @param environment that of the process; the SDK reads its own variables from there by itself
 * @returns `undefined` if nothing was started
 */
export function registerTelemetry(
  environment: Environment,
  modules: ModuleFinder,
): RegisteredTelemetry | undefined {
  if (isSdkDisabled(environment)) {
    return undefined;
  }
  try {
    ensureLogger(environment);
    if (hasGlobalProvider()) {
      return registerInstrumentationOnly(environment);
    }
    const sdk = Sdk.find(modules);
    if (sdk === undefined) {
      logError(`nothing is observed: ${sdkMissing(isBundled())}`);
      return undefined;
    }
    return registerAll(environment, sdk);
  } catch (error) {
    logError('nothing is observed: the start failed', error);
    return undefined;
  }
}

function registerAll(environment: Environment, sdk: Sdk): RegisteredTelemetry {
  const options = readEnvironmentOptions(environment);
  const failures = new ExportFailures();
  sdk.core.setGlobalErrorHandler?.((error) => failures.report(error));
  const resource = detectResource(sdk.modules);
  const local = localProcessors(sdk, options.local);
  const processor = new DatabricksSpanProcessor(options.processor);
  const provider = sdk.startProvider({
    sampler: recordDriverSpans(samplerByEnvironment(sdk)),
    spanLimits: spanLimitsByEnvironment(sdk),
    ...(resource === undefined ? {} : { resource }),
    spanProcessors: [...local, processor],
  });
  inspectByEnvironment(environment, processor, local[0]);
  setContextManager(sdk.modules);
  setPropagator(sdk);
  trace.setGlobalTracerProvider(provider);
  return new RunningTelemetry({
    provider,
    instrumentation: new DatabricksSqlInstrumentation(options.instrumentation),
    processor,
    localProcessors: local,
    failures,
    deadlineMs: options.processor.shutdownTimeoutMs ?? PROCESSOR_OPTIONS.shutdownTimeoutMs.default,
    withSignals: true,
  });
}

/** The application has an SDK of its own: its processors are its own affair. */
function registerInstrumentationOnly(environment: Environment): RegisteredTelemetry {
  logWarn(
    'a tracer provider is registered already, so only the instrumentation is added: give that provider a ' +
      'DatabricksSpanProcessor to send records to Databricks',
  );
  reportEnvironment(environment);
  const instrumentation = new DatabricksSqlInstrumentation(
    readEnvironmentOptions(environment).instrumentation,
  );
  return {
    instrumentation,
    shutdown: async () => instrumentation.disable(),
  };
}
