import { logError } from '../log.js';
import { type ExportLocalOptions, exportLocal } from '../processor/exportLocal.js';
import { sentryHint } from '../sentryHint.js';
import type { SpanProcessorLike } from '../spanShape.js';
import type { Sdk } from './sdk.js';
import { batchOptionsByEnvironment, listVariable, logBadValue, textVariable } from './sdkEnvironment.js';

const EXPORTER_PACKAGES: ReadonlyMap<string, string> = new Map([
  ['http/protobuf', '@opentelemetry/exporter-trace-otlp-proto'],
  ['http/json', '@opentelemetry/exporter-trace-otlp-http'],
  ['grpc', '@opentelemetry/exporter-trace-otlp-grpc'],
]);
const DEFAULT_PROTOCOL = 'http/protobuf';
const EXPORTERS = ['otlp', 'console', 'none'];

/** The processors for the user's own backend that `OTEL_TRACES_EXPORTER` asks for, each behind the filter. */
export function localProcessors(sdk: Sdk, options: ExportLocalOptions): readonly SpanProcessorLike[] {
  const names = listVariable(sdk, 'OTEL_TRACES_EXPORTER');
  const processors = (names.length === 0 ? ['otlp'] : names).map((name) => {
    switch (name) {
      case 'none':
        return undefined;
      case 'console':
        return sdk.console();
      default:
        if (name !== 'otlp') {
          logBadValue('OTEL_TRACES_EXPORTER', name, EXPORTERS, 'it is left out');
          return undefined;
        }
        return otlpProcessor(sdk);
    }
  });
  return processors.filter((each) => each !== undefined).map((each) => exportLocal(each, options));
}

/** The endpoint, the headers and the rest of `OTEL_EXPORTER_OTLP_*` are read by the exporter itself. */
function otlpProcessor(sdk: Sdk): SpanProcessorLike | undefined {
  const wanted = protocolOf(sdk);
  const packages = wanted === undefined ? [...EXPORTER_PACKAGES.values()] : [EXPORTER_PACKAGES.get(wanted)];
  for (const name of packages) {
    const exporter = name === undefined ? undefined : newExporter(name, sdk);
    if (exporter !== undefined) {
      return sdk.batch(exporter, batchOptionsByEnvironment(sdk));
    }
  }
  logError(
    'spans go to no backend of yours: no OTLP exporter was found. ' +
      `Install one: npm install ${packages[0]}; or set OTEL_TRACES_EXPORTER=none${sentryHint()}`,
  );
  return undefined;
}

/** `undefined`: whichever exporter is installed, `http/protobuf` first. */
function protocolOf(sdk: Sdk): string | undefined {
  for (const name of ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL']) {
    const text = textVariable(sdk, name);
    if (text !== undefined) {
      if (EXPORTER_PACKAGES.has(text)) {
        return text;
      }
      logBadValue(name, text, [...EXPORTER_PACKAGES.keys()], `${DEFAULT_PROTOCOL} is used`);
      return DEFAULT_PROTOCOL;
    }
  }
  return undefined;
}

function newExporter(name: string, sdk: Sdk): object | undefined {
  const module = sdk.modules.find(name)?.exports as { OTLPTraceExporter?: new () => object } | undefined;
  return module?.OTLPTraceExporter === undefined ? undefined : new module.OTLPTraceExporter();
}
