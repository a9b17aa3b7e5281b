import { type MeterProvider, ProxyTracer, type TracerProvider } from '@opentelemetry/api';
import {
  InstrumentationBase,
  InstrumentationNodeModuleDefinition,
  InstrumentationNodeModuleFile,
} from '@opentelemetry/instrumentation';
import { globalApi } from '../globalApi.js';
import { announceDriver } from '../registration.js';
import { INSTRUMENTATION_SCOPE, VERSION } from '../version.js';
import { DRIVER_FILES, DriverPatcher } from './driverPatcher.js';
import { DriverTracer } from './driverTracer.js';
import {
  type DatabricksSqlInstrumentationConfig,
  resolveInstrumentationConfig,
} from './instrumentationConfig.js';
import type { InstrumentationStats } from './instrumentationStats.js';
import { type InstrumentClientOptions, isWantedBy } from './instrumentClientOptions.js';
import type { ContextAccess } from './spanFactory.js';

const DRIVER = '@databricks/sql';

/**
 * Makes spans of what the Databricks SQL driver for Node.js (`@databricks/sql` 1.16 to 2.x) does, in
 * CommonJS and ESM applications, without a loader flag.
 */
export class DatabricksSqlInstrumentation extends InstrumentationBase<DatabricksSqlInstrumentationConfig> {
  // `declare`: the base class's constructor calls init() and enable(), which may find the driver loaded and
  // patch it, before field initialisers of ours would run. So the state is made when first asked for.
  declare private state: InstrumentationState | undefined;

  /**
   * @param config see `DatabricksSqlInstrumentationConfig`; every option has a default
   * @throws TypeError that names the option, what was wrong and what is allowed
   */
  constructor(config: DatabricksSqlInstrumentationConfig = {}) {
    resolveInstrumentationConfig(config);
    super(INSTRUMENTATION_SCOPE, VERSION, config);
  }

  /** @throws TypeError that names the option, what was wrong and what is allowed */
  override setConfig(config: DatabricksSqlInstrumentationConfig = {}): void {
    const resolved = resolveInstrumentationConfig(config);
    super.setConfig(config);
    if (this.state !== undefined) {
      this.state.tracer.config = resolved;
    }
  }

  override setTracerProvider(tracerProvider: TracerProvider): void {
    super.setTracerProvider(tracerProvider);
    this.ensureState().tracer.originalTracer = this.tracer;
  }

  override setMeterProvider(meterProvider: MeterProvider): void {
    super.setMeterProvider(meterProvider);
    this.ensureState().tracer.meter = this.meter;
  }

  override enable(): void {
    const { tracer, patcher } = this.ensureState();
    tracer.enabled = true;
    super.enable();
    patcher.patchLoadedDrivers();
  }

  /** Puts the driver's methods back and ends the spans of statements in flight. */
  override disable(): void {
    super.disable();
    const { tracer, patcher } = this.ensureState();
    tracer.enabled = false;
    patcher.undoAll();
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
  instrument<Client extends object>(client: Client, options: InstrumentClientOptions = {}): Client {
    const isWanted = isWantedBy(options);
    const { tracer, patcher } = this.ensureState();
    tracer.enabled = true;
    tracer.guard(() => this.joinRegistration(tracer));
    patcher.observeClient(client, isWanted);
    return client;
  }

  /** What has happened so far, and the statements whose span has not ended. Counts only. */
  stats(): InstrumentationStats {
    const { tracer } = this.ensureState();
    return {
      openStatements: tracer.openStatements.size,
      unboundSessions: tracer.unboundSessions,
      internalErrors: tracer.internalErrors,
      userCodeFailures: tracer.userCode.failures(),
    };
  }

  /** @internal Statements whose span has not ended. */
  get openStatements(): number {
    return this.ensureState().tracer.openStatements.size;
  }

  /** @internal Reads and sets the active Context elsewhere than in the API's global place. */
  useContexts(contexts: ContextAccess): void {
    this.ensureState().tracer.contexts = contexts;
  }

  /** @internal Called once, when a driver was found and before anything of it is patched. */
  onDriver(listener: (version: string | undefined) => void): void {
    this.ensureState().patcher.onDriver = listener;
  }

  protected override init(): InstrumentationNodeModuleDefinition {
    // Every version is looked at, so that one which is not supported can be told of.
    return new InstrumentationNodeModuleDefinition(
      DRIVER,
      ['*'],
      undefined,
      undefined,
      DRIVER_FILES.map(([file, patch]) => {
        const patchExport = (moduleExports: unknown, version?: string): unknown => {
          this.ensureState().patcher.patchExport(moduleExports, version, patch);
          return moduleExports;
        };
        return new InstrumentationNodeModuleFile(`${DRIVER}/${file}`, ['*'], patchExport, () => undefined);
      }),
    );
  }

  /** No module hook can tell `register` that there is a driver: what it has started serves this one too. */
  private joinRegistration(tracer: DriverTracer): void {
    const before = globalApi().trace;
    tracer.registeredProcessor = announceDriver();
    const provider = globalApi().trace;
    // A tracer of the API that was made before the provider, by another copy of the API, would not find it.
    if (before === undefined && provider !== undefined && this.tracer instanceof ProxyTracer) {
      this.setTracerProvider(provider);
    }
  }

  private ensureState(): InstrumentationState {
    if (this.state === undefined) {
      const tracer = new DriverTracer(
        resolveInstrumentationConfig(this.getConfig()),
        this.tracer,
        this.meter,
      );
      this.state = { tracer, patcher: new DriverPatcher(tracer) };
    }
    return this.state;
  }
}

interface InstrumentationState {
  readonly tracer: DriverTracer;
  readonly patcher: DriverPatcher;
}
