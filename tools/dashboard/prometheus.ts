import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A series with one value, or with those of a range. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly number[];
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: {
    readonly result: readonly {
      readonly metric: Record<string, string>;
      readonly value?: readonly [number, string];
      readonly values?: readonly (readonly [number, string])[];
    }[];
  };
}

const READY_WITHIN_MS = 15_000;

/** A Prometheus of one's own on loopback, which scrapes one target every second. */
export class Prometheus {
  readonly #url: string;
  readonly #process: ChildProcess;
  readonly #folder: string;

  private constructor(url: string, process: ChildProcess, folder: string) {
    this.#url = url;
    this.#process = process;
    this.#folder = folder;
  }

  static async start(target: string): Promise<Prometheus> {
    const folder = await mkdtemp(join(tmpdir(), 'prometheus-'));
    const config = join(folder, 'prometheus.yml');
    await writeFile(
      config,
      `global: { scrape_interval: 1s }\nscrape_configs:\n  - job_name: shop\n    static_configs: [{ targets: ['${target}'] }]\n`,
    );
    const address = `127.0.0.1:${await freePort()}`;
    const child = spawn(
      'prometheus',
      [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=${address}`,
        '--log.level=error',
      ],
      { stdio: ['ignore', 'inherit', 'inherit'] },
    );
    const prometheus = new Prometheus(`http://${address}`, child, folder);
    await prometheus.#ready();
    return prometheus;
  }

  async query(expression: string): Promise<Sample[]> {
    return this.#get('query', { query: expression });
  }

  async queryRange(expression: string, seconds: number): Promise<Sample[]> {
    const end = Date.now() / 1_000;
    return this.#get('query_range', {
      query: expression,
      start: String(end - seconds),
      end: String(end),
      step: '1',
    });
  }

  async labelValues(label: string, selector: string): Promise<readonly string[]> {
    const url = new URL(`/api/v1/label/${label}/values`, this.#url);
    url.searchParams.set('match[]', selector);
    const { data } = (await (await fetch(url)).json()) as { data: string[] };
    return data;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    if (this.#process.exitCode === null && this.#process.kill()) {
      await ended;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #get(kind: string, parameters: Record<string, string>): Promise<Sample[]> {
    const response = await fetch(new URL(`/api/v1/${kind}`, this.#url), {
      method: 'POST',
      body: new URLSearchParams(parameters),
    });
    const { status, error, data } = (await response.json()) as Answer;
    if (status !== 'success' || data === undefined) {
      throw new Error(`${parameters['query']}\n${error}`);
    }
    return data.result.map(({ metric, value, values = value === undefined ? [] : [value] }) => ({
      metric,
      values: values.map(([, text]) => Number(text)),
    }));
  }

  async #ready(): Promise<void> {
    const deadline = Date.now() + READY_WITHIN_MS;
    while (Date.now() < deadline && this.#process.exitCode === null) {
      const isReady = await fetch(`${this.#url}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (isReady) {
        return;
      }
      await pause(100);
    }
    await this.stop();
    throw new Error('prometheus did not start');
  }
}

/** Free a moment ago: Prometheus does not say which port it took by itself. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
