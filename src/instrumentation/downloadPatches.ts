import { type Attributes, type Span, SpanStatusCode } from '@opentelemetry/api';
import { DB_SYSTEM, Tag } from '../tags/index.js';
import { describeFailure } from './driverErrors.js';
import type { DriverCloudFetchHandler, DriverDownloadedBatch, DriverResultLink } from './driverShapes.js';
import type { DriverTracer } from './driverTracer.js';
import type { MethodPatches } from './methodPatches.js';
import type { StatementLife } from './statementLife.js';

/** Patches `CloudFetchResultHandler.prototype`: downloads of result files. */
export function patchCloudFetch(prototype: object, patches: MethodPatches, tracer: DriverTracer): void {
  patches.wrap<DriverCloudFetchHandler>(prototype, 'downloadLink', (original) => {
    return function downloadLink(this: DriverCloudFetchHandler, ...args) {
      const statement = tracer.statementOf(this.source);
      if (statement === undefined || statement.ended) {
        return original.apply(this, args);
      }
      const download = new Download(statement, tracer, this.isLZ4Compressed === true);
      const promise = tracer.contexts.with(statement.start.activeContext, () =>
        original.apply(this, args),
      ) as Promise<DriverDownloadedBatch>;
      promise.then(
        (batch) => tracer.guard(() => download.onSuccess(batch, args[0] as DriverResultLink | undefined)),
        (error: unknown) => tracer.guard(() => download.onFailure(error)),
      );
      return promise;
    };
  });
}

/**
 * One download. It has a span if inner spans are wanted. If it fails without one, the processor hears of it in
 * another way, since what becomes of the statement need not tell of it.
 */
class Download {
  readonly #statement: StatementLife;
  readonly #tracer: DriverTracer;
  readonly #begunAt = performance.now();
  readonly #index: number;
  readonly #isCompressed: boolean;
  readonly #span: Span | undefined;

  constructor(statement: StatementLife, tracer: DriverTracer, isCompressed: boolean) {
    this.#statement = statement;
    this.#tracer = tracer;
    this.#isCompressed = isCompressed;
    this.#index = statement.measures.onDownload(this.#begunAt);
    this.#span = tracer.startInnerSpan(statement, 'download', this.#tags(), this.#begunAt);
  }

  onSuccess(batch: DriverDownloadedBatch, link: DriverResultLink | undefined): void {
    const now = performance.now();
    const bytes = batch.batches?.[0]?.length ?? 0;
    this.#statement.measures.onDownloaded(this.#index, this.#begunAt, now, bytes);
    const span = this.#span;
    if (span === undefined) {
      return;
    }
    span.setAttribute(Tag.chunkBytes, bytes);
    const rows = link?.rowCount?.toNumber(true);
    if (rows !== undefined) {
      span.setAttribute(Tag.chunkRows, rows);
    }
    this.#tracer.endSpan(span, now);
  }

  onFailure(error: unknown): void {
    const now = performance.now();
    const { measures, ended } = this.#statement;
    measures.onDownloadFailed(now);
    const { code } = describeFailure(error);
    if (this.#span !== undefined) {
      this.#span.setAttribute(Tag.errorType, code);
      this.#span.setStatus({ code: SpanStatusCode.ERROR });
      this.#tracer.endSpan(this.#span, now);
    } else if (!ended) {
      const latencyMs = now - this.#begunAt;
      this.#tracer.onDownloadFailed(this.#statement, {
        startTimeMs: Date.now() - latencyMs,
        latencyMs,
        chunkIndex: this.#index,
        errorType: code,
      });
    }
  }

  #tags(): Attributes {
    return {
      [Tag.dbSystemName]: DB_SYSTEM,
      [Tag.chunkIndex]: this.#index,
      [Tag.resultCompressed]: this.#isCompressed,
    };
  }
}
