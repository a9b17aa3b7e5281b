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
      const value = span[name];
      const actual = typeof value;
      const isRoot = name === 'parentSpanContext' && value === undefined;
      if (actual !== type && !isRoot) {
        this.problems.push(`${name} of ${span.name} is ${actual}`);
      }
    }
    if (span.spanContext().traceId.length !== 32 || !span.ended) {
      this.problems.push(`${span.name} is no ended span`);
    }
  }

  async forceFlush() {}

  async shutdown() {}
};
