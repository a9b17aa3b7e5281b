import type { Attributes } from '@opentelemetry/api';
import { Tag } from '../tags/index.js';
import type { DriverConnection } from './driverConnection.js';

/** What is known of one session of the driver. */
export class SessionState {
  readonly connection: DriverConnection;
  readonly id: string;
  /** `catalog|schema` as of the session's beginning: what USE made of it cannot be known without asking. */
  readonly namespace: string | undefined;
  readonly #baseTags: Attributes;

  constructor(connection: DriverConnection, id: string, namespace: string | undefined) {
    this.connection = connection;
    this.id = id;
    this.namespace = namespace;
    this.#baseTags = { ...connection.baseTags(), [Tag.sessionId]: id };
  }

  /** Tags that all spans of the session have. */
  tags(): Attributes {
    return this.namespace === undefined
      ? { ...this.#baseTags }
      : { ...this.#baseTags, [Tag.dbNamespace]: this.namespace };
  }
}

/** `catalog|schema`, or what there is of it. */
export function namespaceOf(catalog: unknown, schema: unknown): string | undefined {
  const parts = [catalog, schema].filter((part) => typeof part === 'string' && part !== '');
  return parts.length === 0 ? undefined : parts.join('|');
}
