import { type Context, ROOT_CONTEXT, type SpanContext, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ConnectionHandle } from '../../src/connectionHandle.js';
import { setConnection } from '../../src/context.js';
import type { ReadableSpanLike } from '../../src/spanShape.js';
import { INSTRUMENTATION_SCOPE } from '../../src/version.js';
import { TestConnection, type TestConnectionOptions } from './connections.js';

export const SESSION_ID = '11111111-1111-4111-8111-111111111111';
export const STATEMENT_ID = '22222222-2222-4222-8222-222222222222';

let nextSpanId = 1;

/** A span as a processor reads it, with all its 17 members. */
export function span(
  over: Partial<Omit<ReadableSpanLike, 'spanContext'>> & { spanId?: string } = {},
): ReadableSpanLike {
  const spanId = over.spanId ?? (nextSpanId++).toString(16).padStart(16, '0');
  const spanContext: SpanContext = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId, traceFlags: 1 };
  return {
    name: 'SELECT rows',
    kind: SpanKind.CLIENT,
    startTime: [1_700_000_000, 5_000_000],
    endTime: [1_700_000_000, 30_000_000],
    duration: [0, 25_000_000],
    status: { code: SpanStatusCode.UNSET },
    attributes: {},
    links: [],
    events: [],
    ended: true,
    resource: { attributes: {} },
    instrumentationScope: { name: INSTRUMENTATION_SCOPE },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
    ...over,
    spanContext: () => spanContext,
  };
}

/** A statement's span. */
export function statementSpan(attributes: Record<string, unknown> = {}, spanId?: string): ReadableSpanLike {
  return span({
    ...(spanId === undefined ? {} : { spanId }),
    attributes: {
      'db.system.name': 'databricks',
      'databricks.operation.type': 'EXECUTE_STATEMENT',
      'databricks.statement.type': 'QUERY',
      'databricks.session.id': SESSION_ID,
      'databricks.statement.id': STATEMENT_ID,
      ...attributes,
    },
  });
}

/** A download's span below a statement's. */
export function downloadSpan(
  parent: ReadableSpanLike,
  attributes: Record<string, unknown>,
  ms = 10,
): ReadableSpanLike {
  return span({
    name: 'download',
    kind: SpanKind.INTERNAL,
    parentSpanContext: parent.spanContext(),
    duration: [0, ms * 1_000_000],
    attributes: { 'db.system.name': 'databricks', 'databricks.chunk.index': 0, ...attributes },
  });
}

/** A connection whose telemetry is forced on, unless said otherwise. */
export function connectionHandle(over: TestConnectionOptions = {}): TestConnection {
  return new TestConnection({ telemetry: { forceEnableTelemetry: true }, ...over });
}

export function contextOf(handle: ConnectionHandle): Context {
  return setConnection(ROOT_CONTEXT, handle);
}
