import type { HrTime, SpanContext, SpanKind, SpanStatus } from '@opentelemetry/api';
import type { AttributeMap, ReadableSpanLike } from '../spanShape.js';
import { type NameSet, Tag } from '../tags/index.js';

/** An event or a link. */
interface Item {
  readonly attributes?: AttributeMap | undefined;
}

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
  const { attributes, events, links } = span;
  // The spans of statements have some 30 attributes, those of others few.
  const hasMany = attributes[Tag.statementType] !== undefined;
  const bearsHidden = hasMany ? hidden.isInMany(attributes) : hidden.isInFew(attributes);
  return bearsHidden || haveHidden(events, hidden) || haveHidden(links, hidden)
    ? new LocalSpanView(span, hidden)
    : span;
}

/** Whether events or links bear hidden tags. Most spans have none of either. */
function haveHidden(items: readonly Item[], hidden: NameSet): boolean {
  return items.length > 0 && items.some(({ attributes }) => hasHidden(attributes, hidden));
}

function hasHidden(attributes: AttributeMap | undefined, hidden: NameSet): boolean {
  return attributes !== undefined && hidden.isInFew(attributes);
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
function filterItems<One extends Item>(items: readonly One[], hidden: NameSet): readonly One[] {
  return items.map((item) =>
    item.attributes !== undefined && hasHidden(item.attributes, hidden)
      ? { ...item, attributes: withoutHidden(item.attributes, hidden) }
      : item,
  );
}
