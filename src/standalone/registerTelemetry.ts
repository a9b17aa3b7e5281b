import { diag, trace } from '@opentelemetry/api';
import { DryRunExporter } from '../exporter/dryRunExporter.js';
import { DatabricksSqlInstrumentation } from '../instrumentation/databricksSqlInstrumentation.js';
import { DatabricksSpanProcessor } from '../processor/databricksSpanProcessor.js';
import { recordDriverSpans } from '../processor/recordDriverSpans.js';
import { type Environment, readEnvironmentOptions } from './environmentOptions.js';
import { settledWithin, stopBeforeExit } from './exitFlush.js';
import { detectResource, hasGlobalProvider, setContextManager, setPropagator } from './globalSetup.js';
import { inspectByEnvironment } from './inspectByEnvironment.js';
import { localProcessors } from './localExport.js';
import type { ModuleFinder } from './moduleFinder.js';
import { SDK_MISSING, Sdk } from './sdk.js';
import {
  logByEnvironment,
  samplerByEnvironment,
  spanLimitsByEnvironment,
  variable,
} from './sdkEnvironment.js';

/** The telemetry that the environment asked for. */
export interface RegisteredTelemetry {
  readonly instrumentation: DatabricksSqlInstrumentation;
  /** Ends what is open, sends what is queued and stops, within the deadline. Never rejects. */
  shutdown(): Promise<void>;
}

/**
 * Starts everything from the environment's variables: an SDK with its global provider, context manager and
 * propagator, the user's exporter, the instrumentation and the processor for Databricks. Whatever goes
 * wrong is told through `diag`; the application runs on.
 *
 * @returns `undefined` if nothing was started
 */
export function registerTelemetry(
  environment: Environment,
  modules: ModuleFinder,
): RegisteredTelemetry | undefined {
  if (variable(environment, 'OTEL_SDK_DISABLED') === 'true') {
    return undefined;
  }
  try {
    if (hasGlobalProvider()) {
      return registerInstrumentationOnly(environment);
    }
    logByEnvironment(environment);
    const sdk = Sdk.find(modules);
    if (sdk === undefined) {
      diag.error(`opentelemetry-databricks-sql: nothing is observed: ${SDK_MISSING}`);
      return undefined;
    }
    return registerAll(environment, sdk);
  } catch (error) {
    diag.error('opentelemetry-databricks-sql: nothing is observed: the start failed', error);
    return undefined;
  }
}

function registerAll(environment: Environment, sdk: Sdk): RegisteredTelemetry {
  const options = readEnvironmentOptions(environment);
  const { authenticatedExport = true } = options.processor;
  const exporter =
    options.dryRun.file === undefined
      ? undefined
      : new DryRunExporter({ ...options.dryRun, authenticatedExport });
  const resource = detectResource(sdk.modules);
  const local = localProcessors(environment, sdk, options.local);
  const processor = new DatabricksSpanProcessor(options.processor, exporter);
  const provider = sdk.startProvider({
    sampler: recordDriverSpans(samplerByEnvironment(environment, sdk)),
    spanLimits: spanLimitsByEnvironment(environment),
    ...(resource === undefined ? {} : { resource }),
    spanProcessors: [...local, processor],
  });
  inspectByEnvironment(environment, processor, local[0]);
  setContextManager(sdk.modules);
  setPropagator(environment, sdk.modules);
  trace.setGlobalTracerProvider(provider);
  const instrumentation = new DatabricksSqlInstrumentation(options.instrumentation);

  const deadlineMs = options.processor.shutdownTimeoutMs ?? DEFAULT_DEADLINE_MS;
  const stop = async (): Promise<void> => {
    stayUntilExit();
    instrumentation.disable();
    await settledWithin(provider.shutdown(), deadlineMs);
  };
  const stayUntilExit = stopBeforeExit(() => provider.forceFlush(), stop, deadlineMs);
  return { instrumentation, shutdown: stop };
}

const DEFAULT_DEADLINE_MS = 2_000;

/** The application has an SDK of its own: its processors are its own affair. */
function registerInstrumentationOnly(environment: Environment): RegisteredTelemetry {
  diag.warn(
    'opentelemetry-databricks-sql: a tracer provider is registered already, so only the instrumentation ' +
      'is added: give that provider a DatabricksSpanProcessor to send records to Databricks',
  );
  const instrumentation = new DatabricksSqlInstrumentation(
    readEnvironmentOptions(environment).instrumentation,
  );
  return {
    instrumentation,
    shutdown: async () => instrumentation.disable(),
  };
}
