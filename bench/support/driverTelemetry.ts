import { createRequire } from 'node:module';

/** One line of the driver's telemetry before it is encoded. */
export type DriverMetric = import('@databricks/sql/dist/telemetry/types.js').TelemetryMetric;

export interface DriverExporter {
  export(metrics: DriverMetric[]): Promise<void>;
}

/** The driver's aggregator, as far as it is used here. */
export interface DriverAggregator {
  processEvent(event: object): void;
  completeStatement(statementId: string): void;
  flush(): Promise<void>;
  getStats(): {
    readonly pendingMetricsCount: number;
    readonly inFlightStatements: number;
    readonly droppedMetrics: number;
  };
}

export interface DriverEmitter {
  on(eventType: string, listener: (event: object) => void): unknown;
  emitStatementStart(data: object): void;
  emitStatementComplete(data: object): void;
  emitCloudFetchChunk(data: object): void;
}

export interface DriverTelemetry {
  readonly emitter: DriverEmitter;
  readonly aggregator: DriverAggregator;
}

type Class<Instance> = new (...args: unknown[]) => Instance;
type Settings = Readonly<Record<string, unknown>>;

const driverRequire = createRequire(import.meta.url);

function classIn<Instance>(file: string): Class<Instance> {
  return driverRequire(`@databricks/sql/dist/telemetry/${file}.js`).default;
}

/** The driver's emitter and aggregator, put together as its client does. */
export function driverTelemetry(exporter: DriverExporter, settings: Settings = {}): DriverTelemetry {
  const context = driverContext(settings);
  const emitter = new (classIn<DriverEmitter>('TelemetryEventEmitter'))(context);
  const aggregator = new (classIn<DriverAggregator>('MetricsAggregator'))(context, exporter);
  const { TelemetryEventType } = driverRequire('@databricks/sql/dist/telemetry/types.js');
  for (const eventType of Object.values<string>(TelemetryEventType)) {
    emitter.on(eventType, (event) => {
      aggregator.processEvent(event);
    });
  }
  return { emitter, aggregator };
}

/** The driver's exporter. @param agent by which it reaches the host */
export function driverExporter(host: string, agent?: object): DriverExporter {
  const context = driverContext({}, agent);
  const { CircuitBreakerRegistry } = driverRequire('@databricks/sql/dist/telemetry/CircuitBreaker.js');
  const authentication = { authenticate: async () => ({ Authorization: 'Bearer test' }) };
  return new (classIn<DriverExporter>('DatabricksTelemetryExporter'))(
    context,
    host,
    new CircuitBreakerRegistry(context),
    authentication,
  );
}

/** What a statement with downloads makes the driver emit. */
export function emitStatement(
  { emitter, aggregator }: DriverTelemetry,
  statementId: string,
  sessionId: string,
  downloads: number,
): void {
  emitter.emitStatementStart({ statementId, sessionId, operationType: 'EXECUTE_STATEMENT' });
  for (let chunkIndex = 0; chunkIndex < downloads; chunkIndex++) {
    emitter.emitCloudFetchChunk({
      statementId,
      chunkIndex,
      latencyMs: 31,
      bytes: 1_048_576,
      compressed: true,
    });
  }
  emitter.emitStatementComplete({
    statementId,
    sessionId,
    latencyMs: 182,
    resultFormat: 'EXTERNAL_LINKS',
    pollCount: 2,
  });
  aggregator.completeStatement(statementId);
}

/** Takes everything at once and keeps nothing. */
export class NoOpDriverExporter implements DriverExporter {
  taken = 0;

  async export(metrics: DriverMetric[]): Promise<void> {
    this.taken += metrics.length;
  }
}

function driverContext(settings: Settings, agent?: object): object {
  const config = { telemetryEnabled: true, ...settings };
  const logger = { log: () => undefined };
  return {
    getConfig: () => config,
    getLogger: () => logger,
    getConnectionProvider: async () => ({ getAgent: async () => agent }),
  };
}
