/**
 * The whole way on one screen: the real driver, a Databricks workspace on loopback, an OTLP receiver, and
 * what each of the two got. `--raw` prints the bodies that were sent to Databricks as well. `--page` shows it in
 * the inspector instead, slowly enough to watch, until Ctrl-C.
 */
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { DatabricksSpanProcessor, DatabricksSqlInstrumentation, exportLocal } from '../../src/index.js';
import {
  type LocalDatabricks,
  type StatementTruth,
  startLocalDatabricks,
  type TelemetryLog,
} from '../support/local-databricks/index.js';
import { type ReceivedSpan, startOtlpReceiver } from '../support/otlp-receiver.js';
import { compare } from './comparison.js';
import { showPage } from './page.js';
import { printComparison, printLegend, printRequest } from './print.js';
import { runQueries, SECRETS, STEPS } from './queries.js';

/** Between two statements, so that each is seen to come. */
const PAUSE_MS = 1_500;

const started = performance.now();
const databricks = await startLocalDatabricks();
const backend = await startOtlpReceiver();

const local = exportLocal(new BatchSpanProcessor(new OTLPTraceExporter({ url: backend.tracesUrl })));
const telemetry = new DatabricksSpanProcessor();
const sdk = new NodeSDK({
  serviceName: 'demo',
  instrumentations: [new DatabricksSqlInstrumentation()],
  spanProcessors: [local, telemetry],
  metricReaders: [],
  logRecordProcessors: [],
});
sdk.start();

const { DBSQLClient } = await import('@databricks/sql');
// Without the driver's own log lines between ours.
const newClient = () => new DBSQLClient({ logger: { log: () => undefined } });
if (process.argv.includes('--page')) {
  await showPage({ processor: telemetry, local, run: () => runQueries(newClient(), databricks, PAUSE_MS) });
} else {
  await runQueries(newClient(), databricks);
}
await Promise.all([local.forceFlush(), telemetry.forceFlush()]);

const problems = report(databricks, backend.spans);
await sdk.shutdown();
await backend.close();
await databricks.close();

const seconds = ((performance.now() - started) / 1_000).toFixed(1);
console.log(
  problems.length === 0
    ? `\nEverything arrived where it should, and nowhere else (${seconds} s).`
    : `\nNot as it should be:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
);
process.exitCode = problems.length === 0 ? 0 : 1;

/** Prints, operation by operation, what arrived where. @returns what is wrong */
function report({ truth, telemetry: endpoint }: LocalDatabricks, spans: readonly ReceivedSpan[]): string[] {
  const logs = endpoint.logs();
  const found: string[] = [];
  const show = (title: string, facts: string, span?: ReceivedSpan, log?: TelemetryLog): void => {
    const comparison = compare(span, log);
    printComparison(title, facts, comparison);
    found.push(...comparison.problems.map((problem) => `${title}: ${problem}`));
  };

  printLegend();
  show('Open the session', 'the log of a connection', ...ofSession('CREATE_SESSION', spans, logs));
  STEPS.forEach(({ title }, index) => {
    const statement = truth.statements[index];
    show(
      `${index + 1}. ${title}`,
      statement === undefined ? 'the server saw none' : factsOf(statement),
      spans.find((span) => span.attributes['databricks.statement.id'] === statement?.id),
      logs.find((log) => log.entry?.sql_driver_log?.sql_statement_id === statement?.id),
    );
  });
  show(
    'Close the session',
    'a log of an operation without a statement',
    ...ofSession('DELETE_SESSION', spans, logs),
  );

  const bodies = endpoint.requests.map(({ body }) => body.toString('utf8'));
  found.push(
    ...SECRETS.filter((secret) => bodies.some((body) => body.includes(secret))).map(
      (secret) => `${secret} was sent to Databricks' telemetry endpoint`,
    ),
  );
  if (process.argv.includes('--raw')) {
    endpoint.requests.forEach(printRequest);
  }
  return found;
}

function factsOf(statement: StatementTruth): string {
  const { method, state, rows, bytes, statusCalls, filesOffered } = statement;
  return `the server's truth: ${method}, ${state}, ${rows} rows, ${bytes} bytes, ${statusCalls} polls, ${filesOffered} files`;
}

function ofSession(
  type: string,
  spans: readonly ReceivedSpan[],
  logs: readonly TelemetryLog[],
): [ReceivedSpan | undefined, TelemetryLog | undefined] {
  return [
    spans.find((span) => span.attributes['databricks.operation.type'] === type),
    logs.find((log) => log.entry?.sql_driver_log?.sql_operation?.operation_detail?.operation_type === type),
  ];
}
