import { describe, expect, it, vi } from 'vitest';
import { resolveProcessorOptions } from '../../src/config.js';
import { HostRegistry } from '../../src/hosts/hostRegistry.js';
import { Observation } from '../../src/observer.js';
import { TestConnection } from '../support/connections.js';
import { FakeExporter } from './fakes.js';

function setUp(environment: Record<string, string> = {}, exporter = new FakeExporter()) {
  const observation = new Observation();
  const registry = new HostRegistry(resolveProcessorOptions({}).hosts, {
    exporter,
    environment,
    observation,
  });
  return { observation, registry };
}

describe('the connections that are open, as somebody who looks sees them', () => {
  it('each have their host, org, driver, the switch that decided and their lane', async () => {
    const { observation, registry } = setUp();
    registry.acquire(new TestConnection({ token: 'a' }));
    registry.acquire(new TestConnection({ token: 'a' }));
    registry.acquire(new TestConnection({ token: 'b', telemetry: { forceEnableTelemetry: true } }));
    const { total, latest } = observation.connections(10);
    expect(total).toBe(3);
    expect(latest).toMatchObject([
      {
        number: 3,
        decision: 'forced',
        decidedBy: 'connection.forceEnableTelemetry',
        outcome: 'served',
        lane: { connections: 1, flag: undefined },
      },
      {
        number: 2,
        host: 'dbc-1.cloud.databricks.test',
        port: 443,
        orgId: '123',
        driver: 'NodejsDatabricksSqlConnector/2.1.0',
        driverVersion: '2.1.0',
        decision: 'flag',
        decidedBy: 'feature flag',
        lane: { connections: 2, queued: 0, isPaused: false, flag: { state: 'unknown', orgId: '123' } },
      },
      { number: 1 },
    ]);
    expect(latest[1]?.lane?.number).toBe(latest[2]?.lane?.number);
    expect(latest[0]?.lane?.number).not.toBe(latest[1]?.lane?.number);
    await registry.shutdown(10);
  });

  it('have no host and no lane before the first request of the driver', () => {
    const { observation, registry } = setUp();
    const handle = new TestConnection({ token: undefined });
    registry.acquire(handle);
    expect(observation.connections(10).latest).toMatchObject([
      { outcome: 'waiting', host: undefined, orgId: undefined, lane: undefined },
    ]);
    handle.use('a');
    expect(observation.connections(10).latest).toMatchObject([{ outcome: 'served', orgId: '123' }]);
  });

  it.each([
    ['the kill switch', { DATABRICKS_TELEMETRY_DISABLED: '1' }, {}, 'DATABRICKS_TELEMETRY_DISABLED'],
    ['an option', {}, { enableTelemetry: false }, 'connection.enableTelemetry'],
  ])('say that %s has switched them off', (_what, environment, telemetry, decidedBy) => {
    const { observation, registry } = setUp(environment);
    registry.acquire(new TestConnection({ telemetry }));
    expect(observation.connections(10)).toMatchObject({
      total: 1,
      latest: [{ decision: 'off', decidedBy, outcome: 'disabled', lane: undefined }],
    });
  });

  it('say why they were refused, and nothing of what is not of its form', () => {
    const exporter = new FakeExporter();
    exporter.isValidHost = (host) => host !== 'odd.test';
    const { observation, registry } = setUp({}, exporter);
    registry.acquire(new TestConnection({ host: 'odd.test' }));
    registry.acquire(
      new TestConnection({ orgId: 's3cr3t', driverVersion: 's3cr3t', driverProduct: 's3cr3t of mine' }),
    );
    expect(observation.connections(10).latest).toMatchObject([
      { outcome: 'refused_handle', orgId: undefined, driver: 'unknown', driverVersion: undefined },
      { outcome: 'refused_host', lane: undefined },
    ]);
  });

  it('are gone when they are closed', () => {
    const { observation, registry } = setUp();
    const handles = [new TestConnection(), new TestConnection({ telemetry: { enableTelemetry: false } })];
    for (const handle of handles) {
      registry.acquire(handle);
    }
    const late = new TestConnection();
    late.close();
    registry.acquire(late);
    expect(observation.connections(10).total).toBe(2);
    for (const handle of handles) {
      handle.close();
    }
    expect(observation.connections(10)).toEqual({ total: 0, latest: [] });
  });

  it('are all counted in a pool of 10,000, of which 1,000 are remembered', () => {
    vi.useFakeTimers();
    const { observation, registry } = setUp();
    const handles = Array.from({ length: 10_000 }, () => new TestConnection());
    for (const handle of handles) {
      registry.acquire(handle);
    }
    expect(observation.connections(50)).toMatchObject({ total: 10_000 });
    expect(observation.connections(50).latest).toHaveLength(50);
    expect(observation.connections(1e9).latest).toHaveLength(1_000);
    for (const handle of handles) {
      handle.close();
    }
    expect(observation.connections(50).total).toBe(0);
    vi.useRealTimers();
  });

  it('are not kept from being collected', () => {
    const { observation, registry } = setUp();
    const deref = vi.spyOn(WeakRef.prototype, 'deref').mockReturnValue(undefined);
    registry.acquire(new TestConnection({ telemetry: { enableTelemetry: false } }));
    expect(observation.connections(10)).toEqual({ total: 0, latest: [] });
    deref.mockRestore();
  });
});
