import type { Attributes, Histogram, Meter, MetricOptions } from '@opentelemetry/api';
import type { Guard } from '../guard.js';
import { Tag } from '../tags/index.js';
import type { DriverFailure } from './driverErrors.js';

/** Advised by the database conventions. Warehouse queries outlast the last: see the docs for a View. */
const DURATION_BUCKETS_S = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];
/** Advised by the database conventions. */
const ROW_BUCKETS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];
const MS_PER_SECOND = 1_000;

/** Attributes of the conventions' metrics, out of those of a span. */
const METRIC_TAGS = [
  Tag.dbSystemName,
  Tag.dbOperationName,
  Tag.dbCollectionName,
  Tag.dbStoredProcedureName,
  Tag.dbNamespace,
  Tag.dbQuerySummary,
  Tag.serverAddress,
  Tag.serverPort,
] as const;

/** The metrics of the database conventions. */
export class OperationMetrics {
  readonly #userCode: Guard;
  readonly #duration: Histogram | undefined;
  readonly #returnedRows: Histogram | undefined;

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
  }

  /**
   * @param attributes of the operation's span, at its start
   * @param latencyMs the interval of `databricks.operation.latency_ms`
   * @param failure how the operation failed, if it did
   */
  record(
    attributes: Attributes,
    latencyMs: number,
    failure: DriverFailure | undefined,
    returnedRows: number | undefined,
  ): void {
    const labels: Attributes = {};
    for (const tag of METRIC_TAGS) {
      const value = attributes[tag];
      if (value !== undefined) {
        labels[tag] = value;
      }
    }
    if (failure !== undefined) {
      labels[Tag.errorType] = failure.code;
      if (failure.statusCode !== undefined) {
        labels[Tag.dbResponseStatusCode] = failure.statusCode;
      }
    }
    try {
      this.#duration?.record(latencyMs / MS_PER_SECOND, labels);
      if (returnedRows !== undefined) {
        this.#returnedRows?.record(returnedRows, labels);
      }
    } catch {
      this.#userCode.note('meterProvider');
    }
  }

  #create(meter: Meter, name: string, options: MetricOptions): Histogram | undefined {
    return this.#userCode.call('meterProvider', () => meter.createHistogram(name, options));
  }
}
