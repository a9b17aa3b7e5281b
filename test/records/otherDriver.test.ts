import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { context, trace } from '@opentelemetry/api';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { afterEach, describe, expect, it } from 'vitest';
import { SCOPE, TinyDriver, type Wire } from '../../examples/other-driver/tinyDriver.js';
import { DatabricksSpanProcessor } from '../../src/processor/databricksSpanProcessor.js';
import { CollectingExporter } from '../processor/support/collectingExporter.js';

const ID = '01ef1234-5678-4abc-9def-0123456789ab';
let provider: NodeTracerProvider | undefined;

function start(instrumentationScopes: readonly string[]) {
  const exporter = new CollectingExporter();
  const processor = new DatabricksSpanProcessor({
    forceEnableTelemetry: true,
    instrumentationScopes,
    exporter,
  });
  provider = new NodeTracerProvider({ spanProcessors: [processor] });
  provider.register();
  const wire: Wire = {
    execute: async () => ({ statementId: ID, files: ['a', 'b', 'c'] }),
    download: async () => 7,
  };
  return { exporter, processor, wire };
}

afterEach(async () => {
  await provider?.shutdown();
  provider = undefined;
  trace.disable();
  context.disable();
});

describe('a driver that makes its spans by the plain OpenTelemetry API', () => {
  it('gets the same records, with its own scope, handle and tags', async () => {
    const { exporter, processor, wire } = start([SCOPE]);
    const driver = new TinyDriver('dbc-1.cloud.databricks.test', 'token', wire);
    await driver.connect();
    expect(await driver.query('SELECT 1')).toBe(21);
    await processor.forceFlush();
    expect(exporter.records).toMatchObject([
      { operationType: 'CREATE_SESSION', latencyMs: 12 },
      {
        operationType: 'EXECUTE_STATEMENT',
        statementType: 'QUERY',
        statementId: ID,
        sessionId: exporter.records[0]?.sessionId,
        chunks: { present: 3, iterated: 3 },
        errorName: undefined,
      },
    ]);
    expect(exporter.records[0]?.connection).toEqual(
      new Map([
        ['auth_type', 'pat'],
        ['system_configuration.driver_version', '1.0.0'],
        ['system_configuration.runtime_name', 'Node.js'],
        ['driver_connection_params.mode', 'SEA'],
      ]),
    );
    expect(processor.stats()).toMatchObject({ invalidValues: 0, lateChildren: 0, openStatements: 0 });
    expect(processor.stats().hosts[0]).toMatchObject({ host: 'dbc-1.cloud.databricks.test', connections: 1 });
    driver.close();
    expect(processor.stats().hosts[0]?.connections).toBe(0);
  });

  it('gets the records of its failures', async () => {
    const { exporter, processor, wire } = start([SCOPE]);
    const driver = new TinyDriver('dbc-1.cloud.databricks.test', 'token', {
      ...wire,
      download: async (file) => {
        throw Object.assign(new Error('secret'), { code: file === 'a' ? 'ECONNRESET' : 'MY_SECRET_CODE' });
      },
    });
    await expect(driver.query('SELECT 1')).rejects.toThrow('secret');
    const failing = new TinyDriver('dbc-1.cloud.databricks.test', 'token', {
      ...wire,
      execute: async () => {
        throw Object.assign(new Error('secret'), { code: 'MY_SECRET_CODE' });
      },
    });
    await expect(failing.query('SELECT 1')).rejects.toThrow('secret');
    await processor.forceFlush();
    expect(exporter.records).toMatchObject([
      { chunkId: 0, errorName: 'ECONNRESET', statementId: ID },
      { chunkId: undefined, errorName: 'ECONNRESET', statementId: ID },
      { errorName: 'other', statementId: undefined },
    ]);
    expect(exporter.bodies.join()).not.toMatch(/secret/i);
  });

  it('gets none from a processor that was not told of its scope', async () => {
    const { exporter, processor, wire } = start(['another']);
    await new TinyDriver('dbc-1.cloud.databricks.test', 'token', wire).query('SELECT 1');
    await processor.forceFlush();
    expect(exporter.records).toEqual([]);
  });

  it('is shown by an example that runs', () => {
    const root = join(import.meta.dirname, '../..');
    const main = join(root, 'examples/other-driver/main.ts');
    const { status, stdout } = spawnSync(process.execPath, ['--import', 'tsx', main], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    const { protoLogs } = JSON.parse(stdout) as { protoLogs: string[] };
    expect(protoLogs).toHaveLength(2);
    expect(protoLogs[1]).toContain(ID);
  });
});
