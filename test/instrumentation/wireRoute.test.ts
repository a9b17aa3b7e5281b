import { Agent } from 'node:https';
import { describe, expect, it } from 'vitest';
import { routeOfAgent } from '../../src/instrumentation/wireRoute.js';

const URL = 'https://dbc-1.cloud.databricks.test/sql/1.0/warehouses/x';
const DRIVER_OPTIONS = {
  keepAlive: true,
  keepAliveMsecs: 10_000,
  timeout: 900_000,
  minVersion: 'TLSv1.2',
} as const;

describe('the route of an agent', () => {
  it.each([
    ['as Node.js 20 keeps its options', {}],
    ['as Node.js 22 and later do', { defaultPort: 443, protocol: 'https:' }],
  ])('%s is direct', (_what, added) => {
    const agent = new Agent({ ...DRIVER_OPTIONS, ...added });
    expect(routeOfAgent(agent, URL)).toEqual({ https: true, rejectUnauthorized: true });
  });

  it.each([
    ['another default port', { defaultPort: 8443 }],
    ['another protocol', { protocol: 'http:' }],
    ['a socket of its own', { socketPath: '/tmp/socket' }],
    ['a name that it asks the server for', { servername: 'other.test' }],
  ])('with %s is none that could be reproduced', (_what, added) => {
    expect(routeOfAgent(new Agent({ ...DRIVER_OPTIONS, ...added }), URL)).toBeUndefined();
  });
});
