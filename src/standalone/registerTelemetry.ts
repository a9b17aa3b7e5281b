import { metrics, type TracerProvider, trace } from '@opentelemetry/api';
import { PROCESSOR_OPTIONS } from '../config.js';
import { type Environment, isSdkDisabled, textIn } from '../environment.js';
import { globalApi } from '../globalApi.js';
import { DatabricksSqlInstrumentation } from '../instrumentation/databricksSqlInstrumentation.js';
import { logError, logInfo, logWarn } from '../log.js';
import { DatabricksSpanProcessor } from '../processor/databricksSpanProcessor.js';
import { recordDriverSpans } from '../processor/recordDriverSpans.js';
import type { TelemetryProcessor } from '../processorMark.js';
import type { Registration } from '../registration.js';
import { sentryHint } from '../sentryHint.js';
import { VERSION } from '../version.js';
import { BesideContexts } from './besideContexts.js';
import { ExportFailures, ensureLogger } from './diagnostics.js';
import { type EnvironmentOptions, readEnvironmentOptions } from './environmentOptions.js';
import { detectResource, hasGlobalProvider, setContextManager, setPropagator } from './globalSetup.js';
import { inspectByEnvironment } from './inspectByEnvironment.js';
import { localProcessors } from './localExport.js';
import type { ModuleFinder } from './moduleFinder.js';
import { isBundled } from './ownFile.js';
import { RunningTelemetry, type RunningTelemetryOptions } from './runningTelemetry.js';
import { Sdk, sdkMissing } from './sdk.js';
import { listVariable, samplerByEnvironment, spanLimitsByEnvironment } from './sdkEnvironment.js';

/** OpenTelemetry's declarative configuration. */
const CONFIG_FILE = 'OTEL_CONFIG_FILE';

/**
 * Waits for the driver, and then starts what the variables of the process's environment ask for. Nothing global
 * is set before, so that another agent may come first, whichever was asked for first. Whatever goes wrong is
 * logged; the application runs on.
 *
 * @param environment that of the process; the SDK reads its own variables from there by itself
 * @returns `undefined` if nothing will be started
 */
export function registerTelemetry(
  environment: Environment,
  modules: ModuleFinder,
): RegisteredTelemetry | undefined {
  return isSdkDisabled(environment) ? undefined : new RegisteredTelemetry(environment, modules);
}

/** The telemetry that the environment asked for: waiting for the driver, running or over. */
export class RegisteredTelemetry implements Registration {
  readonly instrumentation = new DatabricksSqlInstrumentation({ enabled: false });
  readonly #environment: Environment;
  readonly #modules: ModuleFinder;
  #isWaiting = true;
  #running: RunningTelemetry | undefined = undefined;
  /** Beside a tracer provider of somebody else's: it gets the operations directly. */
  #directProcessor: TelemetryProcessor | undefined = undefined;

  constructor(environment: Environment, modules: ModuleFinder) {
    this.#environment = environment;
    this.#modules = modules;
    try {
      this.instrumentation.onDriver((version) => this.#start(version));
      // A driver that is loaded already is found here.
      this.instrumentation.enable();
    } catch (error) {
      this.#fail('the start failed', error);
    }
  }

  onDriver(): TelemetryProcessor | undefined {
    this.#start(undefined);
    return this.#directProcessor;
  }

  async shutdown(): Promise<void> {
    this.#isWaiting = false;
    this.instrumentation.disable();
    await this.#running?.shutdown();
  }

  #start(driverVersion: string | undefined): void {
    if (!this.#isWaiting) {
      return;
    }
    this.#isWaiting = false;
    try {
      ensureLogger(this.#environment);
      const spans = hasGlobalProvider() ? this.#startBeside() : this.#startAll();
      if (spans !== undefined) {
        const driver = driverVersion === undefined ? 'the driver' : `@databricks/sql ${driverVersion}`;
        logInfo(`${VERSION}, by register: ${driver} is observed; its spans ${spans}`);
      }
    } catch (error) {
      this.#fail('the start failed', error);
    }
  }

  /**
   * An SDK with its global provider, context manager and propagator, and the user's exporters.
   *
   * @returns what becomes of spans; `undefined` if nothing was started
   */
  #startAll(): string | undefined {
    const sdk = Sdk.find(this.#modules);
    if (sdk === undefined) {
      this.#fail(sdkMissing(isBundled()) + sentryHint());
      return undefined;
    }
    if (textIn(this.#environment, CONFIG_FILE) !== undefined) {
      logWarn(`${CONFIG_FILE} is not read yet; set the OTEL_* and DATABRICKS_OTEL_* variables instead`);
    }
    const options = readEnvironmentOptions(this.#environment);
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
    inspectByEnvironment(this.#environment, processor, local[0]);
    setContextManager(sdk.modules);
    setPropagator(sdk);
    trace.setGlobalTracerProvider(provider);
    this.instrumentation.setConfig(options.instrumentation);
    this.#instrumentBy(provider);
    this.#run(options, { provider, processor, localProcessors: local, failures });
    const exporters =
      local.length === 0 ? 'no backend' : listVariable(sdk, 'OTEL_TRACES_EXPORTER').join(', ');
    return `go to ${exporters || 'otlp'}, by ${sdk.name}${sentryHint()}`;
  }

  /**
   * The tracer provider is somebody else's, and so is what becomes of its spans: there is none of ours, and nothing
   * global is set.
   *
   * @returns what becomes of spans
   */
  #startBeside(): string {
    const options = readEnvironmentOptions(this.#environment);
    const processor = new DatabricksSpanProcessor(options.processor);
    inspectByEnvironment(this.#environment, processor, undefined);
    this.#directProcessor = processor;
    this.instrumentation.useContexts(new BesideContexts());
    this.instrumentation.setConfig({ ...options.instrumentation, processor });
    this.#instrumentBy(globalApi().trace ?? trace.getTracerProvider());
    this.#run(options, { provider: processor, processor, localProcessors: [] });
    return 'are made by the tracer provider that was registered before';
  }

  #instrumentBy(provider: TracerProvider): void {
    this.instrumentation.setTracerProvider(provider);
    this.instrumentation.setMeterProvider(globalApi().metrics ?? metrics.getMeterProvider());
  }

  #run(
    { processor: { shutdownTimeoutMs } }: EnvironmentOptions,
    parts: Omit<RunningTelemetryOptions, 'instrumentation' | 'deadlineMs' | 'withSignals'>,
  ): void {
    this.#running = new RunningTelemetry({
      ...parts,
      instrumentation: this.instrumentation,
      deadlineMs: shutdownTimeoutMs ?? PROCESSOR_OPTIONS.shutdownTimeoutMs.default,
      withSignals: true,
    });
  }

  #fail(reason: string, ...details: unknown[]): void {
    this.#isWaiting = false;
    ensureLogger(this.#environment);
    logError(`nothing is observed: ${reason}`, ...details);
    this.instrumentation.disable();
  }
}
