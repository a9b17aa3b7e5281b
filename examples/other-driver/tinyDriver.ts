/**
 * A driver of somebody's own, in place of one that you have: it stands for any code that talks to a
 * warehouse. It makes its spans by the plain OpenTelemetry API, with the tags of docs/tags.md.
 */
import { randomUUID } from 'node:crypto';
import { type Attributes, type Context, context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  type ConnectionEndpoint,
  ConnectionHandle,
  setConnection,
} from 'opentelemetry-databricks-sql/driver';

/** The instrumentation scope that the processor is told of. */
export const SCOPE = 'tiny-driver';

export interface Result {
  readonly statementId: string;
  readonly files: readonly string[];
}

/** What the driver does on the wire; here whatever the caller makes of it. */
export interface Wire {
  execute(statement: string): Promise<Result>;
  download(file: string): Promise<number>;
}

export class TinyDriver {
  readonly #tracer = trace.getTracer(SCOPE, '1.0.0');
  readonly #wire: Wire;
  readonly #connection = new ConnectionHandle({
    driverVersion: '1.0.0',
    driverProduct: 'TinyDriver/1.0.0',
    hasStaticToken: true,
    // For Databricks only, so they stand on no span.
    tags: { 'databricks.auth.type': 'pat', 'process.runtime.name': 'Node.js' },
  });
  readonly #endpoint: ConnectionEndpoint;
  readonly #token: string;
  readonly #context: Context;
  readonly #sessionId = randomUUID();

  constructor(host: string, token: string, wire: Wire) {
    this.#wire = wire;
    this.#token = token;
    this.#endpoint = { host, port: 443, orgId: undefined, route: { https: true, rejectUnauthorized: true } };
    this.#context = setConnection(context.active(), this.#connection);
  }

  /** One span per operation, kind CLIENT; its kind of operation is known when it starts. */
  async connect(): Promise<void> {
    const attributes = {
      ...this.#baseTags('CREATE_SESSION'),
      'databricks.driver.version': '1.0.0',
      'databricks.mode': 'SEA',
    };
    const span = this.#tracer.startSpan('openSession', { kind: SpanKind.CLIENT, attributes }, this.#context);
    this.#send();
    span.setAttribute('databricks.operation.latency_ms', 12).end();
  }

  async query(statement: string): Promise<number> {
    const startedAt = performance.now();
    const attributes = { ...this.#baseTags('EXECUTE_STATEMENT'), 'databricks.statement.type': 'QUERY' };
    const span = this.#tracer.startSpan('SELECT', { kind: SpanKind.CLIENT, attributes }, this.#context);
    this.#send();
    try {
      const { statementId, files } = await this.#wire.execute(statement);
      span.setAttributes({
        'databricks.statement.id': statementId,
        'databricks.operation.latency_ms': Math.round(performance.now() - startedAt),
        'databricks.result.format': 'EXTERNAL_LINKS',
        'databricks.result.chunk_count': files.length,
      });
      const below = trace.setSpan(this.#context, span);
      let bytes = 0;
      for (const [index, file] of files.entries()) {
        bytes += await this.#download(file, index, below);
      }
      return bytes;
    } catch (error) {
      // A SQLSTATE, an HTTP status or a listed code; anything else is sent as `other`.
      span.setAttribute('error.type', codeOf(error)).setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      // The end of the span is what makes the record: after the last row, and after all children.
      span.end();
    }
  }

  close(): void {
    this.#connection.close();
  }

  /** A child of the statement's span, with the file's index: its duration is the latency of the download. */
  async #download(file: string, index: number, below: Context): Promise<number> {
    const attributes = { 'db.system.name': 'databricks', 'databricks.chunk.index': index };
    const span = this.#tracer.startSpan('download', { kind: SpanKind.INTERNAL, attributes }, below);
    try {
      return await this.#wire.download(file);
    } catch (error) {
      span.setAttribute('error.type', codeOf(error));
      throw error;
    } finally {
      span.end();
    }
  }

  /** With every request: records go only where the driver was seen to send one, and as the driver itself. */
  #send(): void {
    this.#connection.onRequest(this.#endpoint, { Authorization: `Bearer ${this.#token}` });
  }

  #baseTags(operationType: string): Attributes {
    return {
      // Among the first attributes: by it recordDriverSpans() tells a driver's span.
      'db.system.name': 'databricks',
      'databricks.session.id': this.#sessionId,
      'databricks.operation.type': operationType,
    };
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'other';
}
