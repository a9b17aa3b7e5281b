import type { Span } from '@opentelemetry/api';
import { Tag } from '../tags/index.js';
import type { DriverOperation } from './driverShapes.js';
import { kernelErrorFields } from './kernelErrors.js';

/** The server's id of one statement, on its span as soon as it is known. */
export class StatementId {
  value: string | undefined = undefined;
  readonly #span: Span;

  constructor(span: Span) {
    this.#span = span;
  }

  learn(id: string | undefined): void {
    if (id !== undefined) {
      this.value = id;
      if (this.#span.isRecording()) {
        this.#span.setAttribute(Tag.statementId, id);
      }
    }
  }
}

/**
 * The server's id of a statement. The kernel backend shows the server's only once it has the result, and
 * until then one of its own making, which would lead nowhere; that of a metadata call it never shows.
 */
export function serverStatementId(operation: DriverOperation): string | undefined {
  const { backend } = operation;
  if (typeof backend.thriftStatusResponse === 'function') {
    return operation.id;
  }
  const id = (backend.blockingStatement ?? backend.asyncStatement ?? backend.statement)?.statementId;
  return typeof id === 'string' && id !== '' ? id : undefined;
}

/** The server's id of the statement that failed; `undefined` from the Thrift backend, which keeps it to itself. */
export function failedStatementId(thrown: unknown): string | undefined {
  try {
    const { queryId } = kernelErrorFields((thrown ?? {}) as Record<string, unknown>);
    return typeof queryId === 'string' && queryId !== '' ? queryId : undefined;
  } catch {
    return undefined;
  }
}
