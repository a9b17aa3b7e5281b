import { randomUUID } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DatabricksSpanProcessorOptions, resolveProcessorOptions } from '../../src/config.js';
import type { RecordExporter } from '../../src/exporter/contract.js';
import { DatabricksExporter } from '../../src/exporter/databricksExporter.js';
import { loadNetwork } from '../../src/exporter/loadNetwork.js';
import { recordExporterIn } from '../../src/exporter/opaque.js';
import { HostRegistry } from '../../src/hosts/hostRegistry.js';
import type { ConnectionLease } from '../../src/hosts/lease.js';
import { OperationRecord } from '../../src/records.js';
import { TestConnection, type TestConnectionOptions } from '../support/connections.js';
import {
  defaultTestCertificate,
  FLAG_NAME,
  type LocalDatabricks,
  type RecordedRequest,
  startLocalDatabricks,
  type TelemetryLog,
} from '../support/local-databricks/index.js';

let server: LocalDatabricks;
let other: LocalDatabricks;
const registries: HostRegistry[] = [];

// The first request would load it, while the fake clock goes on.
beforeAll(async () => {
  await loadNetwork();
});

// Each test has servers of its own: what a test gives up may be on its way still.
beforeEach(async () => {
  server = await startLocalDatabricks();
  other = await startLocalDatabricks();
});

afterEach(async () => {
  await Promise.all(registries.splice(0).map((registry) => registry.shutdown(500)));
  await Promise.all([server.close(), other.close()]);
});

function startRegistry(options: DatabricksSpanProcessorOptions = {}, environment = {}): HostRegistry {
  const { circuitBreaker, maxRetries } = options;
  const exporter = new DatabricksExporter({
    ...(circuitBreaker === undefined ? {} : { circuitBreaker }),
    ...(maxRetries === undefined ? {} : { maxRetries }),
  });
  const registry = new HostRegistry(resolveProcessorOptions({ flushIntervalMs: 100, ...options }).hosts, {
    exporter: recordExporterIn(exporter) as RecordExporter,
    environment,
  });
  registries.push(registry);
  return registry;
}

function open(
  registry: HostRegistry,
  options: TestConnectionOptions = {},
  to: LocalDatabricks = server,
): { handle: TestConnection; lease: ConnectionLease } {
  const handle = new TestConnection({
    host: to.host,
    port: to.port,
    ...options,
    route: { ca: [to.ca], ...options.route },
  });
  const lease = registry.acquire(handle);
  if (lease === undefined) {
    throw new Error(`refused: ${JSON.stringify(registry.stats().connections)}`);
  }
  return { handle, lease };
}

function record(sessionId: string = randomUUID()): OperationRecord {
  const made = new OperationRecord(Date.now());
  made.sessionId = sessionId;
  made.statementId = randomUUID();
  made.operationType = 'EXECUTE_STATEMENT';
  return made;
}

function enqueue(lease: ConnectionLease, count: number, sessionId?: string): void {
  for (let i = 0; i < count; i++) {
    lease.enqueue(record(sessionId));
  }
}

function sessionsIn(request: RecordedRequest): Set<string | undefined> {
  const { protoLogs } = JSON.parse(request.body.toString()) as { protoLogs: string[] };
  return new Set(protoLogs.map((log) => (JSON.parse(log) as TelemetryLog).entry?.sql_driver_log?.session_id));
}

async function until(condition: () => boolean, timeoutMs = 10_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!condition()) {
    if (Date.now() > deadline) {
      throw new Error('it did not happen in time');
    }
    await sleep(5);
  }
}

/** A workspace that believes one token; `posts` counts the logs that were posted with each. */
async function startGuardedServer(
  token: string,
): Promise<{ port: number; posts: Map<string, number>; close: () => Promise<void> }> {
  const { cert, key } = await defaultTestCertificate();
  const posts = new Map<string, number>();
  const guarded = createServer({ cert, key }, async (request, response) => {
    const { authorization = '' } = request.headers;
    const body = await text(request);
    if (request.method === 'POST') {
      const { protoLogs } = JSON.parse(body) as { protoLogs: string[] };
      posts.set(authorization, (posts.get(authorization) ?? 0) + protoLogs.length);
    }
    if (authorization !== `Bearer ${token}`) {
      response.writeHead(401).end();
    } else {
      response.end(JSON.stringify({ flags: [{ name: FLAG_NAME, value: 'true' }], errors: [] }));
    }
  });
  await new Promise<void>((resolve) => guarded.listen(0, '127.0.0.1', resolve));
  const { port } = guarded.address() as AddressInfo;
  return {
    port,
    posts,
    close: async () => {
      guarded.closeAllConnections();
      await new Promise((resolve) => guarded.close(resolve));
    },
  };
}

/** Which comes first: the end, or a time that no deadline here comes near. */
async function first(stopped: Promise<void>): Promise<string> {
  const tooLate = new AbortController();
  const late = sleep(15_000, 'too late', { signal: tooLate.signal }).catch(() => 'stopped');
  const outcome = await Promise.race([stopped.then(() => 'stopped'), late]);
  tooLate.abort();
  return outcome;
}

/** Lets the fake clock go on while the network goes on in real time. */
async function pass(durationMs: number, stepMs = 250): Promise<void> {
  for (let passed = 0; passed < durationMs; passed += stepMs) {
    await vi.advanceTimersByTimeAsync(stepMs);
    const until = process.hrtime.bigint() + 3_000_000n;
    while (process.hrtime.bigint() < until) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

describe('hosts, over HTTPS with a fake clock', () => {
  beforeEach(() => {
    vi.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'Date'],
    });
  });

  afterEach(async () => {
    const stopped = Promise.all(registries.splice(0).map((registry) => registry.shutdown(500)));
    await pass(600);
    await stopped;
    vi.useRealTimers();
  });

  it('with the endpoint down for 90 s, default options, all 2,000 records arrive, each once by its event id', async () => {
    const registry = startRegistry({ flushIntervalMs: 5_000 });
    const { lease } = open(registry);
    await pass(500);
    expect(server.flags.requestCount).toBe(1);
    server.telemetry.answer({ status: 503 });
    for (let second = 0; second < 90; second++) {
      enqueue(lease, second < 20 ? 23 : 22);
      await pass(1_000);
    }
    // Five failures until it opened, and one probe after a minute.
    expect(server.telemetry.requestCount).toBeLessThanOrEqual(6);
    expect(registry.stats().hosts[0]?.breaker.state).toBe('open');
    server.telemetry.answer('ok');
    // The breaker's minute, drawn out by chance, may just have begun.
    await pass(80_000);
    const ids = server.telemetry.logs().map((log) => log.frontend_log_event_id);
    expect(ids).toHaveLength(2_000);
    expect(new Set(ids).size).toBe(2_000);
    expect(registry.stats()).toMatchObject({ exported: 2_000, queued: 0 });
  });

  it('a switch-off reaches an open connection at the next refresh, and so does a switch-on', async () => {
    server.flags.set({ ttlSeconds: 60 });
    const registry = startRegistry();
    const { lease } = open(registry);
    const logs: number[] = [];
    for (const enabled of [true, false, true]) {
      server.flags.set({ enabled });
      await pass(76_000, 1_000);
      enqueue(lease, 100);
      await pass(1_000);
      logs.push(server.telemetry.logCount);
    }
    expect(logs).toEqual([100, 100, 200]);
    expect(registry.stats().dropped.flag_disabled).toBe(100);
  });
});

describe('hosts, over HTTPS', () => {
  it('50 connections at once make one flag request, and their records arrive', async () => {
    const registry = startRegistry();
    const connections = Array.from({ length: 50 }, () => open(registry));
    for (const { lease } of connections) {
      enqueue(lease, 2);
    }
    await server.telemetry.waitForLogs(100);
    expect(server.flags.requestCount).toBe(1);
    expect(server.flags.requests[0]?.path).toBe('/api/2.0/connector-service/feature-flags/NODEJS/2.1.0');
    expect(server.flags.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer secret',
      'x-databricks-org-id': '123',
    });
    expect(registry.stats().hosts[0]?.lanes).toBe(1);
  });

  it('100 connections one after the other make one flag request', async () => {
    const registry = startRegistry();
    for (let i = 0; i < 100; i++) {
      const { handle, lease } = open(registry);
      enqueue(lease, 1);
      await sleep(1);
      handle.close();
    }
    await server.telemetry.waitForLogs(100);
    expect(server.flags.requestCount).toBe(1);
  });

  it('two hosts share nothing: not the flag, not the breaker, not the queue', async () => {
    server.telemetry.answer({ status: 500 });
    const registry = startRegistry({
      maxRetries: 0,
      circuitBreaker: { failureThreshold: 1, openMs: 60_000 },
    });
    const first = open(registry);
    const second = open(registry, {}, other);
    enqueue(first.lease, 10);
    enqueue(second.lease, 10);
    await other.telemetry.waitForLogs(10);
    await until(() => registry.stats().hosts[0]?.breaker.state === 'open');
    expect(registry.stats().hosts[1]?.breaker.state).toBe('closed');
    expect(server.flags.requestCount).toBe(1);
    expect(other.flags.requestCount).toBe(1);
    await until(() => registry.stats().queued === 10);
    other.flags.set({ enabled: false });
    enqueue(second.lease, 5);
    await until(() => registry.stats().exported === 15);
    expect(registry.stats()).toMatchObject({ queued: 10 });
  });

  it('with the endpoint down for a while all 2,000 records arrive afterwards, each once by its event id', async () => {
    const registry = startRegistry({ circuitBreaker: { failureThreshold: 5, openMs: 300 }, maxRetries: 1 });
    const { lease } = open(registry);
    server.telemetry.answer({ status: 503 });
    await until(() => server.flags.requestCount === 1);
    for (let i = 0; i < 40; i++) {
      enqueue(lease, 50);
      await sleep(40);
    }
    const failed = server.telemetry.requestCount;
    expect(registry.stats()).toMatchObject({ exported: 0 });
    server.telemetry.answer('ok');
    await until(() => registry.stats().exported === 2_000, 60_000);
    const ids = server.telemetry.logs().map((log) => log.frontend_log_event_id);
    expect(ids).toHaveLength(2_000);
    expect(new Set(ids).size).toBe(2_000);
    // Five failures open it; from then on there is one probe per interval.
    expect(failed).toBeLessThanOrEqual(5 + 1_600 / 300 + 1);
    expect(registry.stats()).toMatchObject({ queued: 0, rejected: 0 });
    expect(Object.values(registry.stats().dropped).every((count) => count === 0)).toBe(true);
  });

  it('no body carries a session id of one tenant under the token of another', async () => {
    const registry = startRegistry({ batchSize: 10 });
    const tenants = ['a', 'b', 'c'].map((token) => ({
      token,
      session: randomUUID(),
      ...open(registry, { token }),
    }));
    for (let i = 0; i < 300; i++) {
      const tenant = tenants[i % 3];
      tenant?.lease.enqueue(record(tenant.session));
      if (i % 20 === 0) {
        await sleep(5);
      }
    }
    await server.telemetry.waitForLogs(300);
    for (const request of server.telemetry.requests) {
      const tenant = tenants.find(({ token }) => request.headers['authorization'] === `Bearer ${token}`);
      expect(sessionsIn(request)).toEqual(new Set([tenant?.session]));
    }
  });

  it('the bad token of one tenant stops only that tenant', async () => {
    const guarded = await startGuardedServer('good');
    try {
      const registry = startRegistry();
      const at = { host: '127.0.0.1', port: guarded.port };
      const bad = open(registry, { ...at, token: 'bad' });
      const good = open(registry, { ...at, token: 'good' });
      const forced = open(registry, {
        ...at,
        token: 'also bad',
        telemetry: { forceEnableTelemetry: true },
      });
      for (let i = 0; i < 10; i++) {
        for (const { lease } of [bad, good, forced]) {
          enqueue(lease, 50);
        }
        await sleep(20);
      }
      await until(() => registry.stats().exported === 500);
      await sleep(300);
      expect(guarded.posts.get('Bearer good')).toBe(500);
      // Refused with the flag request: it posts nothing at all. The other one posts a single batch.
      expect(guarded.posts.has('Bearer bad')).toBe(false);
      expect(guarded.posts.get('Bearer also bad')).toBeLessThanOrEqual(100);
      expect(registry.stats()).toMatchObject({ exported: 500, queued: 1_000, hosts: [{ pausedLanes: 2 }] });
      expect(registry.stats().hosts[0]?.breaker).toMatchObject({ state: 'closed', transitions: 0 });
    } finally {
      await guarded.close();
    }
  });

  it('the flag off means that no telemetry request is made', async () => {
    server.flags.set({ enabled: false });
    const registry = startRegistry();
    const { lease } = open(registry);
    enqueue(lease, 250);
    await until(() => registry.stats().dropped.flag_disabled === 250);
    enqueue(lease, 250);
    await registry.forceFlush(1_000);
    await sleep(200);
    expect(server.telemetry.requestCount).toBe(0);
    expect(registry.stats().dropped.flag_disabled).toBe(500);
  });

  it.each([
    ['the connection', {}, { telemetry: { enableTelemetry: false } }, {}],
    ["the driver's own option", {}, { telemetry: { driverTelemetryEnabled: false } }, {}],
    ['the processor', { enableTelemetry: false }, {}, {}],
    ['the environment', {}, {}, { DATABRICKS_TELEMETRY_DISABLED: 'true' }],
  ])(
    'opt-out by %s means zero packets, the flag request included',
    async (_, options, handle, environment) => {
      const registry = startRegistry(options, environment);
      const { lease } = open(registry, handle);
      enqueue(lease, 250);
      lease.flush();
      await registry.forceFlush(1_000);
      await sleep(200);
      expect(server.flags.requestCount + server.telemetry.requestCount).toBe(0);
    },
  );

  it('a route that cannot be reproduced sends nothing', async () => {
    const registry = startRegistry();
    const route = { https: true, rejectUnauthorized: true, ca: [server.ca] };
    const proxy = { protocol: 'gopher', host: '127.0.0.1', port: 1 };
    const handle = new TestConnection({ host: server.host, port: server.port, route: { ...route, proxy } });
    expect(registry.acquire(handle)).toBeUndefined();
    expect(registry.stats().connections.refused_route).toBe(1);
    await sleep(100);
    expect(server.flags.requestCount + server.telemetry.requestCount).toBe(0);
  });

  it('a flag endpoint that hangs leaves shutdown within its deadline', async () => {
    server.flags.answer('hang');
    const registry = startRegistry();
    enqueue(open(registry).lease, 10);
    await server.flags.waitForRequests(1);
    expect(await first(registry.shutdown(300))).toBe('stopped');
    expect(registry.stats().dropped.flag_unknown).toBe(10);
  });

  it('a flag that is answered during shutdown lets the records go', async () => {
    const body = JSON.stringify({ flags: [{ name: FLAG_NAME, value: 'true' }] });
    server.flags.answer({ status: 200, delayMs: 300, body });
    const registry = startRegistry();
    enqueue(open(registry).lease, 10);
    await server.flags.waitForRequests(1);
    await registry.shutdown(30_000);
    expect(server.telemetry.logCount).toBe(10);
    expect(registry.stats()).toMatchObject({ exported: 10, dropped: { flag_unknown: 0 } });
  });

  it.each(['hang', 'hang-in-body', 'reset', 'endless-body'] as const)(
    'a telemetry endpoint with the fault %s leaves shutdown within its deadline',
    async (behaviour) => {
      server.telemetry.answer(behaviour);
      const registry = startRegistry();
      enqueue(open(registry).lease, 250);
      await server.telemetry.waitForRequests(1);
      expect(await first(registry.shutdown(600))).toBe('stopped');
      const { queued, inFlight } = registry.stats();
      expect({ queued, inFlight }).toEqual({ queued: 0, inFlight: 0 });
    },
  );
});
