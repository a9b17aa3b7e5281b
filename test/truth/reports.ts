import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { DatabricksSpanProcessor } from '../../src/processor/databricksSpanProcessor.js';
import { loadDriver } from '../support/drivers.js';
import {
  type LocalDatabricks,
  STAGED_FILE,
  startConnectProxy,
  startLocalDatabricks,
  type TelemetryLog,
  type Truth,
} from '../support/local-databricks/index.js';
import { startTelemetry } from '../support/telemetry.js';
import type { AppFacts } from './app.js';
import { arrangeFaults, runScenarios, scenariosOf } from './run.js';
import type { Backend } from './scenario.js';

/** What one reporter sent of all scenarios of a backend, and what there is to hold it against. */
export interface Report {
  readonly backend: Backend;
  readonly facts: readonly AppFacts[];
  readonly truth: Truth;
  readonly logs: readonly TelemetryLog[];
  /** The spans of statements, where there are spans. */
  readonly spans: readonly ReadableSpan[];
}

const QUIET_MS = 1_000;
const VERIFY_NOTHING = { checkServerCertificate: false };

/** Ours: the records as the telemetry endpoint received them over HTTPS. */
export function ourReport(backend: Backend): Promise<Report> {
  return report(backend, async (server, folder) => {
    const processor = new DatabricksSpanProcessor({ shutdownTimeoutMs: 10_000 });
    const telemetry = startTelemetry({ processors: [processor], detail: 'statements' });
    try {
      const facts = await runScenarios(loadDriver(), optionsOf(server, backend), backend, folder);
      // Nobody closes what was abandoned.
      telemetry.instrumentation.disable();
      return { facts, spans: [...telemetry.statements()] };
    } finally {
      await processor.forceFlush();
      await telemetry.stop();
    }
  });
}

/** The driver's own telemetry: by its JavaScript over Thrift, by its native part on the kernel backend. */
export function driverReport(backend: Backend): Promise<Report> {
  return report(backend, async (server, folder) => {
    if (backend === 'kernel') {
      const options = { ...optionsOf(server, 'kernel'), telemetryEnabled: true };
      const facts = await runScenarios(loadDriver(), options, 'kernel', folder);
      await settle(server);
      return { facts, spans: [] };
    }
    return { facts: await runInProcess(server, folder), spans: [] };
  });
}

async function report(
  backend: Backend,
  run: (server: LocalDatabricks, folder: string) => Promise<Pick<Report, 'facts' | 'spans'>>,
): Promise<Report> {
  const folder = await mkdtemp(join(tmpdir(), 'truth-'));
  const server = await startLocalDatabricks();
  try {
    await writeFile(join(folder, 'PUT.csv'), STAGED_FILE);
    arrangeFaults(server, scenariosOf(backend, folder));
    const { facts, spans } = await run(server, folder);
    return { backend, facts, spans, truth: server.truth, logs: server.telemetry.logs() };
  } finally {
    await server.close();
    await rm(folder, { recursive: true });
  }
}

/** The native part sends in the background, and nothing tells when it is done. */
async function settle({ telemetry }: LocalDatabricks): Promise<void> {
  for (let before = -1; before !== telemetry.logCount; ) {
    before = telemetry.logCount;
    await sleep(QUIET_MS);
  }
}

function optionsOf(server: LocalDatabricks, backend: Backend) {
  return backend === 'kernel'
    ? server.kernelConnectOptions(VERIFY_NOTHING)
    : server.connectOptions(VERIFY_NOTHING);
}

async function runInProcess(server: LocalDatabricks, folder: string): Promise<AppFacts[]> {
  const proxy = await startConnectProxy(server);
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, server.ca);
  const options = server.connectOptions({
    ...VERIFY_NOTHING,
    host: 'dbc-1.cloud.databricks.test',
    port: 443,
    proxy: { protocol: 'http', host: proxy.host, port: proxy.port },
  });
  const script = join(import.meta.dirname, 'driverProcess.ts');
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', script, JSON.stringify(options), folder],
      { env: { ...process.env, NODE_EXTRA_CA_CERTS: caFile }, maxBuffer: 64 * 1_024 * 1_024 },
    );
    return JSON.parse(stdout) as AppFacts[];
  } finally {
    await proxy.close();
  }
}
