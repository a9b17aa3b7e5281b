/**
 * `npm run test:outages`: programs that run the real driver against a local Databricks, while its telemetry fails
 * or their own event loop is blocked. Every statement must arrive, once. `-- 401` runs the cases whose names contain
 * that.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type LocalDatabricks, startLocalDatabricks } from '../support/local-databricks/index.js';
import type { ApplicationReport, Assignment } from './application.js';
import { CASES, type OutageCase } from './cases.js';
import { faultsOf } from './verdict.js';

const APPLICATION = fileURLToPath(new URL('./application.ts', import.meta.url));
/** Programs at a time. Most of them wait. */
const PROGRAMS = 6;

async function run(outage: OutageCase): Promise<string[]> {
  const db = await startLocalDatabricks();
  const failing = outage.fail(db).catch(() => undefined);
  const child = startApplication(outage, db);
  try {
    const report = await reportOf(child);
    return report === undefined ? ['the program did not report'] : faultsOf(outage, db, report);
  } finally {
    child.kill('SIGKILL');
    await db.close();
    void failing;
  }
}

function startApplication({ statements, concurrency, block }: OutageCase, db: LocalDatabricks): ChildProcess {
  const assignment: Assignment = {
    connect: db.connectOptions({ checkServerCertificate: false }),
    statements,
    concurrency,
    ...(block !== undefined && { block }),
  };
  return fork(APPLICATION, [JSON.stringify(assignment)], { execArgv: ['--import', 'tsx'] });
}

async function reportOf(child: ChildProcess): Promise<ApplicationReport | undefined> {
  const ended = once(child, 'exit').then(() => undefined);
  const message = await Promise.race([once(child, 'message'), ended]);
  return message?.[0] as ApplicationReport | undefined;
}

const [filter = ''] = process.argv.slice(2);
const waiting = CASES.filter(({ name }) => name.includes(filter));
let failures = waiting.length === 0 ? 1 : 0;
await Promise.all(
  Array.from({ length: PROGRAMS }, async () => {
    for (let outage = waiting.shift(); outage !== undefined; outage = waiting.shift()) {
      const startedAt = performance.now();
      const faults = await run(outage);
      const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
      failures += faults.length > 0 ? 1 : 0;
      console.log(
        `${faults.length === 0 ? 'ok  ' : 'FAIL'} ${outage.name} (${outage.statements} statements, ${seconds} s)`,
      );
      for (const fault of faults) {
        console.log(`     ${fault}`);
      }
    }
  }),
);
console.log(failures === 0 ? 'outages: all statements arrived, each once' : `outages: ${failures} failed`);
process.exit(failures === 0 ? 0 : 1);
