import type { HrTime, SpanContext, SpanKind, SpanStatus } from '@opentelemetry/api';
import type { AttributeMap, ReadableSpanLike } from '../spanShape.js';
import type { NameSet } from '../tags/index.js';
import { INSTRUMENTATION_SCOPE } from '../version.js';

/**
 * A span as the local backend may see it: the original without the tags that are hidden from it. Getters, since
 * the original's fields may be getters themselves, and so that nothing is copied that nobody reads.
 */
class LocalSpanView implements ReadableSpanLike {
  readonly #span: ReadableSpanLike;
  readonly #hidden: NameSet;
  readonly attributes: AttributeMap;

  constructor(span: ReadableSpanLike, hidden: NameSet) {
    this.#span = span;
    this.#hidden = hidden;
    this.attributes = withoutHidden(span.attributes, hidden);
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
    return filterItems(this.#span.links, this.#hidden);
  }

  get events(): ReadableSpanLike['events'] {
    return filterItems(this.#span.events, this.#hidden);
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
export function localViewOf(span: ReadableSpanLike, hidden: NameSet): ReadableSpanLike {
  // The spans of statements have some 30 attributes, those of others few.
  const hasMany = span.instrumentationScope.name === INSTRUMENTATION_SCOPE;
  return hidden.isIn(span.attributes, hasMany) ||
    span.events.some((event) => hasHidden(event.attributes, hidden)) ||
    span.links.some((link) => hasHidden(link.attributes, hidden))
    ? new LocalSpanView(span, hidden)
    : span;
}

function hasHidden(attributes: AttributeMap | undefined, hidden: NameSet): boolean {
  return attributes !== undefined && hidden.isIn(attributes, false);
}

function withoutHidden(attributes: AttributeMap, hidden: NameSet): AttributeMap {
  const kept: Record<string, unknown> = {};
  for (const name in attributes) {
    if (!hidden.has(name)) {
      kept[name] = attributes[name];
    }
  }
  return kept;
}

/** Events or links, each as it is unless it bears a hidden tag. */
function filterItems<Item extends { readonly attributes?: AttributeMap | undefined }>(
  items: readonly Item[],
  hidden: NameSet,
): readonly Item[] {
  return items.map((item) =>
    item.attributes !== undefined && hasHidden(item.attributes, hidden)
      ? { ...item, attributes: withoutHidden(item.attributes, hidden) }
      : item,
  );
}
