import {
  type Attributes,
  type Context,
  createNoopMeter,
  type Histogram,
  type Meter,
  type MetricOptions,
} from '@opentelemetry/api';
import type { Guard } from '../guard.js';
import { Tag, TIME_ACCOUNTS } from '../tags/index.js';
import type { DriverFailure } from './driverErrors.js';
import type { TimeLedger } from './timeLedger.js';

/** Advised by the database conventions. Warehouse queries outlast the last: see the docs for a View. */
const DURATION_BUCKETS_S = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];
/** The same, and longer: a statement may wait for a warehouse to start. */
const TIME_BUCKETS_S = [...DURATION_BUCKETS_S, 30, 60, 120, 300, 600];
/** Advised by the database conventions. */
const ROW_BUCKETS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];
const MS_PER_SECOND = 1_000;
const ACCOUNT = 'databricks.time.account';

/** Attributes of the time by account, out of those of a span: few, since each has as many series as accounts. */
const TIME_LABELS = [
  Tag.dbSystemName,
  Tag.dbOperationName,
  Tag.dbNamespace,
  Tag.serverAddress,
  Tag.serverPort,
] as const;
/** Attributes of the conventions' metrics. */
const METRIC_TAGS = [
  ...TIME_LABELS,
  Tag.dbCollectionName,
  Tag.dbStoredProcedureName,
  Tag.dbQuerySummary,
] as const;

/** An operation that has ended. */
export interface EndedOperation {
  /** Of its span, at its start. */
  readonly attributes: Attributes;
  /** The interval of `databricks.operation.latency_ms`. */
  readonly latencyMs: number;
  /** How it failed, if it did. */
  readonly failure: DriverFailure | undefined;
  readonly returnedRows?: number | undefined;
  /** Where the time of a statement went, up to `endedAt`. */
  readonly ledger?: TimeLedger;
  readonly endedAt?: number;
  /** In which its span is active: an SDK that keeps exemplars finds the trace by it. */
  readonly context: Context;
}

/** The metrics of the database conventions, and where the time of statements went. */
export class OperationMetrics {
  readonly #userCode: Guard;
  readonly #duration: Histogram | undefined;
  readonly #returnedRows: Histogram | undefined;
  readonly #time: Histogram | undefined;
  /** Whether anybody keeps what is recorded. */
  readonly #isKept: boolean;

  /** @param userCode counts what the user's meter throws */
  constructor(meter: Meter, userCode: Guard) {
    this.#userCode = userCode;
    this.#duration = this.#create(meter, 'db.client.operation.duration', {
      description: 'Duration of database client operations.',
      unit: 's',
      advice: { explicitBucketBoundaries: DURATION_BUCKETS_S },
    });
    this.#returnedRows = this.#create(meter, 'db.client.response.returned_rows', {
      description: 'The actual number of records returned by the database operation.',
      unit: '{row}',
      advice: { explicitBucketBoundaries: ROW_BUCKETS },
    });
    this.#time = this.#create(meter, 'databricks.client.statement.time', {
      description: 'Where the time of statements went, by account.',
      unit: 's',
      advice: { explicitBucketBoundaries: TIME_BUCKETS_S },
    });
    // Without a MeterProvider the API hands out one and the same histogram, which does nothing.
    this.#isKept = this.#duration !== createNoopMeter().createHistogram('');
  }

  record(operation: EndedOperation): void {
    if (!this.#isKept) {
      return;
    }
    const { attributes, latencyMs, failure, returnedRows, context } = operation;
    const labels = pick(attributes, METRIC_TAGS);
    if (failure !== undefined) {
      labels[Tag.errorType] = failure.code;
      if (failure.statusCode !== undefined) {
        labels[Tag.dbResponseStatusCode] = failure.statusCode;
      }
    }
    try {
      this.#duration?.record(latencyMs / MS_PER_SECOND, labels, context);
      if (returnedRows !== undefined) {
        this.#returnedRows?.record(returnedRows, labels, context);
      }
      this.#recordTime(operation);
    } catch {
      this.#userCode.note('meterProvider');
    }
  }

  /** Every account that there is, if nothing is in it: else averages and quantiles would be of few statements. */
  #recordTime({ attributes, ledger, endedAt, context }: EndedOperation): void {
    if (ledger === undefined || endedAt === undefined) {
      return;
    }
    const labels = pick(attributes, TIME_LABELS);
    const totals = ledger.totals(endedAt);
    for (const account of TIME_ACCOUNTS) {
      if (ledger.has(account)) {
        this.#time?.record(totals[account] / MS_PER_SECOND, { ...labels, [ACCOUNT]: account }, context);
      }
    }
  }

  #create(meter: Meter, name: string, options: MetricOptions): Histogram | undefined {
    return this.#userCode.call('meterProvider', () => meter.createHistogram(name, options));
  }
}

function pick(attributes: Attributes, tags: readonly string[]): Attributes {
  const picked: Attributes = {};
  for (const tag of tags) {
    const value = attributes[tag];
    if (value !== undefined) {
      picked[tag] = value;
    }
  }
  return picked;
}
