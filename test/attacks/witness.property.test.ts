/**
 * Proves: for any sequence of connect, reconnect, close, query, token rotation and change of context, over two
 * hosts and three tenants, and however these overlap, what a processor learns of a connection is only what the
 * driver has sent by that very connection: host, port and `Authorization`. A session's id comes only with the
 * connection that opened the session.
 *
 * The driver is the real one; its HTTP client answers in this process, so that a case takes milliseconds.
 */
import type { Context } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionHandle } from '../../src/connectionHandle.js';
import { getConnection } from '../../src/context.js';
import { type DriverClient, type DriverSession, loadDriver, newClient } from '../support/drivers.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';
import { type StubbedWire, stubWire } from './support/stubbedWire.js';

const CASES = 20_000;
const driver = loadDriver();

/** What a processor could send: each pair of an address and a credential that a handle has shown. */
class Spy {
  readonly shown = new Map<ConnectionHandle, Set<string>>();
  readonly sessions: Array<readonly [handle: ConnectionHandle, sessionId: string]> = [];
  readonly #handleOf = new WeakMap<object, ConnectionHandle>();

  onStart(span: object, parent: Context): void {
    const handle = getConnection(parent);
    if (handle === undefined) {
      return;
    }
    this.#handleOf.set(span, handle);
    if (handle.served === undefined) {
      handle.served = { accepts: () => true, onDownloadFailed: () => undefined };
      const credentials = new Set<string>();
      this.shown.set(handle, credentials);
      const onCredentials = () => credentials.add(handle.credentials?.['Authorization'] ?? '');
      handle.listen({ onEndpoint: onCredentials, onCredentials });
    }
  }

  onEnd(span: ReadableSpan): void {
    const handle = this.#handleOf.get(span);
    const sessionId = span.attributes['databricks.session.id'];
    if (handle !== undefined && typeof sessionId === 'string') {
      this.sessions.push([handle, sessionId]);
    }
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}

  clear(): void {
    this.shown.clear();
    this.sessions.length = 0;
  }
}

type Action =
  | {
      readonly kind: 'connect';
      readonly client: number;
      readonly host: number;
      readonly auth: Auth;
      readonly waits: boolean;
    }
  | {
      readonly kind: 'close' | 'open' | 'query' | 'telemetryReleased';
      readonly client: number;
      readonly waits: boolean;
    }
  | { readonly kind: 'rotate' | 'switch'; readonly tenant: number };
type Auth = 'token' | 'shared provider' | 'own provider';

const client = fc.nat(1);
const waits = fc.boolean();
const actions = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('connect' as const),
        client,
        host: fc.nat(1),
        auth: fc.constantFrom<Auth>('token', 'shared provider', 'own provider'),
        waits,
      }),
    },
    {
      weight: 7,
      arbitrary: fc.record({
        kind: fc.constantFrom(
          'open' as const,
          'open' as const,
          'query' as const,
          'close' as const,
          'telemetryReleased' as const,
        ),
        client,
        waits,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constantFrom('rotate' as const, 'switch' as const),
        tenant: fc.nat(2),
      }),
    },
  ),
  { maxLength: 8 },
);
/** Most of what can go wrong begins with a connection that is in use. */
const sequences = fc
  .tuple(fc.boolean(), actions)
  .map(([isConnected, more]): readonly Action[] => (isConnected ? [...CONNECTED, ...more] : more));
const CONNECTED: readonly Action[] = [
  { kind: 'connect', client: 0, host: 0, auth: 'token', waits: true },
  { kind: 'open', client: 0, waits: true },
];

/** Two clients, three tenants, and what an application does with them. */
class Application {
  readonly #clients: readonly DriverClient[] = [newClient(driver), newClient(driver)];
  readonly #sessions: DriverSession[][] = [[], []];
  readonly #versions = [0, 0, 0];
  readonly #sharedProvider = { authenticate: async () => ({ Authorization: this.#authorization() }) };
  #tenant = 0;
  #underWay: Promise<unknown>[] = [];

  async run(sequence: readonly Action[]): Promise<void> {
    for (const action of sequence) {
      const done = this.#perform(action).catch(() => undefined);
      this.#underWay.push(done);
      if (!('waits' in action) || action.waits) {
        await settled(done);
      }
    }
    await settled(Promise.all(this.#underWay));
    await settled(Promise.allSettled(this.#clients.map((each) => each.close())));
  }

  async #perform(action: Action): Promise<void> {
    if ('tenant' in action) {
      if (action.kind === 'rotate') {
        this.#versions[action.tenant] = (this.#versions[action.tenant] ?? 0) + 1;
      } else {
        this.#tenant = action.tenant;
      }
      return;
    }
    const each = this.#clients[action.client] as DriverClient;
    const sessions = this.#sessions[action.client] ?? [];
    switch (action.kind) {
      case 'connect':
        await each.connect(this.#options(action.host, action.auth));
        break;
      case 'open':
        sessions.push(await each.openSession());
        break;
      case 'query':
        await sessions.at(-1)?.getInfo(17);
        break;
      case 'close':
        await each.close();
        break;
      case 'telemetryReleased':
        // The next connect() waits for its release.
        Object.assign(each, { telemetryClient: {} });
    }
  }

  #options(host: number, auth: Auth): Parameters<DriverClient['connect']>[0] {
    const tenant = this.#tenant;
    const provider =
      auth === 'shared provider'
        ? this.#sharedProvider
        : { authenticate: async () => ({ Authorization: `Bearer own ${tenant} ${this.#versions[tenant]}` }) };
    const credentials =
      auth === 'token' ? { token: this.#authorization().slice(7) } : { authType: 'custom', provider };
    return { host: `${'ab'[host]}.test`, path: '/sql', ...credentials } as Parameters<
      DriverClient['connect']
    >[0];
  }

  #authorization(): string {
    return `Bearer ${this.#tenant}.${this.#versions[this.#tenant]}`;
  }
}

/**
 * Waits for what happens in this process. A call of the driver's that overlaps with another may never settle:
 * two Thrift clients on one connection lose each other's answers.
 */
async function settled(promise: Promise<unknown>): Promise<void> {
  let isSettled = false;
  const done = () => {
    isSettled = true;
  };
  promise.then(done, done);
  for (let turn = 0; turn < 20 && !isSettled; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('what a processor learns of the driver’s connections', () => {
  const spy = new Spy();
  let wire: StubbedWire;
  let telemetry: Telemetry;

  beforeAll(() => {
    wire = stubWire();
    telemetry = startTelemetry({ processors: [spy] });
  });
  afterEach(() => {
    spy.clear();
    wire.reset();
  });
  afterAll(async () => {
    await telemetry.stop();
    wire.restore();
  });

  it(`is what the driver has sent by that connection (${CASES} sequences)`, async () => {
    let shown = 0;
    let sessions = 0;
    await fc.assert(
      fc.asyncProperty(sequences, async (sequence) => {
        spy.clear();
        wire.reset();
        telemetry.clear();
        await new Application().run(sequence);
        for (const [handle, credentials] of spy.shown) {
          shown += credentials.size;
          // Some connection of the driver's has sent all of it, and has sent it there.
          const { host, port } = handle.endpoint ?? { host: '', port: 0 };
          const candidates = wire.connections.filter(
            (seen) => seen.address === `${host}:${port}` && isSubset(credentials, seen.credentials),
          );
          expect(handle.endpoint === undefined || candidates.length > 0).toBe(true);
        }
        for (const [handle, sessionId] of spy.sessions) {
          sessions++;
          const opener = wire.openers.get(sessionId);
          expect(opener).toBeDefined();
          expect(`${handle.endpoint?.host}:${handle.endpoint?.port}`).toBe(opener?.address);
          expect(isSubset(spy.shown.get(handle), opener?.credentials)).toBe(true);
        }
      }),
      { numRuns: CASES },
    );
    expect(shown).toBeGreaterThan(CASES / 2);
    expect(sessions).toBeGreaterThan(CASES / 2);
    expect(telemetry.instrumentation.stats()).toMatchObject({ internalErrors: 0, userCodeFailures: {} });
  }, 600_000);
});

function isSubset(some: ReadonlySet<string> = new Set(), all: ReadonlySet<string> = new Set()): boolean {
  return [...some].every((each) => all.has(each));
}
