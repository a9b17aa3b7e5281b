import { createRequire } from 'node:module';
import { context, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { NodeSDK, tracing } from '@opentelemetry/sdk-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DatabricksSpanProcessor, DatabricksSqlInstrumentation, exportLocal } from '../../src/index.js';
import { TAG_TABLE } from '../../src/tags/index.js';
import {
  type LocalDatabricks,
  type Scenario,
  sql,
  startLocalDatabricks,
} from '../support/local-databricks/index.js';
import type { SqlDriverLog } from '../support/local-databricks/telemetry-log.js';
import type { StatementTruth } from '../support/local-databricks/types.js';
import { type OtlpReceiver, startOtlpReceiver } from '../support/otlp-receiver.js';

type Driver = typeof import('@databricks/sql');

const DELAY_MS = 60;

const SCENARIOS = {
  inline: { rowsPerPage: 7, executeDelayMs: DELAY_MS },
  cloudFetch: { format: 'cloudfetch', pages: 3, filesPerPage: 2, lz4: true, downloadDelayMs: DELAY_MS },
  asynchronous: { directResults: false, polls: 3, pollDelayMs: DELAY_MS, fetchDelayMs: DELAY_MS },
  failing: { directResults: false, polls: 1, outcome: { state: 'ERROR', sqlState: '42P01' } },
} as const satisfies Record<string, Scenario>;

type Name = keyof typeof SCENARIOS | 'metadata';

const driver = createRequire(import.meta.url)('@databricks/sql') as Driver;

/** Everything that the application gets from the driver, errors included. */
async function runApplication(db: LocalDatabricks): Promise<Record<Name, unknown>> {
  const client = new driver.DBSQLClient({ logger: { log: () => undefined } as never });
  await client.connect(db.connectOptions({ checkServerCertificate: false }));
  const session = await client.openSession();
  const results: Partial<Record<Name, unknown>> = {};
  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    const operation = await session.executeStatement(sql(scenario, `SELECT * FROM ${name}`));
    results[name as Name] = await operation
      .fetchAll()
      .catch((error: Error) => `${error.name}: ${error.message}`);
    await operation.close();
  }
  const tables = await session.getTables({ catalogName: 'main' });
  results.metadata = await tables.fetchAll();
  await tables.close();
  await session.close();
  await client.close();
  return results as Record<Name, unknown>;
}

describe('one application, the real driver, both backends', () => {
  let db: LocalDatabricks;
  let receiver: OtlpReceiver;
  let plainResults: Record<Name, unknown>;
  let results: Record<Name, unknown>;
  /** What the whole application took. */
  let runMs: number;
  const logs = new Map<string | undefined, SqlDriverLog>();
  const truths = new Map<Name, StatementTruth>();

  beforeAll(async () => {
    db = await startLocalDatabricks();
    receiver = await startOtlpReceiver();
    plainResults = await runApplication(db);
    db.reset();

    const sdk = new NodeSDK({
      instrumentations: [new DatabricksSqlInstrumentation({ recordReturnedRows: true })],
      spanProcessors: [
        exportLocal(new tracing.BatchSpanProcessor(new OTLPTraceExporter({ url: receiver.tracesUrl }))),
        new DatabricksSpanProcessor({ flushIntervalMs: 50 }),
      ],
    });
    sdk.start();
    const begunAt = performance.now();
    results = await runApplication(db);
    runMs = performance.now() - begunAt;
    await sdk.shutdown();

    for (const log of db.telemetry.logs()) {
      const entry = log.entry?.sql_driver_log ?? {};
      const key = entry.sql_statement_id ?? entry.sql_operation?.operation_detail?.operation_type;
      expect(logs.has(key), `two logs of ${key}`).toBe(false);
      logs.set(key, entry);
    }
    const names: Name[] = [...(Object.keys(SCENARIOS) as Name[]), 'metadata'];
    for (const [index, name] of names.entries()) {
      const truth = db.truth.statements[index];
      if (truth !== undefined) {
        truths.set(name, truth);
      }
    }
  });

  afterAll(async () => {
    trace.disable();
    context.disable();
    await receiver.close();
    await db.close();
  });

  function recordOf(name: Name): { log: SqlDriverLog; truth: StatementTruth } {
    const truth = truths.get(name);
    const log = logs.get(truth?.id);
    if (truth === undefined || log === undefined) {
      throw new Error(`no record of ${name}`);
    }
    return { log, truth };
  }

  it('the driver returns the same rows and errors with and without us', () => {
    expect(results).toEqual(plainResults);
  });

  it('Databricks got one record per operation: statements, metadata call, opening and closing of the session', () => {
    expect([...logs.keys()].sort()).toEqual(
      [...db.truth.statements.map((statement) => statement.id), 'CREATE_SESSION', 'DELETE_SESSION'].sort(),
    );
  });

  it.each([
    ['inline', 'EXECUTE_STATEMENT', 'QUERY', 'INLINE_ARROW'],
    ['cloudFetch', 'EXECUTE_STATEMENT', 'QUERY', 'EXTERNAL_LINKS'],
    ['asynchronous', 'EXECUTE_STATEMENT', 'QUERY', 'INLINE_ARROW'],
    ['metadata', 'LIST_TABLES', 'METADATA', 'COLUMNAR_INLINE'],
  ] as const)(
    '%s: ids, types, format, compression and polls are the server’s',
    (name, type, statementType, format) => {
      const { log, truth } = recordOf(name);

      expect(log.session_id).toBe(truth.sessionId);
      expect(log.sql_operation).toMatchObject({
        statement_type: statementType,
        execution_result: format,
        is_compressed: truth.lz4,
        retry_count: 0,
        operation_detail: {
          operation_type: type,
          n_operation_status_calls: truth.statusCalls,
          is_internal_call: false,
        },
      });
      expect(log).not.toHaveProperty('error_info');
    },
  );

  it('the chunks of a CloudFetch query of 3 pages with 2 files each', () => {
    const { log, truth } = recordOf('cloudFetch');
    const details = log.sql_operation?.chunk_details;

    expect(truth.filesOffered).toBe(6);
    expect(details).toMatchObject({ total_chunks_present: 6, total_chunks_iterated: 6 });
    expect(details?.initial_chunk_latency_millis).toBeGreaterThanOrEqual(DELAY_MS - 1);
    expect(details?.slowest_chunk_latency_millis).toBeGreaterThanOrEqual(DELAY_MS - 1);
    expect(details?.sum_chunks_download_time_millis).toBeGreaterThanOrEqual(6 * (DELAY_MS - 1));
  });

  it('latencies enclose the delays that the server injected', () => {
    const inline = recordOf('inline').log;
    expect(inline.operation_latency_ms).toBeGreaterThanOrEqual(DELAY_MS - 1);

    const { log, truth } = recordOf('asynchronous');
    expect(truth.statusCalls).toBe(4);
    const polling = log.sql_operation?.operation_detail?.operation_status_latency_millis;
    expect(polling).toBeGreaterThanOrEqual(4 * (DELAY_MS - 1));
    // Three pauses of the driver's lie between the four status requests.
    expect(log.operation_latency_ms).toBeGreaterThanOrEqual(4 * (DELAY_MS - 1) + 3 * 100 - 5);
    expect(log.operation_latency_ms).toBeLessThanOrEqual(runMs);
    const ready = log.sql_operation?.result_latency?.result_set_ready_latency_millis;
    expect(ready).toBeGreaterThanOrEqual((log.operation_latency_ms ?? 0) + DELAY_MS - 2);
  });

  it('a failing statement is one record, with its SQLSTATE', () => {
    const { log } = recordOf('failing');

    expect(log.error_info).toEqual({ error_name: '42P01' });
    expect(log.sql_operation?.operation_detail?.operation_type).toBe('EXECUTE_STATEMENT');
  });

  it('the opening of the session describes the connection', () => {
    expect(logs.get('CREATE_SESSION')).toMatchObject({
      session_id: db.truth.sessions[0]?.id,
      auth_type: 'pat',
      system_configuration: {
        driver_name: 'nodejs-sql-driver',
        driver_version: '2.1.0',
        runtime_name: 'Node.js',
      },
      driver_connection_params: {
        http_path: '/sql/1.0/warehouses/0123456789abcdef',
        mode: 'THRIFT',
        auth_mech: 'PAT',
      },
    });
    expect(logs.get('DELETE_SESSION')?.session_id).toBe(db.truth.sessions[0]?.id);
  });

  it('requests go to the telemetry path with the connection’s own credentials and org', () => {
    for (const request of db.telemetry.requests) {
      expect(request.path).toBe('/telemetry-ext');
      expect(request.headers).toMatchObject({
        authorization: `Bearer ${db.truth.sessions[0]?.token}`,
        'content-type': 'application/json',
        'x-databricks-org-id': '6012345678901234',
      });
    }
  });

  it('the OTLP receiver got one span per operation with the local tags, bytes and rows as the server counts them', () => {
    for (const name of ['inline', 'cloudFetch', 'asynchronous'] as const) {
      const { truth } = recordOf(name);
      const span = receiver.spans.find((each) => each.attributes['databricks.statement.id'] === truth.id);
      expect(span?.attributes).toMatchObject({
        'server.address': db.host,
        'db.query.summary': `SELECT ${name}`,
        'db.query.text': `SELECT * FROM ${name}`,
        'db.response.returned_rows': truth.rows,
        'databricks.result.bytes_downloaded': truth.bytes,
      });
    }
    expect(receiver.spans).toHaveLength(8);
  });

  it('the OTLP receiver got none of the Databricks-only tags', () => {
    const hidden = TAG_TABLE.rows.filter((row) => row.scope === 'exportDatabricks').map((row) => row.name);
    const got = new Set(receiver.spans.flatMap((span) => Object.keys(span.attributes)));

    expect(hidden.length).toBeGreaterThan(10);
    expect(hidden.filter((name) => got.has(name))).toEqual([]);
  });

  it('nothing of SQL, names or addresses is in what Databricks got', () => {
    const sent = Buffer.concat(db.telemetry.requests.map((request) => request.body)).toString('utf8');

    for (const secret of ['SELECT', 'main', 'cloudFetch', db.host, 'dapi', 'fileLink', process.cwd()]) {
      expect(sent.includes(secret), secret).toBe(false);
    }
  });
});
