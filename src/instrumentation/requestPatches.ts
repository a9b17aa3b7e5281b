import { DB_SYSTEM, Tag } from '../tags/index.js';
import type {
  DriverOperationBackend,
  DriverOperationStatus,
  DriverRowSet,
  DriverRowSource,
} from './driverShapes.js';
import type { DriverTracer } from './driverTracer.js';
import type { Method, MethodPatches } from './methodPatches.js';
import type { StatementLife } from './statementLife.js';

/** Patches `ThriftOperationBackend.prototype`: requests for the status and for what describes the result. */
export function patchOperationBackend(prototype: object, patches: MethodPatches, tracer: DriverTracer): void {
  patches.wrap<DriverOperationBackend>(prototype, 'thriftStatusResponse', (original) =>
    wrapStatusRequest(original, tracer),
  );
  patches.wrap<DriverOperationBackend>(prototype, 'thriftResultMetadataResponse', (original) => {
    return function thriftResultMetadataResponse(this: DriverOperationBackend, ...args) {
      // Known, or asked for already: then no request is made.
      const statement = this.metadata || this.metadataPromise ? undefined : tracer.statementOf(this);
      const call = () => original.apply(this, args);
      return statement === undefined ? call() : observeRequest(statement, tracer, call);
    };
  });
}

/** Patches `RowSetProvider.prototype`: pages as they come from the server. */
export function patchRowSource(prototype: object, patches: MethodPatches, tracer: DriverTracer): void {
  patches.wrap<DriverRowSource>(prototype, 'fetchNext', (original) => {
    return function fetchNext(this: DriverRowSource, ...args) {
      // What came with an earlier answer takes no request.
      const statement = this.prefetchedResults?.length ? undefined : tracer.statementOf(this);
      const call = () => original.apply(this, args);
      return statement === undefined ? call() : observeRequest(statement, tracer, call);
    };
  });
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

/** Patches `HttpRetryPolicy.prototype`: attempts beyond the first. */
export function patchRetryPolicy(prototype: object, patches: MethodPatches, tracer: DriverTracer): void {
  patches.wrap<object>(prototype, 'invokeWithRetry', (original) => {
    return function invokeWithRetry(this: object, ...args) {
      const [operation, ...rest] = args;
      if (!tracer.enabled || typeof operation !== 'function') {
        return original.apply(this, args);
      }
      let attemptedAt: number | undefined;
      const observed = () => {
        const now = performance.now();
        const failedAt = attemptedAt;
        if (failedAt !== undefined) {
          tracer.guard(() => tracer.activeStatement()?.measures.onRetry(failedAt, now));
        }
        attemptedAt = now;
        return operation();
      };
      return original.call(this, observed, ...rest);
    };
  });
}

/** Runs a request under the statement's span. */
function observeRequest(statement: StatementLife, tracer: DriverTracer, call: () => unknown): unknown {
  if (statement.ended) {
    return call();
  }
  const { ledger } = statement.measures;
  ledger.requestBegins(performance.now());
  const promise = tracer.contexts.with(statement.start.activeContext, call) as Promise<unknown>;
  const ended = () => ledger.requestEnds(performance.now());
  promise.then(ended, ended);
  return promise;
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
    const askedAt = performance.now();
    if (statement.waiting && statement.waitSpan === undefined) {
      statement.waitSpan = tracer.startInnerSpan(statement, 'wait', INNER_TAGS, askedAt);
    }
    statement.measures.onPoll(askedAt);
    const promise = tracer.contexts.with(statement.start.activeContext, () =>
      original.apply(this, args),
    ) as Promise<DriverOperationStatus>;
    promise.then(
      (status) =>
        tracer.guard(() => {
          const now = performance.now();
          statement.measures.onPolled(now);
          statement.onStatus(status, now);
        }),
      () => statement.measures.onPolled(performance.now()),
    );
    return promise;
  };
}

const INNER_TAGS = { [Tag.dbSystemName]: DB_SYSTEM };

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
