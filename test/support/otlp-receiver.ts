import { MockOtlpServer, normalizeTrace } from '@elastic/mockotlpserver';

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
}

export interface OtlpReceiver {
  /** Where to post traces: for the `url` option of an OTLP/HTTP trace exporter. */
  readonly tracesUrl: string;
  /** In order of arrival. */
  readonly spans: readonly ReceivedSpan[];
  /** Forgets the spans so far. */
  clear(): void;
  close(): Promise<void>;
}

interface TraceRequest {
  readonly resourceSpans?: ReadonlyArray<{
    readonly scopeSpans?: ReadonlyArray<{
      readonly scope?: { readonly name?: string };
      readonly spans?: ReadonlyArray<Omit<ReceivedSpan, 'scope'>>;
    }>;
  }>;
}

/** Starts an OTLP/HTTP receiver that is not of our own making, on loopback. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const server = new MockOtlpServer({
    logLevel: 'warn',
    services: ['http'],
    httpHostname: '127.0.0.1',
    httpPort: 0,
    onTrace: (request) => spans.push(...spansOf(normalizeTrace(request) as TraceRequest)),
  });
  await server.start();
  return {
    tracesUrl: new URL('/v1/traces', server.httpUrl ?? undefined).href,
    spans,
    clear: () => {
      spans.length = 0;
    },
    close: () => server.close(),
  };
}

function spansOf(request: TraceRequest): ReceivedSpan[] {
  return (request.resourceSpans ?? []).flatMap(({ scopeSpans = [] }) =>
    scopeSpans.flatMap(({ scope, spans = [] }) =>
      spans.map((span) => ({ ...span, scope: scope?.name ?? '' })),
    ),
  );
}
