import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DryRunExporter } from '../../src/exporter/dryRunExporter.js';
import type { ObservedStats } from '../../src/inspector/observed.js';
import { ProcessorSource } from '../../src/inspector/processorSource.js';
import { OBSERVATION } from '../../src/observer.js';
import { DatabricksSpanProcessor } from '../../src/processor/databricksSpanProcessor.js';
import { TAG_TABLE } from '../../src/tags/index.js';
import { connectionHandle, contextOf, span } from '../support/spans.js';

/** Forty texts that may stand anywhere in what is the user's. */
const SECRETS = Array.from({ length: 40 }, (_, index) => `s3cr3t-${index}-${'x'.repeat(index % 7)}!`);

const secret = fc.constantFrom(...SECRETS);
const tag = fc.oneof(
  fc.constantFrom(...TAG_TABLE.rows.map(({ name }) => name.replace('*', 'name'))),
  secret,
  fc.constantFrom('app.customer', 'db.query.text', 'db.query.parameter.0'),
);
const value = fc.oneof(
  secret,
  fc.array(secret, { maxLength: 3 }),
  fc.dictionary(secret, secret, { maxKeys: 2 }),
  secret.map((text) => `SELECT '${text}'`),
  fc.integer(),
  fc.boolean(),
);
const operation = fc.record({
  attributes: fc.dictionary(tag, value, { maxKeys: 12 }),
  name: secret,
  status: secret,
  type: fc.constantFrom('EXECUTE_STATEMENT', 'CREATE_SESSION', 'LIST_TABLES'),
  isFlushed: fc.boolean(),
});

/** What a connection may say of itself, whoever instruments it. */
const connection = fc.record(
  {
    host: secret.map((text) => `${text.replace(/[^\w-]/g, '')}.example.com`),
    orgId: fc.oneof(fc.constant('123'), secret),
    driverVersion: fc.oneof(
      fc.constant('2.1.0'),
      secret,
      secret.map((text) => `2.1.0-${text}`),
    ),
    driverProduct: secret.map((text) => `${text}/1`),
    token: fc.option(secret, { nil: undefined }),
    hasStaticToken: fc.boolean(),
    customHeaders: fc.dictionary(secret, secret, { maxKeys: 1 }),
    telemetry: fc.oneof(
      fc.record({ enableTelemetry: fc.oneof(fc.boolean(), secret) }, { requiredKeys: [] }),
      fc.record({ forceEnableTelemetry: fc.oneof(fc.boolean(), secret) }, { requiredKeys: [] }),
    ),
  },
  { requiredKeys: [] },
);

describe('the support bundle', () => {
  it('has nothing of what the user has on spans, connections and hosts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(operation, { minLength: 1, maxLength: 8 }),
        fc.array(connection, { maxLength: 4 }),
        async (operations, connections) => {
          const processor = new DatabricksSpanProcessor({
            exporter: new DryRunExporter({ stream: new PassThrough().resume() }),
          });
          const source = new ProcessorSource(
            {
              observation: processor[OBSERVATION],
              stats: () => processor.stats() as ObservedStats,
              localRule: () => undefined,
            },
            () => undefined,
          );
          const observation = processor[OBSERVATION];
          const handles = connections.map((options) => connectionHandle(options));
          const context = contextOf(connectionHandle({ host: 's3cr3t-0.example.com' }));
          for (const handle of handles) {
            const connecting = span({ attributes: { 'databricks.operation.type': 'CREATE_SESSION' } });
            processor.onStart(connecting, contextOf(handle));
          }
          observation.noteBreaker('s3cr3t-0.example.com:443', 'open');
          for (const { attributes, name, status, type, isFlushed } of operations) {
            const started = span({
              name,
              status: { code: 2, message: status },
              events: [{ attributes }],
              attributes: { ...attributes, 'databricks.operation.type': type },
            });
            processor.onStart(started, context);
            processor.onEnd(started);
            if (isFlushed) {
              await processor.forceFlush();
            }
          }
          const bundle = source.bundle();
          expect(bundle.records).toHaveLength(operations.length);
          expect(bundle.state['openConnections']).toMatchObject({ total: connections.length + 1 });
          expect(JSON.stringify(bundle)).not.toContain('s3cr3t');
          source.stop();
          await processor.shutdown();
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([
    [true, {}, {}],
    [false, { withhold: ['databricks.workspace.id'] }, {}],
    [false, {}, { authenticatedExport: false }],
  ])(
    'has ids of workspaces (%s) where records have them: %j, %j',
    async (hasIds, options, exporterOptions) => {
      const processor = new DatabricksSpanProcessor({
        ...options,
        exporter: new DryRunExporter({ stream: new PassThrough().resume(), ...exporterOptions }),
      });
      const source = new ProcessorSource(
        {
          observation: processor[OBSERVATION],
          stats: () => processor.stats() as ObservedStats,
          localRule: () => undefined,
        },
        () => undefined,
      );
      // One lane of which the flag is asked, and a connection that the gate refuses.
      for (const telemetry of [{}, { enableTelemetry: false }]) {
        const started = span({
          attributes: {
            'databricks.operation.type': 'EXECUTE_STATEMENT',
            'databricks.workspace.id': '987654321',
          },
        });
        processor.onStart(started, contextOf(connectionHandle({ orgId: '987654321', telemetry })));
        processor.onEnd(started);
      }
      const text = JSON.stringify(source.bundle());
      expect(text.match(/987654321/g)?.length ?? 0).toBe(hasIds ? 5 : 0);
      await processor.shutdown();
    },
  );

  it('says what the gate, the queue and the hosts did', async () => {
    const processor = new DatabricksSpanProcessor({
      exporter: new DryRunExporter({ stream: new PassThrough().resume() }),
    });
    const source = new ProcessorSource(
      {
        observation: processor[OBSERVATION],
        stats: () => processor.stats() as ObservedStats,
        localRule: () => undefined,
      },
      () => undefined,
    );
    const started = span({ attributes: { 'databricks.operation.type': 'EXECUTE_STATEMENT' } });
    processor.onStart(started, contextOf(connectionHandle()));
    processor.onEnd(started);
    await processor.forceFlush();
    const { state, versions, records } = source.bundle();
    expect(state).toMatchObject({
      totals: { exported: 1 },
      gate: [{ decision: 'forced', connections: 1 }],
      hosts: [{ number: 1, connections: 1, breaker: { state: 'closed' } }],
      openConnections: {
        total: 1,
        latest: [{ number: 1, host: 1, decision: 'forced', outcome: 'served', lane: { number: 1 } }],
      },
    });
    expect(versions).toMatchObject({ node: process.version });
    expect(records).toMatchObject([{ state: 'written', wasSent: true, life: expect.any(Array) }]);
    expect(records[0]?.log).toMatchObject({
      entry: {
        sql_driver_log: { sql_operation: { operation_detail: { operation_type: 'EXECUTE_STATEMENT' } } },
      },
    });
    await processor.shutdown();
  });
});
