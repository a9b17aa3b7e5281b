import { isSpanContextValid, SpanStatusCode, trace } from '@opentelemetry/api';
import { DB_SYSTEM, Tag } from '../tags/index.js';
import { describeFailure } from './driverErrors.js';
import type {
  DriverCloudFetchHandler,
  DriverDownloadedBatch,
  DriverOperation,
  DriverOperationBackend,
  DriverOperationStatus,
  DriverResultLink,
  DriverRowSet,
} from './driverShapes.js';
import type { DriverTracer } from './driverTracer.js';
import type { Method, MethodPatches } from './methodPatches.js';
import type { StatementLife } from './statementLife.js';

/** Calls of an operation that tell of it only by failing. */
const OTHER_CALLS = ['finished', 'status', 'getSchema', 'getMetadata', 'getResultMetadata'] as const;

/** Patches `DBSQLOperation.prototype`: all that an application does with a result. */
export function patchOperation(prototype: object, patches: MethodPatches, tracer: DriverTracer): void {
  wrapCall(prototype, 'fetchChunk', patches, tracer, {
    before: (statement) => linkToFetchingTrace(statement, tracer),
    settled: (statement, rows) => statement.onRows(Array.isArray(rows) ? rows.length : 0),
  });
  wrapCall(prototype, 'hasMoreRows', patches, tracer, {
    settled: (statement, more) => {
      if (more === false) {
        statement.onExhausted();
      }
    },
  });
  for (const name of OTHER_CALLS) {
    wrapCall(prototype, name, patches, tracer, {});
  }
  for (const name of ['close', 'cancel']) {
    wrapCall(prototype, name, patches, tracer, {
      before: (statement) => statement.onClosing(),
      settled: (statement) => statement.end(),
      failed: (statement, error) => statement.onCloseFailure(error),
    });
  }
  patches.wrap<DriverOperation>(prototype, 'waitUntilReadyThroughBackend', (original) =>
    wrapWait(original, tracer),
  );
}

/** Patches `ThriftOperationBackend.prototype`: status requests. */
export function patchOperationBackend(prototype: object, patches: MethodPatches, tracer: DriverTracer): void {
  patches.wrap<DriverOperationBackend>(prototype, 'thriftStatusResponse', (original) =>
    wrapStatusRequest(original, tracer),
  );
}

/** Patches `RowSetProvider.prototype`: pages as they come from the server. */
export function patchRowSource(prototype: object, patches: MethodPatches, tracer: DriverTracer): void {
  patches.wrap<object>(prototype, 'processFetchResponse', (original) => {
    return function processFetchResponse(this: object, ...args) {
      const rowSet = original.apply(this, args) as DriverRowSet | undefined;
      const statement = tracer.statementOf(this);
      if (statement !== undefined && !statement.ended && rowSet !== undefined && rowSet !== null) {
        tracer.guard(() => statement.measures.onPage(inlineBytesOf(rowSet), rowSet.resultLinks?.length ?? 0));
      }
      return rowSet;
    };
  });
}

/** Patches `CloudFetchResultHandler.prototype`: downloads of result files. */
export function patchCloudFetch(prototype: object, patches: MethodPatches, tracer: DriverTracer): void {
  patches.wrap<DriverCloudFetchHandler>(prototype, 'downloadLink', (original) =>
    wrapDownload(original, tracer),
  );
}

/** Patches `HttpRetryPolicy.prototype`: attempts beyond the first. */
export function patchRetryPolicy(prototype: object, patches: MethodPatches, tracer: DriverTracer): void {
  patches.wrap<object>(prototype, 'invokeWithRetry', (original) => {
    return function invokeWithRetry(this: object, ...args) {
      const [operation, ...rest] = args;
      if (!tracer.enabled || typeof operation !== 'function') {
        return original.apply(this, args);
      }
      let attempts = 0;
      const counted = () => {
        if (attempts++ > 0) {
          tracer.guard(() => {
            const statement = tracer.activeStatement();
            if (statement !== undefined) {
              statement.measures.retryCount++;
            }
          });
        }
        return operation();
      };
      return original.call(this, counted, ...rest);
    };
  });
}

interface CallObserver {
  before?(statement: StatementLife): void;
  settled?(statement: StatementLife, result: unknown): void;
  /** Default: `onFailure`. */
  failed?(statement: StatementLife, error: unknown): void;
}

/** Runs a call under the statement's span and tells the statement how it went. */
function wrapCall(
  prototype: object,
  name: string,
  patches: MethodPatches,
  tracer: DriverTracer,
  observer: CallObserver,
): void {
  patches.wrap<DriverOperation>(prototype, name, (original) => {
    return function call(this: DriverOperation, ...args) {
      const statement = tracer.statementOf(this.backend);
      if (statement === undefined || statement.ended) {
        return original.apply(this, args);
      }
      tracer.guard(() => observer.before?.(statement));
      statement.enter();
      const promise = tracer.contexts.with(statement.activeContext, () =>
        original.apply(this, args),
      ) as Promise<unknown>;
      promise.then(
        (result) => {
          tracer.guard(() => observer.settled?.(statement, result));
          statement.leave();
        },
        (error: unknown) => {
          tracer.guard(() =>
            observer.failed === undefined ? statement.onFailure(error) : observer.failed(statement, error),
          );
          statement.leave();
        },
      );
      return promise;
    };
  });
}

function wrapWait(original: Method<DriverOperation>, tracer: DriverTracer): Method<DriverOperation> {
  return function waitUntilReadyThroughBackend(this: DriverOperation, ...args) {
    const statement = tracer.statementOf(this.backend);
    if (statement === undefined || statement.ended || statement.measures.answered) {
      return original.apply(this, args);
    }
    statement.enter();
    statement.waiting = true;
    const promise = original.apply(this, args) as Promise<unknown>;
    promise.then(
      () => {
        tracer.guard(() => {
          statement.onWaited();
          statement.onAnswered();
        });
        statement.leave();
      },
      () => {
        // Whoever called hears of the failure, and tells the statement.
        tracer.guard(() => statement.onWaited());
        statement.leave();
      },
    );
    return promise;
  };
}

function wrapStatusRequest(
  original: Method<DriverOperationBackend>,
  tracer: DriverTracer,
): Method<DriverOperationBackend> {
  return function thriftStatusResponse(this: DriverOperationBackend, ...args) {
    const statement = tracer.statementOf(this);
    // With a final status at hand the driver asks nobody.
    if (statement === undefined || statement.ended || this.operationStatus) {
      return original.apply(this, args);
    }
    if (statement.waiting && statement.waitSpan === undefined) {
      statement.waitSpan = tracer.startInnerSpan(statement, 'wait', INNER_TAGS);
    }
    statement.measures.onPoll();
    const promise = original.apply(this, args) as Promise<DriverOperationStatus>;
    promise.then(
      (status) =>
        tracer.guard(() => {
          statement.measures.onPolled();
          statement.onStatus(status);
        }),
      () => statement.measures.onPolled(),
    );
    return promise;
  };
}

function wrapDownload(
  original: Method<DriverCloudFetchHandler>,
  tracer: DriverTracer,
): Method<DriverCloudFetchHandler> {
  return function downloadLink(this: DriverCloudFetchHandler, ...args) {
    const statement = tracer.statementOf(this.source);
    if (statement === undefined || statement.ended) {
      return original.apply(this, args);
    }
    const index = statement.measures.onDownloadStart();
    const span = tracer.startInnerSpan(statement, 'download', {
      ...INNER_TAGS,
      [Tag.chunkIndex]: index,
      [Tag.resultCompressed]: this.isLZ4Compressed === true,
    });
    const promise = original.apply(this, args) as Promise<DriverDownloadedBatch>;
    promise.then(
      (batch) =>
        tracer.guard(() => {
          const bytes = batch.batches?.[0]?.length ?? 0;
          statement.measures.onDownloaded(bytes);
          span?.setAttribute(Tag.chunkBytes, bytes);
          const rows = (args[0] as DriverResultLink | undefined)?.rowCount?.toNumber(true);
          if (rows !== undefined) {
            span?.setAttribute(Tag.chunkRows, rows);
          }
          tracer.endSpan(span);
        }),
      (error: unknown) =>
        tracer.guard(() => {
          span?.setAttribute(Tag.errorType, describeFailure(error).code);
          span?.setStatus({ code: SpanStatusCode.ERROR });
          tracer.endSpan(span);
        }),
    );
    return promise;
  };
}

const INNER_TAGS = { [Tag.dbSystemName]: DB_SYSTEM };

/** A statement that is fetched under another trace keeps its own, and links to the one that fetches. */
function linkToFetchingTrace(statement: StatementLife, tracer: DriverTracer): void {
  if (statement.fetched) {
    return;
  }
  statement.fetched = true;
  const fetching = trace.getSpanContext(tracer.contexts.active());
  if (
    fetching !== undefined &&
    isSpanContextValid(fetching) &&
    fetching.traceId !== statement.span.spanContext().traceId
  ) {
    statement.span.addLink({ context: fetching });
  }
}

function inlineBytesOf(rowSet: DriverRowSet): number | undefined {
  if (!rowSet.arrowBatches?.length) {
    return undefined;
  }
  let bytes = 0;
  for (const { batch } of rowSet.arrowBatches) {
    bytes += batch?.length ?? 0;
  }
  return bytes;
}
