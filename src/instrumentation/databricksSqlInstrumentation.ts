import { createNoopMeter, type MeterProvider, metrics, type TracerProvider, trace } from '@opentelemetry/api';
import { globalApi } from '../globalApi.js';
import { announceDriver } from '../registration.js';
import { INSTRUMENTATION_SCOPE, VERSION } from '../version.js';
import { DriverHook } from './driverHook.js';
import { DRIVER_FILES, DriverPatcher } from './driverPatcher.js';
import { DriverTracer } from './driverTracer.js';
import {
  type DatabricksSqlInstrumentationConfig,
  resolveInstrumentationConfig,
} from './instrumentationConfig.js';
import type { InstrumentationStats } from './instrumentationStats.js';
import { type InstrumentOptions, isWantedBy } from './instrumentClientOptions.js';
import type { ContextAccess } from './spanFactory.js';

/**
 * Makes spans of what the Databricks SQL driver for Node.js (`@databricks/sql` 1.16 to 2.x) does, in
 * CommonJS and ESM applications, without a loader flag. It is an `Instrumentation` as
 * `@opentelemetry/instrumentation` defines it, for `NodeSDK` and `registerInstrumentations()` of SDK 2.x and 3.x.
 * It does not depend on that package, of which each line of the SDK would need another copy.
 */
export class DatabricksSqlInstrumentation {
  readonly instrumentationName: string = INSTRUMENTATION_SCOPE;
  readonly instrumentationVersion: string = VERSION;
  readonly #tracer: DriverTracer;
  readonly #patcher: DriverPatcher;
  #config: DatabricksSqlInstrumentationConfig;
  /** There is one while the instrumentation is enabled. */
  #hook: DriverHook | undefined;
  /** It was given a tracer provider, rather than left to find the global one. */
  #hasProvider = false;

  /**
   * @param config see `DatabricksSqlInstrumentationConfig`; every option has a default
   * @throws TypeError that names the option, what was wrong and what is allowed
   */
  constructor(config: DatabricksSqlInstrumentationConfig = {}) {
    const resolved = resolveInstrumentationConfig(config);
    this.#config = { enabled: true, ...config };
    this.#tracer = new DriverTracer(
      resolved,
      trace.getTracer(this.instrumentationName, this.instrumentationVersion),
    );
    this.setMeterProvider(metrics.getMeterProvider());
    this.#patcher = new DriverPatcher(this.#tracer);
    if (resolved.enabled) {
      this.enable();
    }
  }

  getConfig(): DatabricksSqlInstrumentationConfig {
    return this.#config;
  }

  /** @throws TypeError that names the option, what was wrong and what is allowed */
  setConfig(config: DatabricksSqlInstrumentationConfig = {}): void {
    this.#tracer.config = resolveInstrumentationConfig(config);
    this.#config = { enabled: true, ...config };
  }

  setTracerProvider(tracerProvider: TracerProvider): void {
    this.#hasProvider = true;
    this.#tracer.reports.onProvider(tracerProvider);
    this.#tracer.originalTracer = tracerProvider.getTracer(
      this.instrumentationName,
      this.instrumentationVersion,
    );
  }

  setMeterProvider(meterProvider: MeterProvider): void {
    // One that throws is counted, and there are no metrics.
    const tracer = this.#tracer;
    const meter = tracer.userCode.call('meterProvider', () =>
      meterProvider.getMeter(this.instrumentationName, this.instrumentationVersion),
    );
    tracer.meter = meter ?? createNoopMeter();
  }

  isEnabled(): boolean {
    return this.#hook !== undefined;
  }

  /** Observes the drivers that are loaded, and those that will be. */
  enable(): void {
    this.#tracer.enabled = true;
    this.#hook ??= new DriverHook((file, moduleExports, version) => {
      const patch = DRIVER_FILES.get(file);
      if (patch !== undefined) {
        this.#patcher.patchExport(moduleExports, version, patch);
      }
    });
    this.#patcher.patchLoadedDrivers();
  }

  /** Puts the driver's methods back and ends the spans of statements in flight. */
  disable(): void {
    this.#hook?.unhook();
    this.#hook = undefined;
    const tracer = this.#tracer;
    tracer.enabled = false;
    this.#patcher.undoAll();
    for (const statement of tracer.openStatements.drain()) {
      statement.abandon();
    }
    tracer.knownStatements.clear();
  }

  /**
   * Observes a client, its sessions and their operations where module hooks can't: in bundled code. The
   * client may be connected already.
   *
   * @param client a `DBSQLClient`
   * @param options whether records of a client that is connected already may be sent
   * @returns the client
   * @throws TypeError that names the option, what was wrong and what is allowed
   */
  instrument<Client extends object>(
    client: Client,
    options: Pick<InstrumentOptions, 'enableTelemetry'> = {},
  ): Client {
    const isWanted = isWantedBy(options);
    this.#tracer.enabled = true;
    this.#tracer.guard(() => this.#joinRegistration());
    this.#patcher.observeClient(client, isWanted);
    return client;
  }

  /** What has happened so far, and the statements whose span has not ended. Counts only. */
  stats(): InstrumentationStats {
    const tracer = this.#tracer;
    return {
      openStatements: tracer.openStatements.size,
      unboundSessions: tracer.unboundSessions,
      internalErrors: tracer.internalErrors,
      userCodeFailures: tracer.userCode.failures(),
    };
  }

  /** @internal Reads and sets the active Context elsewhere than in the API's global place. */
  useContexts(contexts: ContextAccess): void {
    this.#tracer.contexts = contexts;
  }

  /** @internal Called once, when a driver was found and before anything of it is patched. */
  onDriver(listener: (version: string | undefined) => void): void {
    this.#patcher.onDriver = listener;
  }

  /** No module hook can tell `register` that there is a driver: what it has started serves this one too. */
  #joinRegistration(): void {
    const before = globalApi().trace;
    this.#tracer.registeredProcessor = announceDriver();
    const provider = globalApi().trace;
    // A tracer of the API that was made before the provider, by another copy of the API, would not find it.
    if (before === undefined && provider !== undefined && !this.#hasProvider) {
      this.setTracerProvider(provider);
    }
  }
}
