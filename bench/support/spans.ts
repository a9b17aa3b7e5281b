import { randomUUID } from 'node:crypto';
import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { BasicTracerProvider, type ReadableSpan, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { INSTRUMENTATION_SCOPE } from '../../src/version.js';
import { WORKSPACE_ID } from './connection.js';

export const SESSION_ID = '01ef1111-1111-1abc-9def-0123456789ab';

/** A tracer of the driver's instrumentation. */
export function driverTracer(...spanProcessors: SpanProcessor[]): Tracer {
  return new BasicTracerProvider({ spanProcessors }).getTracer(INSTRUMENTATION_SCOPE);
}

/** A tracer of another library. */
export function foreignTracer(...spanProcessors: SpanProcessor[]): Tracer {
  return new BasicTracerProvider({ spanProcessors }).getTracer('@opentelemetry/instrumentation-http');
}

/** One statement and its inner spans, ended. */
export interface StatementSpans {
  readonly id: string;
  readonly statement: ReadableSpan;
  readonly execute: ReadableSpan;
  readonly wait: ReadableSpan;
  readonly downloads: readonly ReadableSpan[];
}

/** How much the spans say. */
export interface StatementTags {
  /** As the statement starts. */
  readonly start: Attributes;
  /** With its result. */
  end(downloads: number): Attributes;
  /** Of each inner span, besides a download's. */
  readonly inner: Attributes;
}

const DATABRICKS = { 'db.system.name': 'databricks' };

/** What the instrumentation writes. More than sixteen make V8 keep a span's tags in a slower form. */
export const ALL_TAGS: StatementTags = {
  start: {
    ...DATABRICKS,
    'server.address': 'dbc-1.cloud.databricks.test',
    'databricks.workspace.id': WORKSPACE_ID,
    'databricks.session.id': SESSION_ID,
    'databricks.operation.type': 'EXECUTE_STATEMENT',
    'databricks.statement.type': 'QUERY',
    'db.operation.name': 'SELECT',
    'db.query.summary': 'SELECT main.sales.orders',
    'db.collection.name': 'main.sales.orders',
    'db.query.text': 'SELECT id, name FROM main.sales.orders WHERE region = ?',
  },
  end: (downloads) => ({
    'databricks.operation.latency_ms': 182,
    'databricks.poll.count': 2,
    'databricks.poll.latency_ms': 41,
    'databricks.retry.count': 0,
    'databricks.result.format': downloads > 0 ? 'EXTERNAL_LINKS' : 'INLINE_ARROW',
    'databricks.result.compressed': true,
    ...(downloads > 0 && { 'databricks.result.chunk_count': downloads }),
    'databricks.result.ready_latency_ms': 210,
    'databricks.result.consumption_latency_ms': 95,
    'db.response.returned_rows': 10_000,
    'databricks.result.bytes_downloaded': 1_048_576,
  }),
  inner: DATABRICKS,
};

/** What the driver's own events say of a statement. */
export const DRIVER_FACTS: StatementTags = {
  start: { 'databricks.session.id': SESSION_ID, 'databricks.operation.type': 'EXECUTE_STATEMENT' },
  end: (downloads) => ({
    'databricks.operation.latency_ms': 182,
    'databricks.poll.count': 2,
    'databricks.result.format': downloads > 0 ? 'EXTERNAL_LINKS' : 'INLINE_ARROW',
  }),
  inner: DATABRICKS,
};

/** What the instrumentation says of downloads and of a statement's time, where nobody wants inner spans. */
const DOWNLOADS_AND_TIME: Attributes = {
  'databricks.result.chunk_iterated_count': 3,
  'databricks.result.chunk_sum_latency_ms': 92,
  'databricks.result.chunk_initial_latency_ms': 30,
  'databricks.result.chunk_slowest_latency_ms': 41,
  'databricks.download.bytes_per_second': 52_428_800,
  'databricks.time.queued_ms': 12,
  'databricks.time.running_ms': 140,
  'databricks.time.fetching_ms': 20,
  'databricks.time.downloading_ms': 92,
  'databricks.time.retrying_ms': 0,
  'databricks.time.driver_ms': 10,
  'databricks.time.application_ms': 31,
};
/** What the driver's events say of three downloads. */
const DOWNLOADS_AS_EVENTS: Attributes = {
  'databricks.result.chunk_iterated_count': 3,
  'databricks.result.chunk_sum_latency_ms': 92,
  'databricks.result.chunk_initial_latency_ms': 30,
  'databricks.result.chunk_slowest_latency_ms': 41,
};

/** The same in one span: downloads are in its tags. */
export const DRIVER_FACTS_IN_ONE_SPAN = withEnd(DRIVER_FACTS, DOWNLOADS_AS_EVENTS);
export const ALL_TAGS_IN_ONE_SPAN = withEnd(ALL_TAGS, DOWNLOADS_AND_TIME);

function withEnd(tags: StatementTags, more: Attributes): StatementTags {
  return { ...tags, end: (downloads) => ({ ...tags.end(downloads), ...more }) };
}

/** A statement as the instrumentation makes it where nobody wants inner spans: one span. */
export function makeStatementSpan(
  tracer: Tracer,
  parent: Context,
  downloads: number,
  tags: StatementTags,
): ReadableSpan {
  const options = { kind: SpanKind.CLIENT, attributes: tags.start };
  const statement = tracer.startSpan('SELECT main.sales.orders', options, parent);
  statement.setAttribute('databricks.statement.id', flatUuid());
  statement.setAttributes(tags.end(downloads));
  statement.end();
  return readable(statement);
}

/** Statements as the SDK makes them; no processor has seen them. */
export function statementSpans(count: number, downloads: number, tags = ALL_TAGS): StatementSpans[] {
  const tracer = driverTracer();
  return Array.from({ length: count }, () => makeStatement(tracer, ROOT_CONTEXT, downloads, tags));
}

/** A statement with its inner spans, made and ended in the order in which the instrumentation does it. */
export function makeStatement(
  tracer: Tracer,
  parent: Context,
  downloads: number,
  tags: StatementTags,
): StatementSpans {
  const id = flatUuid();
  const statement = tracer.startSpan(
    'SELECT main.sales.orders',
    { kind: SpanKind.CLIENT, attributes: tags.start },
    parent,
  );
  const inside = trace.setSpan(parent, statement);
  const inner = (name: string, attributes: Attributes) =>
    tracer.startSpan(name, { attributes: { ...tags.inner, ...attributes } }, inside);
  const execute = inner('execute', {});
  execute.end();
  statement.setAttribute('databricks.statement.id', id);
  const wait = inner('wait', {});
  wait.end();
  const files = Array.from({ length: downloads }, (_, index) => {
    const download = inner('download', {
      'databricks.chunk.index': index,
      'databricks.result.compressed': true,
    });
    download.setAttributes({ 'databricks.chunk.bytes': 1_048_576, 'databricks.chunk.rows': 10_000 });
    download.end();
    return readable(download);
  });
  statement.setAttributes(tags.end(downloads));
  statement.end();
  return {
    id,
    statement: readable(statement),
    execute: readable(execute),
    wait: readable(wait),
    downloads: files,
  };
}

/** randomUUID() leaves its pieces to be put together when they are first read: that is not ours to pay. */
function flatUuid(): string {
  return Buffer.from(randomUUID(), 'latin1').toString('latin1');
}

/** A statement with what its record needs at least: six tags, no inner spans. */
export function startPlainStatement(tracer: Tracer, parent: Context): Span {
  return tracer.startSpan(
    'SELECT',
    {
      kind: SpanKind.CLIENT,
      attributes: {
        'db.system.name': 'databricks',
        'databricks.workspace.id': WORKSPACE_ID,
        'databricks.operation.type': 'EXECUTE_STATEMENT',
        'databricks.statement.type': 'QUERY',
      },
    },
    parent,
  );
}

export function endPlainStatement(span: Span): void {
  span.setAttribute('databricks.session.id', SESSION_ID);
  span.setAttribute('databricks.operation.latency_ms', 120);
  span.end();
}

/** What the SDK's tracer makes is what its processors read. */
export function readable(span: object): ReadableSpan {
  return span as ReadableSpan;
}
