// A processor that reads every member of a ReadableSpan, as exporters of others do.
const MEMBERS = {
  name: 'string',
  kind: 'number',
  spanContext: 'function',
  parentSpanContext: 'object',
  startTime: 'object',
  endTime: 'object',
  status: 'object',
  attributes: 'object',
  links: 'object',
  events: 'object',
  duration: 'object',
  ended: 'boolean',
  resource: 'object',
  instrumentationScope: 'object',
  droppedAttributesCount: 'number',
  droppedEventsCount: 'number',
  droppedLinksCount: 'number',
};

exports.FieldReader = class FieldReader {
  /** What was not as it must be. */
  problems = [];
  spans = 0;

  onStart() {}

  onEnd(span) {
    this.spans++;
    for (const [name, type] of Object.entries(MEMBERS)) {
      const optional = name === 'parentSpanContext' && span[name] === undefined;
      // biome-ignore lint/suspicious/useValidTypeof: the types come from the list above
      if (typeof span[name] !== type && !optional) {
        this.problems.push(`${name} of ${span.name} is ${typeof span[name]}`);
      }
    }
    if (span.spanContext().traceId.length !== 32 || !span.ended) {
      this.problems.push(`${span.name} is no ended span`);
    }
  }

  async forceFlush() {}

  async shutdown() {}
};
