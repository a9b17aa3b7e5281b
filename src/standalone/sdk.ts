import type { MeterProvider, TextMapPropagator, TracerProvider } from '@opentelemetry/api';
import type { SamplerLike } from '../processor/recordDriverSpans.js';
import type { SpanProcessorLike } from '../spanShape.js';
import type { ModuleFinder } from './moduleFinder.js';

/** A provider of either SDK, as far as it is called. */
export interface StartedProvider extends TracerProvider {
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

export interface ProviderOptions {
  readonly spanProcessors: readonly SpanProcessorLike[];
  readonly sampler?: SamplerLike;
  readonly resource?: object;
  readonly spanLimits?: Readonly<Record<string, number>>;
  readonly meterProvider?: MeterProvider;
}

type Constructor<Args extends readonly unknown[], Instance> = new (...args: Args) => Instance;

/** What is used of `@opentelemetry/sdk-trace` (2.9 and later) or `@opentelemetry/sdk-trace-base` (2.x). */
interface SdkModule {
  readonly TracerProvider?: Constructor<[ProviderOptions], StartedProvider>;
  readonly BasicTracerProvider?: Constructor<[ProviderOptions], StartedProvider>;
  readonly BatchSpanProcessor: Constructor<readonly unknown[], SpanProcessorLike>;
  readonly SimpleSpanProcessor: Constructor<readonly unknown[], SpanProcessorLike>;
  readonly ConsoleSpanExporter: Constructor<[], object>;
  readonly AlwaysOnSampler: Constructor<[], SamplerLike>;
  readonly AlwaysOffSampler: Constructor<[], SamplerLike>;
  readonly TraceIdRatioBasedSampler: Constructor<[number], SamplerLike>;
  readonly ParentBasedSampler: Constructor<[{ readonly root: SamplerLike }], SamplerLike>;
}

/** What is used of `@opentelemetry/core`: the SDK's own readers of the environment's variables, and more. */
interface CoreModule {
  /** Warns of what is no number. */
  getNumberFromEnv?(name: string): number | undefined;
  getStringFromEnv?(name: string): string | undefined;
  getStringListFromEnv?(name: string): string[] | undefined;
  /** Takes what the SDK's own processors could not export. */
  setGlobalErrorHandler?(handler: (error: unknown) => void): void;
  readonly W3CTraceContextPropagator?: new () => TextMapPropagator;
  readonly W3CBaggagePropagator?: new () => TextMapPropagator;
  readonly CompositePropagator?: new (options: {
    readonly propagators: readonly TextMapPropagator[];
  }) => TextMapPropagator;
}

/** The application's SDK, whichever line it is of. */
export class Sdk {
  /** Where the SDK's own dependencies are found, in the versions that fit it. */
  readonly modules: ModuleFinder;
  readonly core: CoreModule;
  /** The package. */
  readonly name: string;
  readonly #module: SdkModule;
  readonly #Provider: Constructor<[ProviderOptions], StartedProvider>;
  /** It is `sdk-trace-base`, which takes the exporter itself first; `sdk-trace` takes one object with everything. */
  readonly #exporterFirst: boolean;

  private constructor(
    module: SdkModule,
    Provider: Constructor<[ProviderOptions], StartedProvider>,
    exporterFirst: boolean,
    modules: ModuleFinder,
  ) {
    this.name = exporterFirst ? '@opentelemetry/sdk-trace-base' : '@opentelemetry/sdk-trace';
    this.#module = module;
    this.#Provider = Provider;
    this.#exporterFirst = exporterFirst;
    this.modules = modules;
    this.core = modules.find('@opentelemetry/core')?.exports ?? {};
  }

  /** Whether its parts take the variables of the environment that are for them: `sdk-trace-base` does. */
  get readsEnvironment(): boolean {
    return this.#exporterFirst;
  }

  /** @returns `undefined` if the module is not an SDK that is known */
  static of(module: object, modules: ModuleFinder): Sdk | undefined {
    const sdk = module as Partial<SdkModule>;
    const Provider = sdk.BasicTracerProvider ?? sdk.TracerProvider;
    return Provider === undefined || sdk.BatchSpanProcessor === undefined
      ? undefined
      : new Sdk(sdk as SdkModule, Provider, sdk.BasicTracerProvider !== undefined, modules);
  }

  /** @returns `undefined` if no SDK is in reach */
  static find(modules: ModuleFinder): Sdk | undefined {
    for (const name of SDK_PACKAGES) {
      const found = modules.find(name);
      const sdk = found === undefined ? undefined : Sdk.of(found.exports, found.finder);
      if (sdk !== undefined) {
        return sdk;
      }
    }
    return undefined;
  }

  startProvider(options: ProviderOptions): StartedProvider {
    return new this.#Provider(options);
  }

  batch(exporter: object, options: Readonly<Record<string, number>>): SpanProcessorLike {
    const { BatchSpanProcessor } = this.#module;
    return this.#exporterFirst
      ? new BatchSpanProcessor(exporter, { ...options })
      : new BatchSpanProcessor({ exporter, ...options });
  }

  console(): SpanProcessorLike {
    const { SimpleSpanProcessor, ConsoleSpanExporter } = this.#module;
    const exporter = new ConsoleSpanExporter();
    return this.#exporterFirst ? new SimpleSpanProcessor(exporter) : new SimpleSpanProcessor({ exporter });
  }

  alwaysOn(): SamplerLike {
    return new this.#module.AlwaysOnSampler();
  }

  alwaysOff(): SamplerLike {
    return new this.#module.AlwaysOffSampler();
  }

  ratio(ratio: number): SamplerLike {
    return new this.#module.TraceIdRatioBasedSampler(ratio);
  }

  parentBased(root: SamplerLike): SamplerLike {
    return new this.#module.ParentBasedSampler({ root });
  }
}

const SDK_PACKAGES = ['@opentelemetry/sdk-trace', '@opentelemetry/sdk-trace-base'];

/** What to tell somebody whose SDK is not in reach. */
export function sdkMissing(bundled: boolean): string {
  return bundled
    ? 'this code is bundled, and an SDK that is in the bundle can not be found. Name it: ' +
        "startDatabricksTelemetry({ sdk }), with import * as sdk from '@opentelemetry/sdk-trace' or " +
        "'@opentelemetry/sdk-trace-base' (2.x)"
    : 'no OpenTelemetry SDK was found. Install one: npm install @opentelemetry/sdk-trace (Node.js 22.15 or ' +
        'later), or npm install "@opentelemetry/api@<1.10" @opentelemetry/sdk-trace-base@2 (any Node.js)';
}
