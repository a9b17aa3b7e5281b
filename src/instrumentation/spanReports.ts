import type { Span, TracerProvider } from '@opentelemetry/api';
import { isSdkDisabled } from '../environment.js';
import { globalApi } from '../globalApi.js';
import { logAloud, logInfo } from '../log.js';
import { sentryHint } from '../sentryHint.js';
import type { DriverConnection } from './driverConnection.js';

const NO_PROVIDER =
  'no tracer provider is registered: the calls of the driver make no spans and no records. Start your SDK before ' +
  'the first connect(), or give the instrumentation a processor: ' +
  'new DatabricksSqlInstrumentation({ processor: new DatabricksSpanProcessor() })';

const START_FAILED =
  'a span processor or sampler that was registered threw when a span started: that call makes no span and no ' +
  "record. stats().userCodeFailures of the instrumentation counts such calls as 'spanProcessor'";

/** Says, each once, why there are no spans or no records. */
export class SpanReports {
  /** A first span was there. */
  hasLooked = false;
  #hasReportedStart = false;
  #hasProvider = false;

  /** The instrumentation was given a tracer provider. The API's stand-in for one that may come later is none. */
  onProvider(provider: TracerProvider): void {
    this.#hasProvider = typeof (provider as { getDelegate?: unknown }).getDelegate !== 'function';
  }

  /** The first span of all shows whether anybody takes spans, and whether anybody makes records of them. */
  lookAtFirst(span: Span, { handle }: DriverConnection): void {
    this.hasLooked = true;
    if (span.isRecording()) {
      if (handle !== undefined && handle.served === undefined) {
        logInfo(
          'spans are made; no DatabricksSpanProcessor takes them, so there are no records for Databricks',
        );
      }
    } else if (!this.#isAnybodyThere() && !isSdkDisabled(process.env)) {
      logAloud('warn', NO_PROVIDER + sentryHint());
    }
  }

  /** A sampler or span processor of the user's threw out of a span's start. */
  onStartFailed(): void {
    if (!this.#hasReportedStart) {
      this.#hasReportedStart = true;
      logAloud('warn', START_FAILED);
    }
  }

  #isAnybodyThere(): boolean {
    const { trace, metrics } = globalApi();
    return this.#hasProvider || trace !== undefined || metrics !== undefined;
  }
}
