/**
 * Proves: where somebody said no, nothing is sent and nothing is asked: on the connection in any form, in the
 * driver's own option, before or after the instrumentation came.
 */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { instrument } from '../../src/instrumentation/instrument.js';
import { as, useWorld } from './support/world.js';

const NOES: readonly object[] = [
  ...[false, 'false', 'true', 0, 1, null, '', {}].map((enableTelemetry) => ({ enableTelemetry })),
  ...[false, 'false', 0, null, ''].map((telemetryEnabled) => ({ telemetryEnabled })),
];
const YESES: readonly object[] = [
  {},
  { enableTelemetry: undefined },
  { enableTelemetry: true },
  { telemetryEnabled: undefined },
  { telemetryEnabled: true },
];

describe('a connection', () => {
  const world = useWorld();

  it.each(NOES)('M1: with %j is left alone', async (no) => {
    world.start();
    await world.use(await world.connect(as(world.a, 'TA', no)));
    expect((await world.sent()).a.requests).toEqual([]);
  });

  it.each(YESES)('with %j is served', async (yes) => {
    world.start();
    await world.use(await world.connect(as(world.a, 'TA', yes)));
    expect((await world.sent()).a.tokens).toEqual(['TA']);
  });

  it('M1: the driver keeps `telemetryEnabled: false` over a later connect, and so do we', async () => {
    world.start();
    const client = await world.connect(as(world.a, 'TA', { telemetryEnabled: false }));
    await client.close();
    await world.connect(as(world.b, 'TB'), client);
    await world.use(client);
    expect((await world.sent()).b.requests).toEqual([]);
    await client.close();
    await world.connect(as(world.b, 'TB', { telemetryEnabled: true }), client);
    await world.use(client);
    expect((await world.sent()).b.tokens).toEqual(['TB']);
  });
});

describe('a client that connects again without a close, with a no', () => {
  const world = useWorld();

  it.each([{ enableTelemetry: false }, { enableTelemetry: null }, { telemetryEnabled: false }])(
    'with %j: nothing of later sessions is sent, though the driver goes on by the connection before',
    async (no) => {
      world.start();
      const client = await world.connect(as(world.a, 'TA'));
      const before = await world.use(client);
      await world.connect(as(world.a, 'TA', no), client);
      const after = await world.use(client);
      const { a } = await world.sent();
      expect(a.sessions).toEqual([before.id]);
      expect(a.sessions).not.toContain(after.id);
    },
  );
});

describe('a client that was connected before it was observed', () => {
  const world = useWorld();
  const lately = { config: { enabled: false } };

  it.each([{}, { enableTelemetry: false }, { telemetryEnabled: false }])(
    'H3: with %j is left alone: the driver does not keep what connect() was given',
    async (options) => {
      const client = await world.connect(as(world.a, 'TA', options));
      const session = await client.openSession();
      world.start({}, lately);
      world.telemetry.instrumentation.enable();
      await world.run(session);
      await world.use(client);
      expect((await world.sent()).a.requests).toEqual([]);
      expect(world.telemetry.statements()).not.toEqual([]);
    },
  );

  it('is served if the user says so, its open sessions included', async () => {
    const client = await world.connect(as(world.a, 'TA'));
    const session = await client.openSession();
    world.start({}, lately);
    world.telemetry.instrumentation.instrument(client, { enableTelemetry: true });
    await world.run(session);
    const { a } = await world.sent();
    expect(a.tokens).toEqual(['TA']);
    expect(a.sessions).toEqual([session.id]);
    expect(a.orgs).toEqual(['6012345678901234']);
  });

  it('is served if the user says so after it was adopted', async () => {
    const client = await world.connect(as(world.a, 'TA'));
    world.start();
    const early = await world.use(client);
    expect((await world.sent()).a.requests).toEqual([]);
    world.telemetry.instrumentation.instrument(client, { enableTelemetry: true });
    await world.run(early);
    const late = await world.use(client);
    expect((await world.sent()).a.sessions).toEqual([early.id, late.id].sort());
  });

  it('is left alone even then if the driver’s telemetry was switched off', async () => {
    const client = await world.connect(as(world.a, 'TA', { telemetryEnabled: false }));
    world.start({}, lately);
    world.telemetry.instrumentation.instrument(client, { enableTelemetry: true });
    await world.use(client);
    expect((await world.sent()).a.requests).toEqual([]);
  });

  it('is left alone if the driver reports it', async () => {
    const client = await world.connect(as(world.a, 'TA'));
    Object.assign(client, { telemetryEmitter: { emitConnectionOpen: () => undefined } });
    world.start({}, lately);
    world.telemetry.instrumentation.instrument(client, { enableTelemetry: true });
    await world.use(client);
    expect((await world.sent()).a.requests).toEqual([]);
  });

  it('connected anew it is observed from the beginning', async () => {
    const client = await world.connect(as(world.a, 'TA'));
    world.start();
    await client.close();
    await world.connect(as(world.a, 'TA2'), client);
    await world.use(client);
    expect((await world.sent()).a.tokens).toEqual(['TA2']);
  });
});

/** As a careless merge of somebody's JSON leaves it: every object then inherits the member. */
describe('an Object.prototype that was polluted', () => {
  const world = useWorld();
  const pollute = (name: string, value: unknown): void => {
    Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
    polluted.push(name);
  };
  let polluted: string[] = [];

  afterEach(() => {
    for (const name of polluted) {
      delete (Object.prototype as unknown as Record<string, unknown>)[name];
    }
    polluted = [];
    vi.unstubAllEnvs();
  });

  it('M1: with forceEnableTelemetry beats no `enableTelemetry: false` of connect()', async () => {
    pollute('forceEnableTelemetry', true);
    world.start();
    await world.use(await world.connect(as(world.a, 'TA', { enableTelemetry: false })));
    expect((await world.sent()).a.requests).toEqual([]);
  });

  it('M1: with forceEnableTelemetry beats no DATABRICKS_OTEL_ENABLE_TELEMETRY=false', async () => {
    vi.stubEnv('DATABRICKS_OTEL_ENABLE_TELEMETRY', 'false');
    pollute('forceEnableTelemetry', true);
    world.start();
    await world.use(await world.connect(as(world.a, 'TA')));
    expect((await world.sent()).a.requests).toEqual([]);
  });

  it('with DATABRICKS_OTEL_FORCE_ENABLE_TELEMETRY beats no `enableTelemetry: false`', async () => {
    pollute('DATABRICKS_OTEL_FORCE_ENABLE_TELEMETRY', 'true');
    world.start();
    await world.use(await world.connect(as(world.a, 'TA', { enableTelemetry: false })));
    expect((await world.sent()).a.requests).toEqual([]);
  });

  it('with telemetryEnabled beats no earlier `telemetryEnabled: false` of the client', async () => {
    world.start();
    const client = await world.connect(as(world.a, 'TA', { telemetryEnabled: false }));
    await client.close();
    pollute('telemetryEnabled', true);
    await world.connect(as(world.b, 'TB'), client);
    Reflect.deleteProperty(Object.prototype, 'telemetryEnabled');
    await world.use(client);
    expect((await world.sent()).b.requests).toEqual([]);
  });

  it('with enableTelemetry is no yes for a client that was connected before it was observed', async () => {
    const client = await world.connect(as(world.a, 'TA'));
    world.start({}, { config: { enabled: false } });
    pollute('enableTelemetry', true);
    world.telemetry.instrumentation.instrument(client);
    instrument(client);
    await world.use(client);
    expect((await world.sent()).a.requests).toEqual([]);
  });

  it('with a no is obeyed', async () => {
    pollute('enableTelemetry', false);
    world.start();
    await world.use(await world.connect(as(world.a, 'TA')));
    expect((await world.sent()).a.requests).toEqual([]);
  });
});

describe('connect options that are an instance of a class of the user’s', () => {
  const world = useWorld();

  it.each([
    ['a no in a getter is obeyed', { no: false }, []],
    ['a force in a getter counts', { no: undefined, force: true }, ['TA']],
  ])('%s', async (_title, { no, force }: { no?: boolean | undefined; force?: boolean }, tokens) => {
    class Options {
      get enableTelemetry() {
        return no;
      }

      get forceEnableTelemetry() {
        return force;
      }
    }
    world.start();
    world.a.flags.set({ enabled: force !== true });
    await world.use(await world.connect(Object.assign(new Options(), as(world.a, 'TA'))));
    expect((await world.sent()).a.tokens).toEqual(tokens);
  });
});
