/**
 * Draws the pictures of docs/slow-queries.md: six slow statements by the real driver against a workspace on
 * loopback, each as its exported spans tell it. `npm run docs:slow-queries`.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { DatabricksSqlInstrumentation, exportLocal } from '../../src/index.js';
import { runSlowStatement, slowStatements } from '../../test/ledger/slowStatements.js';
import { connectClient, loadDriver } from '../../test/support/drivers.js';
import { startLocalDatabricks } from '../../test/support/local-databricks/index.js';
import { statementTrace } from './trace.js';
import { waterfall } from './waterfall.js';

const FOLDER = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const LONG_MS = 1_200;
const TEXTS: Readonly<Record<string, string>> = {
  queued: 'SELECT id, name FROM customers',
  running: 'SELECT id, name FROM visits',
  fetching: 'SELECT id, name FROM orders',
  downloading: 'SELECT id, name FROM payments',
  application: 'SELECT id, name FROM products',
  retrying: 'SELECT id, name FROM shops',
};

process.env['OTEL_SEMCONV_STABILITY_OPT_IN'] = 'http';
const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({
  spanProcessors: [exportLocal(new SimpleSpanProcessor(exporter), { detail: 'operations' })],
});
provider.register();
const instrumentations = [
  new HttpInstrumentation({ disableIncomingRequestInstrumentation: true }),
  new DatabricksSqlInstrumentation(),
];
for (const instrumentation of instrumentations) {
  instrumentation.setTracerProvider(provider);
}

const databricks = await startLocalDatabricks();
const driver = loadDriver();
await mkdir(FOLDER, { recursive: true });
// The first statement loads code.
for (const [index, statement] of [slowStatements(1), slowStatements(LONG_MS)].flat().entries()) {
  const client = await connectClient(driver, {
    ...databricks.connectOptions({ ...statement.options, checkServerCertificate: false }),
    telemetryEnabled: false,
  });
  const session = await client.openSession();
  exporter.reset();
  await runSlowStatement(session, statement, TEXTS[statement.account]);
  await provider.forceFlush();
  const trace = statementTrace(exporter.getFinishedSpans());
  await client.close();
  if (index < slowStatements(1).length) {
    continue;
  }
  const [[largest] = []] = trace.accounts;
  if (largest !== statement.account) {
    throw new Error(`${statement.account} should dominate, not ${largest}: is the machine very busy?`);
  }
  const file = `slow-${statement.account}.svg`;
  await writeFile(`${FOLDER}${file}`, waterfall(`${statement.account}: ${statement.name}`, trace));
  process.stdout.write(`docs/images/${file}\n`);
}
await databricks.close();
await provider.shutdown();
