import type { DatabricksSqlInstrumentation } from '../instrumentation/databricksSqlInstrumentation.js';
import type { DatabricksSpanProcessor } from '../processor/databricksSpanProcessor.js';
import type { SpanProcessorLike } from '../spanShape.js';
import { ExportFailures } from './diagnostics.js';
import { ProcessEnd } from './processEnd.js';
import type { StartedProvider } from './sdk.js';

export interface RunningTelemetryOptions {
  /** What ends with it: a provider of ours, or the processor alone. */
  readonly provider: Pick<StartedProvider, 'shutdown'>;
  readonly instrumentation: DatabricksSqlInstrumentation;
  /** The processor for Databricks. */
  readonly processor: DatabricksSpanProcessor;
  /** The provider's other processors, for the user's backend. */
  readonly localProcessors: readonly SpanProcessorLike[];
  readonly failures?: ExportFailures;
  /** Milliseconds that a flush, or the end, may take. */
  readonly deadlineMs: number;
  /** Whether SIGTERM and SIGINT end it, and then the process. */
  readonly withSignals: boolean;
}

/** A processor with the instrumentation that feeds it, from its start to the process's end. */
export class RunningTelemetry {
  readonly instrumentation: DatabricksSqlInstrumentation;
  readonly #provider: Pick<StartedProvider, 'shutdown'>;
  readonly #processor: DatabricksSpanProcessor;
  readonly #localProcessors: readonly SpanProcessorLike[];
  readonly #failures: ExportFailures;
  readonly #deadlineMs: number;
  readonly #processEnd: ProcessEnd;
  #ending: Promise<void> | undefined = undefined;

  constructor(options: RunningTelemetryOptions) {
    this.instrumentation = options.instrumentation;
    this.#provider = options.provider;
    this.#processor = options.processor;
    this.#localProcessors = options.localProcessors;
    this.#failures = options.failures ?? new ExportFailures();
    this.#deadlineMs = options.deadlineMs;
    this.#processEnd = new ProcessEnd({
      end: () => this.shutdown(),
      flush: () => this.forceFlush(),
      deadlineMs: options.deadlineMs,
      withSignals: options.withSignals,
    });
  }

  /** Sends what is queued, within the deadline. Never rejects. */
  async forceFlush(): Promise<void> {
    await Promise.all([this.#processor.forceFlush(), this.#flushLocals()]);
  }

  /**
   * Puts the driver's methods back, ends what is open, sends what is queued and stops, all within the deadline.
   * Idempotent; never rejects.
   */
  shutdown(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    const startedAt = performance.now();
    this.#processEnd.release();
    // First of all: what is open then goes with the rest, in one request.
    try {
      this.instrumentation.disable();
    } catch (error) {
      this.#failures.report(error);
    }
    // Not flushed first: an endpoint that hangs would take the whole deadline, and nobody would count what is lost.
    // And not left to the provider, which a processor of the user's that throws keeps from stopping ours.
    await Promise.all([this.#processor.shutdown(), this.#flushLocals()]);
    await within(this.#stopProvider(), this.#deadlineMs - (performance.now() - startedAt));
  }

  async #flushLocals(): Promise<void> {
    await Promise.all(this.#localProcessors.map((processor) => this.#flushLocal(processor)));
  }

  async #stopProvider(): Promise<void> {
    try {
      await this.#provider.shutdown();
    } catch (error) {
      this.#failures.report(error);
    }
  }

  async #flushLocal(processor: SpanProcessorLike): Promise<void> {
    try {
      if ((await within(processor.forceFlush(), this.#deadlineMs)) === 'late') {
        this.#failures.report(`no answer within ${this.#deadlineMs} ms`);
      }
    } catch (error) {
      this.#failures.report(error);
    }
  }
}

/** Settles as the promise does, or with `late` at the deadline. Does not keep the process alive. */
async function within(promise: Promise<unknown>, deadlineMs: number): Promise<'late' | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), Math.max(0, deadlineMs)).unref();
  });
  try {
    return (await Promise.race([promise, deadline])) === 'late' ? 'late' : undefined;
  } finally {
    clearTimeout(timer);
  }
}
