/**
 * Proves the queries of docs/dashboards against a real Prometheus that scrapes a real run of the driver: every
 * panel has data, and in each of six slow statements the account dominates that should. `npm run dashboard`.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { slowStatements } from '../../test/ledger/slowStatements.js';
import { Program } from './program.js';
import { Prometheus, type Sample } from './prometheus.js';

interface Target {
  readonly expr: string;
  readonly instant?: boolean;
}

interface DashboardFile {
  readonly panels: readonly {
    readonly id: number;
    readonly title?: string;
    readonly targets?: readonly Target[];
  }[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly query?: string }[] };
}

const FILE = new URL('../../docs/dashboards/opentelemetry-databricks-sql.json', import.meta.url);
const RANGE_S = 60;
/** So many scrapes are between two rounds of work. */
const SCRAPES_MS = 2_500;
const ALL: Readonly<Record<string, string>> = { job: '.*', host: '.*', namespace: '.*' };

if (spawnSync('prometheus', ['--version']).error !== undefined) {
  console.log('dashboard: left out, because there is no Prometheus here (apt-get install prometheus)');
  process.exit();
}

const { panels, templating } = JSON.parse(readFileSync(FILE, 'utf8')) as DashboardFile;
const wrong: string[] = [];
const program = await Program.start();
const server = createServer((request, response) => program.scrape(request, response));
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const prometheus = await Prometheus.start(`127.0.0.1:${(server.address() as AddressInfo).port}`);
try {
  // A rate needs the series to be there before it grows.
  for (let round = 0; round < 2; round++) {
    await program.work();
    await pause(SCRAPES_MS);
  }
  await program.beRefused();
  await pause(SCRAPES_MS);
  await checkPanels();
  await checkVariables();
  await checkAccounts();
} finally {
  await prometheus.stop();
  server.closeAllConnections();
  server.close();
  await program.stop();
}
console.log(
  wrong.length === 0
    ? `dashboard: ${panels.length} panels and rows, every query has data, six accounts dominate as they should`
    : `dashboard: not as it should be\n${wrong.map((line) => `  ${line}`).join('\n')}`,
);
process.exit(wrong.length === 0 ? 0 : 1);

/** As Grafana puts its variables in. */
function filledIn(expression: string, variables: Readonly<Record<string, string>> = {}): string {
  const values = { ...ALL, __rate_interval: `${RANGE_S}s`, __range: `${RANGE_S}s`, ...variables };
  return Object.entries(values).reduce(
    (text, [name, value]) => text.replaceAll(new RegExp(`\\$${name}\\b`, 'g'), value),
    expression,
  );
}

async function checkPanels(): Promise<void> {
  for (const { id, title, targets = [] } of panels) {
    for (const { expr, instant } of targets) {
      const samples = await (instant === true
        ? prometheus.query(filledIn(expr))
        : prometheus.queryRange(filledIn(expr), RANGE_S / 4));
      if (!samples.some(hasNumbers)) {
        wrong.push(`panel ${id}, ${title}: no data for ${expr}`);
      }
    }
  }
}

function hasNumbers({ values }: Sample): boolean {
  return values.some(Number.isFinite);
}

async function checkVariables(): Promise<void> {
  for (const { name, query = '' } of templating.list) {
    const [, selector, label] = /^label_values\((.*), (\w+)\)$/.exec(query) ?? [];
    if (selector === undefined || label === undefined) {
      continue;
    }
    if ((await prometheus.labelValues(label, selector)).length === 0) {
      wrong.push(`variable ${name}: no values`);
    }
  }
}

/** In every panel by account, with the catalog chosen in which that statement ran. */
async function checkAccounts(): Promise<void> {
  const byAccount = panels.flatMap(({ title, targets = [] }) =>
    targets
      .filter(({ expr }) => expr.includes('databricks_time_account'))
      .map(({ expr }) => ({ title, expr })),
  );
  for (const { account } of slowStatements(1)) {
    for (const { title, expr } of byAccount) {
      const samples = await prometheus.query(filledIn(expr, { namespace: account }));
      const [largest] = [...samples].sort((one, other) => latest(other) - latest(one));
      if (largest?.metric['databricks_time_account'] !== account) {
        const found = samples.map((each) => `${each.metric['databricks_time_account']} ${latest(each)}`);
        wrong.push(`${title}: ${account} should dominate: ${found.join(', ')}`);
      }
    }
  }
}

function latest({ values }: Sample): number {
  return values.at(-1) ?? 0;
}
