import { MockOtlpServer, normalizeMetrics, normalizeTrace } from '@elastic/mockotlpserver';

/** A span as an OTLP backend got it. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** `SPAN_KIND_CLIENT`, … */
  readonly kind: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status?: { readonly code?: string; readonly message?: string };
  readonly scope: string;
  /** Attributes of its resource. */
  readonly resource: Readonly<Record<string, unknown>>;
}

export interface OtlpReceiver {
  /** Where to post traces: for the `url` option of an OTLP/HTTP trace exporter. */
  readonly tracesUrl: string;
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT` with the protocol `grpc`. */
  readonly grpcUrl: string;
  /** In order of arrival. */
  readonly spans: readonly ReceivedSpan[];
  /** Names of the metrics so far. */
  readonly metrics: ReadonlySet<string>;
  /** Forgets the spans and metrics so far. */
  clear(): void;
  close(): Promise<void>;
}

interface Resource {
  readonly resource?: { readonly attributes?: Readonly<Record<string, unknown>> };
}

interface MetricsRequest {
  readonly resourceMetrics?: ReadonlyArray<{
    readonly scopeMetrics?: ReadonlyArray<{ readonly metrics?: ReadonlyArray<{ readonly name: string }> }>;
  }>;
}

interface TraceRequest {
  readonly resourceSpans?: ReadonlyArray<
    Resource & {
      readonly scopeSpans?: ReadonlyArray<{
        readonly scope?: { readonly name?: string };
        readonly spans?: ReadonlyArray<Omit<ReceivedSpan, 'scope' | 'resource'>>;
      }>;
    }
  >;
}

/** Starts an OTLP receiver, for HTTP and gRPC, that is not of our own making, on loopback. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const metrics = new Set<string>();
  const server = new MockOtlpServer({
    logLevel: 'warn',
    services: ['http', 'grpc'],
    httpHostname: '127.0.0.1',
    httpPort: 0,
    grpcHostname: '127.0.0.1',
    grpcPort: 0,
    onTrace: (request) => spans.push(...spansOf(normalizeTrace(request) as TraceRequest)),
    onMetrics: (request) => {
      for (const name of metricNames(normalizeMetrics(request) as MetricsRequest)) {
        metrics.add(name);
      }
    },
  });
  await server.start();
  return {
    tracesUrl: new URL('/v1/traces', server.httpUrl ?? undefined).href,
    grpcUrl: server.grpcUrl?.href ?? '',
    spans,
    metrics,
    clear: () => {
      spans.length = 0;
      metrics.clear();
    },
    close: () => server.close(),
  };
}

function spansOf(request: TraceRequest): ReceivedSpan[] {
  return (request.resourceSpans ?? []).flatMap(({ resource, scopeSpans = [] }) =>
    scopeSpans.flatMap(({ scope, spans = [] }) =>
      spans.map((span) => ({ ...span, scope: scope?.name ?? '', resource: resource?.attributes ?? {} })),
    ),
  );
}

function metricNames({ resourceMetrics = [] }: MetricsRequest): string[] {
  return resourceMetrics.flatMap(({ scopeMetrics = [] }) =>
    scopeMetrics.flatMap(({ metrics = [] }) => metrics.map(({ name }) => name)),
  );
}
