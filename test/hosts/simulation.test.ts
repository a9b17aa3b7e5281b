import { describe, expect, it } from 'vitest';
import { resolveProcessorOptions } from '../../src/config.js';
import { SendingExporter } from '../../src/exporter/sendingExporter.js';
import type { HttpRequest, HttpResult, Transport } from '../../src/exporter/transport.js';
import { HostRegistry } from '../../src/hosts/hostRegistry.js';
import { OperationRecord } from '../../src/records.js';
import { TestConnection } from '../support/connections.js';
import { FLAG_NAME } from '../support/local-databricks/index.js';
import { SimulatedRuntime } from '../support/simulatedRuntime.js';

const FLAGS = JSON.stringify({ flags: [{ name: FLAG_NAME, value: 'true' }], ttl_seconds: 900 });

/** A network without sockets: one server, whose answers take their time. */
class SimulatedServer implements Transport {
  readonly #runtime: SimulatedRuntime;
  readonly flagRequests: number[] = [];
  readonly eventIds: string[] = [];
  status = 200;

  constructor(runtime: SimulatedRuntime) {
    this.#runtime = runtime;
  }

  send({ method, body }: HttpRequest): Promise<HttpResult> {
    return new Promise((resolve) => {
      this.#runtime.startTimer(20, () => resolve(this.#answer(method, body)));
    });
  }

  async close(): Promise<void> {}

  #answer(method: string, body: Buffer | undefined): HttpResult {
    if (method === 'GET') {
      this.flagRequests.push(this.#runtime.now());
    } else if (this.status === 200) {
      for (const log of JSON.parse(String(body)).protoLogs as string[]) {
        this.eventIds.push(JSON.parse(log).frontend_log_event_id);
      }
    }
    return {
      kind: 'response',
      status: this.status,
      retryAfterMs: undefined,
      body: { kind: 'text', text: method === 'GET' ? FLAGS : '{}' },
    };
  }
}

describe('the rooms of hosts and exporter', () => {
  it('run on a simulated clock and network: no timer and no socket of the machine', async () => {
    const runtime = new SimulatedRuntime();
    const server = new SimulatedServer(runtime);
    const { hosts: options, exporter: exporterOptions } = resolveProcessorOptions();
    const processes = Array.from({ length: 50 }, () => {
      const exporter = new SendingExporter(exporterOptions, { runtime, createTransport: () => server });
      const registry = new HostRegistry(options, { exporter, runtime, environment: {} });
      return { registry, lease: registry.acquire(new TestConnection()) };
    });
    server.status = 503;
    for (let second = 0; second < 90; second++) {
      for (const { lease } of processes) {
        lease?.enqueue(new OperationRecord(second));
      }
      await runtime.pass(1_000);
    }
    server.status = 200;
    await runtime.pass(200_000);
    expect(server.eventIds).toHaveLength(50 * 90);
    expect(new Set(server.eventIds).size).toBe(50 * 90);
    for (const { registry } of processes) {
      expect(registry.stats()).toMatchObject({ exported: 90, queued: 0 });
    }
  });
});
