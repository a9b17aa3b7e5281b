import type { HrTime, SpanContext, SpanKind, SpanStatus } from '@opentelemetry/api';
import type { TagTable } from '../tags/index.js';
import type { AttributeMap, ReadableSpanLike } from './spanShape.js';

/**
 * A span as the local backend may see it: the original without its Databricks-only tags. Getters, since
 * the original's fields may be getters themselves, and so that nothing is copied that nobody reads.
 */
class LocalSpanView implements ReadableSpanLike {
  readonly #span: ReadableSpanLike;
  readonly #table: TagTable;
  readonly attributes: AttributeMap;

  constructor(span: ReadableSpanLike, table: TagTable) {
    this.#span = span;
    this.#table = table;
    this.attributes = withoutDatabricksOnly(span.attributes, table);
  }

  get name(): string {
    return this.#span.name;
  }

  get kind(): SpanKind {
    return this.#span.kind;
  }

  spanContext(): SpanContext {
    return this.#span.spanContext();
  }

  get parentSpanContext(): SpanContext | undefined {
    return this.#span.parentSpanContext;
  }

  get startTime(): HrTime {
    return this.#span.startTime;
  }

  get endTime(): HrTime {
    return this.#span.endTime;
  }

  get status(): SpanStatus {
    return this.#span.status;
  }

  get links(): ReadableSpanLike['links'] {
    return filterItems(this.#span.links, this.#table);
  }

  get events(): ReadableSpanLike['events'] {
    return filterItems(this.#span.events, this.#table);
  }

  get duration(): HrTime {
    return this.#span.duration;
  }

  get ended(): boolean {
    return this.#span.ended;
  }

  get resource(): unknown {
    return this.#span.resource;
  }

  get instrumentationScope(): ReadableSpanLike['instrumentationScope'] {
    return this.#span.instrumentationScope;
  }

  get droppedAttributesCount(): number {
    return this.#span.droppedAttributesCount;
  }

  get droppedEventsCount(): number {
    return this.#span.droppedEventsCount;
  }

  get droppedLinksCount(): number {
    return this.#span.droppedLinksCount;
  }
}

/** The span itself if it has nothing to hide, else a filtered view of it. */
export function localViewOf(span: ReadableSpanLike, table: TagTable): ReadableSpanLike {
  return hasDatabricksOnly(span.attributes, table) ||
    span.events.some((event) => hasDatabricksOnly(event.attributes, table)) ||
    span.links.some((link) => hasDatabricksOnly(link.attributes, table))
    ? new LocalSpanView(span, table)
    : span;
}

function hasDatabricksOnly(attributes: AttributeMap | undefined, table: TagTable): boolean {
  for (const name in attributes) {
    if (table.isDatabricksOnly(name)) {
      return true;
    }
  }
  return false;
}

function withoutDatabricksOnly(attributes: AttributeMap, table: TagTable): AttributeMap {
  const kept: Record<string, unknown> = {};
  for (const name in attributes) {
    if (!table.isDatabricksOnly(name)) {
      kept[name] = attributes[name];
    }
  }
  return kept;
}

/** Events or links, each as it is unless it bears a Databricks-only tag. */
function filterItems<Item extends { readonly attributes?: AttributeMap | undefined }>(
  items: readonly Item[],
  table: TagTable,
): readonly Item[] {
  return items.map((item) =>
    item.attributes !== undefined && hasDatabricksOnly(item.attributes, table)
      ? { ...item, attributes: withoutDatabricksOnly(item.attributes, table) }
      : item,
  );
}
