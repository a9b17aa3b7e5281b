import type { Context } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { getConnection } from '../../src/context.js';
import { connectClient, loadDriver, newClient } from '../support/drivers.js';
import { type DriverTelemetry, watchDriverTelemetry } from '../support/driverTelemetry.js';
import { sql } from '../support/local-databricks/index.js';
import { rejection, useBench } from './bench.js';

const bench = useBench();

let driverTelemetry: DriverTelemetry;

beforeEach(() => {
  driverTelemetry = watchDriverTelemetry();
});

afterEach(() => driverTelemetry.stop());

/** A processor that serves what it meets, as ours does. */
function servingProcessor(name = 'one') {
  const met: string[] = [];
  return {
    met,
    onStart: (span: { name: string }, parent: Context) => {
      const handle = getConnection(parent);
      if (handle !== undefined) {
        met.push(span.name.split(' ')[0] ?? '');
        handle.served ??= Object.assign({ name }, { accepts: () => true, onDownloadFailed: () => undefined });
      }
    },
    onEnd: () => undefined,
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };
}

describe('the driver’s own telemetry', () => {
  it('is left alone where nobody serves the connection', async () => {
    await bench.connect();
    expect(driverTelemetry.begun).toEqual([bench.server.host]);
  });

  it('does not begin where a processor serves the connection, and the user’s options stay as they were', async () => {
    await bench.restart({ processors: [servingProcessor()] });
    const options = Object.freeze(bench.server.connectOptions({ checkServerCertificate: false }));
    const client = await connectClient(loadDriver(), options);
    expect(driverTelemetry.begun).toEqual([]);
    expect(client.getConfig().telemetryEnabled).toBe(true);
    await client.close();
  });

  it('is kept if asked', async () => {
    await bench.restart({ config: { driverTelemetry: 'keep' }, processors: [servingProcessor()] });
    await bench.connect();
    await bench.connect({ telemetryEnabled: false });
    expect(driverTelemetry.begun).toEqual([bench.server.host]);
  });

  it('switched off by the user is a no that the processor is told of', async () => {
    const told: unknown[] = [];
    const processor = servingProcessor();
    await bench.restart({
      processors: [
        {
          ...processor,
          onStart: (span, parent) => {
            told.push(getConnection(parent)?.telemetry.driverTelemetryEnabled);
            processor.onStart(span, parent);
          },
        },
      ],
    });
    await bench.connect({ telemetryEnabled: false });
    await bench.connect({ telemetryEnabled: true });
    await bench.connect();
    expect(told).toEqual([false, true, undefined]);
  });

  it('of the connection before does not keep a client that connects again from being served', async () => {
    const client = await bench.connect();
    // As if the driver reported the connection that it has.
    Object.assign(client, { telemetryEmitter: {} });
    const selfReporting: unknown[] = [];
    await bench.restart({
      processors: [
        {
          ...servingProcessor(),
          onStart: (_span, parent) => {
            selfReporting.push(getConnection(parent)?.selfReporting);
          },
        },
      ],
    });
    await (await client.openSession()).close();
    await client.connect(bench.server.connectOptions({ checkServerCertificate: false }));
    // Adopted, and reported by the driver: openSession and closeSession. Then the new connect.
    expect(selfReporting).toEqual([true, true, false]);
  });
});

describe('the handle', () => {
  it('is in the context of every span of ours, and on no span', async () => {
    const processor = servingProcessor();
    await bench.restart({ processors: [processor] });
    const session = await bench.openSession();
    await (await session.executeStatement(sql({}, 'SELECT 1'))).fetchAll();
    await session.close();
    expect(processor.met).toEqual(['connect', 'openSession', 'SELECT', 'execute', 'closeSession']);
  });

  it('of two processors, the first one serves', async () => {
    const [first, second] = [servingProcessor('first'), servingProcessor('second')];
    const served: unknown[] = [];
    await bench.restart({
      processors: [
        first,
        second,
        { ...servingProcessor(), onStart: (_span, parent) => served.push(getConnection(parent)?.served) },
      ],
    });
    await bench.openSession();
    expect(served).toMatchObject([{ name: 'first' }, { name: 'first' }]);
  });
});

describe('clients', () => {
  it('that connect again get a new connection; the one before goes on, for the driver sends by it as before', async () => {
    const handles: unknown[] = [];
    const closed: unknown[] = [];
    await bench.restart({
      processors: [
        {
          ...servingProcessor(),
          onStart: (span, parent) => {
            const handle = getConnection(parent);
            if (span.name.startsWith('connect')) {
              handles.push(handle);
              handle?.listen({ onClose: () => closed.push(handle) });
            }
          },
        },
      ],
    });
    const client = await bench.connect();
    await client.openSession();
    const options = bench.server.connectOptions({ checkServerCertificate: false });
    await client.connect(options);
    expect(closed).toEqual([]);
    const session = await client.openSession();
    expect(await (await session.executeStatement(sql({}))).fetchAll()).toHaveLength(10);
    await client.close();
    await client.close();
    expect(closed).toEqual(handles);
    expect(new Set(handles).size).toBe(2);
    expect(bench.telemetry.open.size).toBe(0);
  });

  it('that connect again before they have sent anything close the connection before', async () => {
    const handles: unknown[] = [];
    const closed: unknown[] = [];
    await bench.restart({
      processors: [
        {
          ...servingProcessor(),
          onStart: (_span, parent) => {
            const handle = getConnection(parent);
            handles.push(handle);
            handle?.listen({ onClose: () => closed.push(handle) });
          },
        },
      ],
    });
    const client = await bench.connect();
    await client.connect(bench.server.connectOptions({ checkServerCertificate: false }));
    expect(closed).toEqual(handles.slice(0, 1));
  });

  it('whose connect fails are told of, and their connection is closed', async () => {
    const closed: unknown[] = [];
    await bench.restart({
      processors: [
        {
          ...servingProcessor(),
          onStart: (_span, parent) => getConnection(parent)?.listen({ onClose: () => closed.push('closed') }),
        },
      ],
    });
    const client = newClient(loadDriver());
    // The kernel backend checks its options when it connects.
    const options = bench.server.kernelConnectOptions({ token: '' });
    const error = await rejection(client.connect(options));
    expect(error).toBeInstanceOf(Error);
    expect(closed).toEqual(['closed']);
    expect(bench.telemetry.operations().at(-1)?.attributes['error.type']).toBeDefined();
  });

  it.each([undefined, null, 'nonsense', 42])(
    'that are given %s instead of options fail as ever',
    async (options) => {
      const without = newClient(loadDriver());
      bench.telemetry.instrumentation.disable();
      const expected = await rejection(without.connect(options as never));
      bench.telemetry.instrumentation.enable();
      const actual = await rejection(newClient(loadDriver()).connect(options as never));
      expect(String(actual)).toBe(String(expected));
    },
  );

  it('that refuse to close stay open, and can be closed again', async () => {
    const client = await bench.connect();
    const session = await client.openSession();
    await session.executeStatement(sql({ http: { CloseOperation: { status: 403, times: 1 } }, pages: 2 }));
    await rejection(client.close());
    expect(bench.telemetry.statements()).toHaveLength(1);
    await client.close();
    expect(bench.telemetry.open.size).toBe(0);
  });
});
