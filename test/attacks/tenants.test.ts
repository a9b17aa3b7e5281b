/**
 * Proves: the records of one connection never travel with another's credentials, whatever the two share: the
 * provider's object, its function, the host, the organisation.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import { loadDriver } from '../support/drivers.js';
import type { RecordedRequest } from '../support/local-databricks/index.js';
import { as, useWorld } from './support/world.js';

const { auth } = loadDriver();
const tenant = new AsyncLocalStorage<string>();
/** Four hours: the driver's cache of tokens keeps it for the test. */
const jwt = (name: string) => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ sub: name, exp: Math.floor(Date.now() / 1_000) + 14_400 })}.x`;
};
const sharedGetToken = async () => jwt(tenant.getStore() ?? 'nobody');
const sharedProvider = { authenticate: async () => ({ Authorization: `Bearer ${tenant.getStore()}` }) };
const sharedTokenProvider = {
  getToken: async () => new auth.Token(jwt(tenant.getStore() ?? 'nobody')),
  getName: () => 'shared',
};

const WAYS: ReadonlyArray<readonly [way: string, options: object]> = [
  ['custom', { authType: 'custom', provider: sharedProvider }],
  ['external-token', { authType: 'external-token', getToken: sharedGetToken }],
  ['token-provider', { authType: 'token-provider', tokenProvider: sharedTokenProvider }],
];

describe('tenants that share', () => {
  const world = useWorld();

  it.each(WAYS)('H2: a %s get their records sent with their own tokens', async (_way, options) => {
    world.start();
    const tenants = ['T1', 'T2', 'T3'];
    await Promise.all(
      tenants.map((name) =>
        tenant.run(name, async () => {
          const client = await world.connect(as(world.a, '', { token: undefined, ...options }));
          for (let statement = 0; statement < 2; statement++) {
            await world.use(client);
          }
        }),
      ),
    );
    const { a } = await world.sent();
    expect(a.sessions).toHaveLength(6);
    expect(a.tokens).toHaveLength(3);
    const opened = new Map(world.a.truth.sessions.map(({ id, token }) => [id, token]));
    for (const request of a.requests) {
      for (const id of sessionsOf(request)) {
        expect(request.headers['authorization']).toBe(`Bearer ${opened.get(id)}`);
      }
    }
  });

  it('one token, and nothing else, share their requests', async () => {
    world.start();
    const clients = await Promise.all([1, 2].map(() => world.connect(as(world.a, 'TA'))));
    await Promise.all(clients.map((client) => world.use(client)));
    await world.sent();
    expect(world.a.telemetry.requestCount).toBe(1);
  });

  it('a token that is rotated: what comes later goes with the token of the driver’s latest request', async () => {
    world.start();
    let token = 'T1';
    const provider = { authenticate: async () => ({ Authorization: `Bearer ${token}` }) };
    const client = await world.connect(as(world.a, '', { token: undefined, authType: 'custom', provider }));
    await world.use(client);
    expect((await world.sent()).a.tokens).toEqual(['T1']);
    token = 'T2';
    await world.use(client);
    expect((await world.sent()).a.tokens).toEqual(['T1', 'T2']);
  });
});

function sessionsOf({ body }: RecordedRequest): string[] {
  const text = body.toString('utf8');
  return [...text.matchAll(/session_id\\*":\\*"([0-9a-f-]{36})/g)].map(([, id]) => id ?? '');
}
