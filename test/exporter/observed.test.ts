import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Observation, type ObservedRequest } from '../../src/observer.js';
import { destinationTo, hostExporter, never, records, routeVia } from './support/fixtures.js';
import { json, startServer, type TestServer } from './support/server.js';

describe('an export that somebody follows', () => {
  let server: TestServer;
  const observation = new Observation();
  const requests: ObservedRequest[] = [];

  beforeEach(async () => {
    server = await startServer();
    requests.length = 0;
    observation.observer = {
      onRequest: (request) => requests.push(request),
      onOperation: () => undefined,
      onOperationSkipped: () => undefined,
      onQueued: () => undefined,
      onDropped: () => undefined,
    };
  });

  afterEach(() => server.close());

  const exportTo = async (circuitBreaker = {}) => {
    const exporter = hostExporter(server.port, { observation, circuitBreaker });
    await exporter.export(records(5), destinationTo(server.port, routeVia(server.ca)), never);
    await exporter.close();
  };

  it.each([
    ['all', { numProtoSuccess: 5 }, 200, true, 0],
    ['some', { numProtoSuccess: 3 }, 200, true, 2],
    ['none', { numProtoSuccess: 0 }, 200, true, 5],
    ['nobody knows how many', { numProtoSuccess: 'many' }, 200, true, 0],
    ['none, as it is no success', { numProtoSuccess: 3 }, 400, false, 0],
  ])(
    'says how many records the server did not keep where it kept %s',
    async (_what, body, status, accepted, rejected) => {
      server.handle((_request, response) => json(response, body, status));
      await exportTo();
      expect(requests).toMatchObject([{ accepted, rejected, outcome: String(status) }]);
      expect(requests[0]?.records).toHaveLength(5);
    },
  );

  it('shows that an open circuit breaker is forgotten with its host', async () => {
    server.handle((_request, response) => json(response, {}, 503));
    await exportTo({ failureThreshold: 1 });
    expect(observation.breakerChanges.map(({ state }) => state)).toEqual(['open', 'forgotten']);
  });
});
