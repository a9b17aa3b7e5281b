import diagnosticsChannel from 'node:diagnostics_channel';
import { type Context, context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { isTracingSuppressed } from '@opentelemetry/core';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { suppressTracing, withoutTracing } from '../../src/suppressTracing.js';
import { destinationTo, HOST, hostExporter, never, records, routeVia } from './support/fixtures.js';
import { startProxy } from './support/proxy.js';
import { json, startServer, type TestServer } from './support/server.js';

describe('suppressTracing', () => {
  it('means to the SDK what its own does', () => {
    expect(isTracingSuppressed(suppressTracing(ROOT_CONTEXT))).toBe(true);
    expect(isTracingSuppressed(ROOT_CONTEXT)).toBe(false);
  });

  it('leaves nothing of the context around it', () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    try {
      const key = Symbol('user');
      const inner = context.with(ROOT_CONTEXT.setValue(key, 'data'), () =>
        withoutTracing(() => context.active()),
      );
      expect(inner.getValue(key)).toBeUndefined();
      expect(isTracingSuppressed(inner)).toBe(true);
    } finally {
      context.disable();
    }
  });
});

describe('requests of the exporter', () => {
  const CHANNELS = ['undici:request:create', 'undici:client:sendHeaders', 'net.client.socket'];
  const seen: { channel: string; suppressed: boolean }[] = [];
  const exported = new InMemorySpanExporter();
  let server: TestServer;

  const onMessage = (_message: unknown, channel: string | symbol) => {
    seen.push({ channel: String(channel), suppressed: isTracingSuppressed(context.active()) });
    // What an instrumentation of HTTP would do.
    trace.getTracer('http').startSpan('request').end();
  };

  beforeEach(async () => {
    server = await startServer();
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exported)] });
    trace.setGlobalTracerProvider(provider);
    seen.length = 0;
    for (const channel of CHANNELS) diagnosticsChannel.subscribe(channel, onMessage);
  });
  afterEach(async () => {
    for (const channel of CHANNELS) diagnosticsChannel.unsubscribe(channel, onMessage);
    trace.disable();
    context.disable();
    propagation.disable();
    exported.reset();
    await server.close();
  });

  it('make no spans of their own, retries and connections made later included, directly and by proxy', async () => {
    let failures = 2;
    server.handle((_request, response, tcp) => {
      if (failures-- > 0) tcp.resetAndDestroy();
      else json(response, { numProtoSuccess: 1 });
    });
    const proxy = await startProxy();
    const parent = trace.getTracer('test').startSpan('parent');
    const active: Context = trace.setSpan(ROOT_CONTEXT, parent);
    await context.with(active, async () => {
      for (const route of [
        routeVia(server.ca),
        routeVia(server.ca, { proxy: { protocol: 'http', host: HOST, port: proxy.port } }),
      ]) {
        const exporter = hostExporter(server.port, { maxRetries: 3 });
        const destination = destinationTo(server.port, route);
        expect(await exporter.export(records(1), destination, never)).toMatchObject({ outcome: 'success' });
        await exporter.fetchFeatureFlag(destination, '2.1.0', never);
        await exporter.close();
      }
    });
    // The test's own proxy and server have no say in this: only client sockets of the exporter are seen
    // with tracing suppressed, and the proxy's socket to the server is the one that is not.
    const requests = seen.filter(({ channel }) => channel.startsWith('undici'));
    expect(requests.length).toBeGreaterThanOrEqual(8);
    expect(requests.every(({ suppressed }) => suppressed)).toBe(true);
    const sockets = seen.filter(({ channel }) => channel === 'net.client.socket');
    expect(sockets.filter(({ suppressed }) => suppressed).length).toBeGreaterThanOrEqual(4);
    expect(sockets.filter(({ suppressed }) => !suppressed)).toHaveLength(proxy.connects.length);
    for (const { headers } of server.requests) expect(headers).not.toHaveProperty('traceparent');
    await proxy.close();
  });
});
