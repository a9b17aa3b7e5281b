import { isSpanContextValid, trace } from '@opentelemetry/api';
import type { DriverOperation } from './driverShapes.js';
import type { DriverTracer } from './driverTracer.js';
import type { Method, MethodPatches } from './methodPatches.js';
import type { StatementLife } from './statementLife.js';

/** Calls of an operation that tell of it only by failing. */
const OTHER_CALLS = ['finished', 'status', 'getSchema', 'getMetadata', 'getResultMetadata'] as const;

/** Patches `DBSQLOperation.prototype`: all that an application does with a result. */
export function patchOperation(prototype: object, patches: MethodPatches, tracer: DriverTracer): void {
  wrapCall(prototype, 'fetchChunk', patches, tracer, {
    before: (statement) => linkToFetchingTrace(statement, tracer),
    settled: (statement, now, rows) => statement.onRows(Array.isArray(rows) ? rows.length : 0, now),
  });
  wrapCall(prototype, 'hasMoreRows', patches, tracer, {
    settled: (statement, now, more) => {
      if (more === false) {
        statement.onExhausted(now);
      }
    },
  });
  for (const name of OTHER_CALLS) {
    wrapCall(prototype, name, patches, tracer, {});
  }
  for (const name of ['close', 'cancel']) {
    wrapCall(prototype, name, patches, tracer, {
      sends: true,
      before: (statement, now) => statement.onClosing(now),
      settled: (statement, now) => statement.end(now),
      failed: (statement, now, error) => statement.onCloseFailure(error, now),
    });
  }
  patches.wrap<DriverOperation>(prototype, 'waitUntilReadyThroughBackend', (original) =>
    wrapWait(original, tracer),
  );
}

interface CallObserver {
  /** Whether the call itself sends a request. What others send is seen where it is sent. */
  readonly sends?: boolean;
  before?(statement: StatementLife, now: number): void;
  settled?(statement: StatementLife, now: number, result: unknown): void;
  /** Default: `onFailure`. */
  failed?(statement: StatementLife, now: number, error: unknown): void;
}

/** Tells the statement of a call, and how it went. */
function wrapCall(
  prototype: object,
  name: string,
  patches: MethodPatches,
  tracer: DriverTracer,
  observer: CallObserver,
): void {
  const { sends = false, before, settled } = observer;
  const failed = observer.failed ?? ((statement, now, error) => statement.onFailure(error, now));
  patches.wrap<DriverOperation>(prototype, name, (original) => {
    return function call(this: DriverOperation, ...args) {
      const statement = tracer.statementOf(this.backend);
      if (statement === undefined || statement.ended) {
        return original.apply(this, args);
      }
      const calledAt = performance.now();
      statement.enter(calledAt);
      if (before !== undefined) {
        tracer.guard(() => before(statement, calledAt));
      }
      const promise = (
        sends
          ? tracer.contexts.with(statement.start.activeContext, () => original.apply(this, args))
          : original.apply(this, args)
      ) as Promise<unknown>;
      promise.then(
        (result) => {
          const now = performance.now();
          if (settled !== undefined) {
            tracer.guard(() => settled(statement, now, result));
          }
          statement.leave(now);
        },
        (error: unknown) => {
          const now = performance.now();
          tracer.guard(() => failed(statement, now, error));
          statement.leave(now);
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
    statement.enter(performance.now());
    statement.waiting = true;
    const promise = original.apply(this, args) as Promise<unknown>;
    promise.then(
      () => {
        const now = performance.now();
        tracer.guard(() => {
          statement.onWaited(now);
          statement.onAnswered(now);
        });
        statement.leave(now);
      },
      () => {
        // Whoever called hears of the failure, and tells the statement.
        const now = performance.now();
        tracer.guard(() => statement.onWaited(now));
        statement.leave(now);
      },
    );
    return promise;
  };
}

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
