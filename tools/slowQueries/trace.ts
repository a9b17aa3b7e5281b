import { hrTimeToMilliseconds } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { TIME_ACCOUNTS, type TimeAccount } from '../../src/tags/index.js';
import { INSTRUMENTATION_SCOPE } from '../../src/version.js';

/** From and to, in milliseconds since the statement began. */
export type Interval = readonly [number, number];

/** A line of a trace: one span, or several of the same name that follow each other. */
export interface Line {
  readonly label: string;
  /** 0: the statement itself. */
  readonly depth: number;
  readonly intervals: readonly Interval[];
  readonly kind: 'statement' | 'inner' | 'http';
  readonly isFailed: boolean;
}

export interface StatementTrace {
  readonly lines: readonly Line[];
  readonly durationMs: number;
  /** Those with something in them, the largest first. */
  readonly accounts: readonly (readonly [TimeAccount, number])[];
}

/** What the exported spans say of the statement. */
export function statementTrace(spans: readonly ReadableSpan[]): StatementTrace {
  const statement = spans.find(({ attributes }) => attributes['databricks.statement.type'] !== undefined);
  if (statement === undefined) {
    throw new Error('no span of a statement was exported');
  }
  const origin = hrTimeToMilliseconds(statement.startTime);
  const durationMs = hrTimeToMilliseconds(statement.duration);
  const lines: Line[] = [];
  const add = (span: ReadableSpan, depth: number): void => {
    const startMs = Math.max(0, hrTimeToMilliseconds(span.startTime) - origin);
    const endMs = Math.min(durationMs, startMs + hrTimeToMilliseconds(span.duration));
    push(lines, { depth, intervals: [[startMs, endMs]], ...describe(span, depth) });
    const { spanId } = span.spanContext();
    const children = spans
      .filter(({ parentSpanContext }) => parentSpanContext?.spanId === spanId)
      .sort((one, other) => hrTimeToMilliseconds(one.startTime) - hrTimeToMilliseconds(other.startTime));
    for (const child of children) {
      add(child, depth + 1);
    }
  };
  add(statement, 0);
  return { lines, durationMs, accounts: accountsOf(statement) };
}

/** Requests of one kind that follow each other share a line: a statement may poll a hundred times. */
function push(lines: Line[], line: Line): void {
  const last = lines.at(-1);
  const end = last?.intervals.at(-1)?.[1] ?? 0;
  const start = line.intervals[0]?.[0] ?? 0;
  if (line.kind === 'http' && last?.kind === 'http' && last.label === line.label && start >= end) {
    lines[lines.length - 1] = { ...last, intervals: [...last.intervals, ...line.intervals] };
  } else {
    lines.push(line);
  }
}

function describe(
  { name, attributes, instrumentationScope }: ReadableSpan,
  depth: number,
): Pick<Line, 'label' | 'kind' | 'isFailed'> {
  if (instrumentationScope.name === INSTRUMENTATION_SCOPE) {
    return { label: name, kind: depth === 0 ? 'statement' : 'inner', isFailed: false };
  }
  const status = attributes['http.response.status_code'];
  const isFailed = typeof status === 'number' && status >= 400;
  return { label: isFailed ? `${name} ${status}` : name, kind: 'http', isFailed };
}

function accountsOf({ attributes }: ReadableSpan): (readonly [TimeAccount, number])[] {
  return TIME_ACCOUNTS.map(
    (account) => [account, Number(attributes[`databricks.time.${account}_ms`] ?? 0)] as const,
  )
    .filter(([, ms]) => ms > 0)
    .sort(([, one], [, other]) => other - one);
}
