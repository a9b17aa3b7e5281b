import {
  type ContextManager,
  context,
  ProxyTracerProvider,
  propagation,
  type TextMapPropagator,
  trace,
} from '@opentelemetry/api';
import { globalApi } from '../globalApi.js';
import { LocalContexts } from './localContexts.js';
import type { ModuleFinder } from './moduleFinder.js';
import type { Sdk } from './sdk.js';
import { listVariable, logBadValue } from './sdkEnvironment.js';

/** What is used of `@opentelemetry/resources` and `…/context-async-hooks`. */
interface Resource {
  merge(other: Resource): Resource;
}
interface Detector {
  detect(config?: unknown): { readonly attributes?: Readonly<Record<string, unknown>> };
}
interface ResourcesModule {
  defaultResource?(): Resource;
  detectResources?(options: { readonly detectors: readonly unknown[] }): Resource;
  readonly envDetector?: unknown;
  readonly processDetector?: Detector;
  readonly hostDetector?: unknown;
}
interface ContextsModule {
  readonly AsyncLocalStorageContextManager?: new () => ContextManager;
}

/** A command line may hold secrets, and the owner and the paths name people: these are not asked for. */
const PROCESS_ATTRIBUTES: readonly string[] = [
  'process.pid',
  'process.runtime.name',
  'process.runtime.version',
  'process.runtime.description',
];

const DEFAULT_PROPAGATORS = ['tracecontext', 'baggage'];

/** Whether there is a tracer provider already, registered with whichever copy of the API. */
export function hasGlobalProvider(): boolean {
  const provider = globalApi().trace ?? trace.getTracerProvider();
  return (
    !(provider instanceof ProxyTracerProvider) ||
    provider.getDelegate() !== new ProxyTracerProvider().getDelegate()
  );
}

/** What the spans say of the process: `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_SERVICE_NAME`, process and host. */
export function detectResource(modules: ModuleFinder): object | undefined {
  const resources = modules.find('@opentelemetry/resources')?.exports as ResourcesModule | undefined;
  const resource = resources?.defaultResource?.();
  const detected = resources?.detectResources?.({
    detectors: [
      resources.envDetector,
      withoutCommandLine(resources.processDetector),
      resources.hostDetector,
    ].filter((detector) => detector !== undefined),
  });
  return resource !== undefined && detected !== undefined ? resource.merge(detected) : undefined;
}

function withoutCommandLine(detector: Detector | undefined): Detector | undefined {
  return (
    detector && {
      detect(config) {
        const { attributes = {} } = detector.detect(config);
        const kept = PROCESS_ATTRIBUTES.filter((name) => attributes[name] !== undefined);
        return { attributes: Object.fromEntries(kept.map((name) => [name, attributes[name]])) };
      },
    }
  );
}

/** The SDK's context manager where it is installed, else one that does without binding event emitters. */
export function setContextManager(modules: ModuleFinder): void {
  const { AsyncLocalStorageContextManager } = (modules.find('@opentelemetry/context-async-hooks')?.exports ??
    {}) as ContextsModule;
  const manager =
    AsyncLocalStorageContextManager === undefined
      ? new LocalContexts()
      : new AsyncLocalStorageContextManager();
  context.setGlobalContextManager(manager.enable());
}

/** The propagators that `OTEL_PROPAGATORS` names: `tracecontext`, `baggage`, `none`. */
export function setPropagator(sdk: Sdk): void {
  const { core } = sdk;
  const known: Readonly<Record<string, (new () => TextMapPropagator) | undefined>> = {
    tracecontext: core.W3CTraceContextPropagator,
    baggage: core.W3CBaggagePropagator,
  };
  const named = listVariable(sdk, 'OTEL_PROPAGATORS');
  const propagators = (named.length === 0 ? DEFAULT_PROPAGATORS : named).flatMap((name) => {
    const Propagator = Object.hasOwn(known, name) ? known[name] : undefined;
    if (Propagator === undefined && name !== 'none') {
      logBadValue('OTEL_PROPAGATORS', name, [...DEFAULT_PROPAGATORS, 'none'], 'it is left out');
    }
    return Propagator === undefined ? [] : [new Propagator()];
  });
  if (core.CompositePropagator !== undefined && propagators.length > 0) {
    propagation.setGlobalPropagator(new core.CompositePropagator({ propagators }));
  }
}
