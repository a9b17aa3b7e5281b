import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { Query } from '../benches/query.js';
import type { Prepared } from '../harness/bench.js';
import { NoOpSpanExporter } from './exporters.js';

/** Where Debian puts PostgreSQL's programs, by version. */
const DEBIAN_FOLDER = '/usr/lib/postgresql';
const START_TIMEOUT_S = 30;

/** A PostgreSQL of our own that is reached by a socket in a folder of its own; `undefined` if none is installed. */
export async function startPostgres(): Promise<Prepared | undefined> {
  const programs = programsFolder();
  const user = postgresUser();
  if (programs === undefined || user === undefined) {
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'bench-pg-'));
  chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const run = (program: string, args: readonly string[]) =>
    spawnSync(join(programs, program), args, { ...user, cwd: folder, stdio: 'ignore' }).status === 0;
  if (!run('initdb', ['-D', data, '-A', 'trust', '-U', 'bench', '--no-sync'])) {
    rmSync(folder, { recursive: true, force: true });
    return undefined;
  }
  const server = spawn(join(programs, 'postgres'), ['-D', data, '-h', '', '-k', folder], {
    ...user,
    cwd: folder,
    stdio: 'ignore',
  });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const end = async () => {
    server.kill('SIGINT');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  if (!(await isReady(run, folder))) {
    await end();
    return undefined;
  }
  return { values: { postgres: folder }, end };
}

/** `SELECT 1`, with contrib's instrumentation or without. */
export async function openPostgres(
  variant: string,
  prepared: Record<string, string>,
): Promise<Query | undefined> {
  const host = prepared['postgres'];
  if (host === undefined) {
    return undefined;
  }
  if (variant === 'pg instrumented') {
    const { PgInstrumentation } = await import('@opentelemetry/instrumentation-pg');
    const processor: SpanProcessor = new BatchSpanProcessor(new NoOpSpanExporter());
    const provider = new NodeTracerProvider({ spanProcessors: [processor] });
    provider.register();
    new PgInstrumentation().setTracerProvider(provider);
  }
  const { Client } = createRequire(import.meta.url)('pg') as typeof import('pg');
  const client = new Client({ host, user: 'bench', database: 'postgres' });
  await client.connect();
  return () => client.query('SELECT 1');
}

function programsFolder(): string | undefined {
  if (!existsSync(DEBIAN_FOLDER)) {
    return undefined;
  }
  const newest = readdirSync(DEBIAN_FOLDER).toSorted((one, other) => Number(other) - Number(one))[0];
  return newest === undefined ? undefined : join(DEBIAN_FOLDER, newest, 'bin');
}

/** PostgreSQL refuses to run as root. */
function postgresUser(): { uid: number; gid: number } | undefined {
  const idOf = (flag: string) => Number(spawnSync('id', [flag, 'postgres']).stdout?.toString() || 'NaN');
  const [uid, gid] = [idOf('-u'), idOf('-g')];
  return Number.isNaN(uid) || process.getuid?.() !== 0 ? undefined : { uid, gid };
}

async function isReady(
  run: (program: string, args: readonly string[]) => boolean,
  folder: string,
): Promise<boolean> {
  for (let attempt = 0; attempt < START_TIMEOUT_S * 5; attempt++) {
    if (run('pg_isready', ['-h', folder])) {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return false;
}
