import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HostExporter, RecordExporter } from '../../src/exporter/contract.js';
import { DryRunExporter, type DryRunExporterOptions } from '../../src/exporter/dryRunExporter.js';
import { recordExporterIn } from '../../src/exporter/opaque.js';
import {
  CREDENTIALS,
  destinationTo,
  fullRecord,
  never,
  records,
  routeVia,
  TOKEN,
  USER_AGENT,
} from './support/fixtures.js';
import { referenceBody } from './support/reference.js';

const HOST_NAME = 'dbc-1.cloud.databricks.com';
const destination = destinationTo(443, routeVia(undefined));

function inside(exporter: DryRunExporter): RecordExporter {
  const inner = recordExporterIn(exporter);
  if (inner === undefined) throw new Error('nothing inside');
  return inner;
}

function open(options: DryRunExporterOptions): HostExporter {
  return inside(new DryRunExporter(options)).openHost(HOST_NAME, 443);
}

/** A stream that takes `limit` bytes and no more until it is let go. */
function stuckStream(limit: number) {
  const written: string[] = [];
  let letGo: () => void = () => {};
  const stream = new Writable({
    highWaterMark: limit,
    write(chunk, _encoding, callback) {
      written.push(String(chunk));
      letGo = callback;
    },
  });
  return { stream, written, letGo: () => letGo() };
}

describe('DryRunExporter', () => {
  it('writes the exact bodies, one per line', async () => {
    const stream = new PassThrough();
    const host = open({ stream });
    const batches = [[fullRecord()], records(3)];
    for (const batch of batches) {
      expect(await host.export(batch, destination, CREDENTIALS, never)).toEqual({
        outcome: 'success',
        accepted: batch.length,
        rejected: 0,
      });
    }
    const lines = String(stream.read()).split('\n');
    expect(lines.pop()).toBe('');
    expect(lines).toHaveLength(2);
    lines.forEach((line, i) => {
      const uploadTimeMs = JSON.parse(line).uploadTime as number;
      const options = { uploadTimeMs, userAgent: USER_AGENT, authenticated: true };
      expect(line).toBe(referenceBody(batches[i] ?? [], options));
    });
    expect(host.requests()).toEqual({ written: 2 });
  });

  it('needs no credentials and writes none', async () => {
    const stream = new PassThrough();
    const host = open({ stream });
    await host.export([fullRecord()], destination, CREDENTIALS, never);
    expect(host.needsCredentials).toEqual({ export: false, flag: false });
    expect(String(stream.read())).not.toContain(TOKEN);
  });

  it('shows the unauthenticated body', async () => {
    const stream = new PassThrough();
    await open({ stream, authenticatedExport: false }).export(
      [fullRecord()],
      destination,
      CREDENTIALS,
      never,
    );
    expect(String(stream.read())).not.toMatch(/workspace_id|session_id|system_configuration/);
  });

  it('takes the feature flag as enabled without asking anybody', async () => {
    const host = open({ stream: new PassThrough() });
    expect(
      await host.fetchFeatureFlag({ destination, credentials: undefined, driverVersion: '2.1.0' }, never),
    ).toEqual({
      outcome: 'answer',
      enabled: true,
      ttlSeconds: undefined,
    });
    expect(host.breaker()).toEqual({ state: 'closed', openSince: undefined, transitions: 0 });
  });

  it('refuses the hosts and routes that the real exporter refuses', () => {
    const exporter = inside(new DryRunExporter({ stream: new PassThrough() }));
    expect(exporter.supportsHost('user@host', 443)).toBe(false);
    expect(exporter.supportsRoute(routeVia(undefined))).toBe(true);
    expect(exporter.supportsRoute(routeVia(undefined, { https: false }))).toBe(false);
  });

  it('writes to standard output unless told otherwise', async () => {
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((...args: unknown[]) => {
      const callback = args.at(-1);
      if (typeof callback === 'function') callback();
      return true;
    });
    try {
      await open({}).export(records(1), destination, CREDENTIALS, never);
      expect(String(write.mock.calls[0]?.[0])).toMatch(/^\{"uploadTime":.*\]\}\n$/);
    } finally {
      write.mockRestore();
    }
  });

  describe('a stream that can not keep up', () => {
    beforeEach(() => {
      vi.useFakeTimers();
    });
    afterEach(() => {
      vi.useRealTimers();
    });

    it('gets no further line until it has drained; who waits too long keeps the batch', async () => {
      const { stream, written, letGo } = stuckStream(10);
      const host = open({ stream });
      void host.export(records(1), destination, CREDENTIALS, never);
      const waiting = Array.from({ length: 20 }, () =>
        host.export(records(1), destination, CREDENTIALS, never),
      );
      await vi.advanceTimersByTimeAsync(4_000);
      expect(written).toHaveLength(1);
      letGo();
      await vi.advanceTimersByTimeAsync(5_000);
      expect(written).toHaveLength(2);
      const outcomes = (await Promise.all(waiting)).map(({ outcome }) => outcome).sort();
      expect(outcomes).toEqual([...Array(19).fill('blocked'), 'success']);
      expect(stream.writableLength).toBeLessThan(5_000);
      expect(stream.listenerCount('drain')).toBeLessThanOrEqual(1);
    });

    it('is left when the signal aborts', async () => {
      const { stream, written } = stuckStream(10);
      const host = open({ stream });
      void host.export(records(1), destination, CREDENTIALS, never);
      const abort = new AbortController();
      const result = host.export(records(1), destination, CREDENTIALS, abort.signal);
      await vi.advanceTimersByTimeAsync(100);
      abort.abort();
      expect(await result).toEqual({ outcome: 'aborted' });
      expect(written).toHaveLength(1);
    });
  });

  it.each<[string, () => Writable]>([
    ['fails', () => new Writable({ write: (_chunk, _encoding, callback) => callback(new Error('full')) })],
    [
      'throws',
      () =>
        Object.assign(new PassThrough(), {
          write: () => {
            throw new Error('broken');
          },
        }),
    ],
    ['was destroyed', () => new PassThrough().destroy(new Error('gone'))],
    ['was ended', () => new PassThrough().end()],
  ])('survives and counts a stream that %s', async (_name, make) => {
    const stream = make();
    const host = open({ stream });
    for (let i = 0; i < 3; i++) {
      expect(await host.export(records(1), destination, CREDENTIALS, never)).toEqual({
        outcome: 'terminal',
        error: 'write_failed',
        pauseMs: 0,
      });
    }
    expect(host.requests()).toEqual({ failed: 3 });
  });

  it('writes nothing once closed or aborted', async () => {
    const stream = new PassThrough();
    const host = open({ stream });
    expect(await host.export(records(1), destination, CREDENTIALS, AbortSignal.abort())).toEqual({
      outcome: 'aborted',
    });
    await host.close();
    expect(await host.export(records(1), destination, CREDENTIALS, never)).toEqual({ outcome: 'aborted' });
    expect(stream.read()).toBeNull();
    expect(stream.writable).toBe(true);
  });

  describe('to a file', () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'dry-run-'));
    });
    afterEach(() => rm(folder, { recursive: true }));

    it('appends lines that are whole, however many hosts write, for its owner only', async () => {
      const file = join(folder, 'out.jsonl');
      const exporter = inside(new DryRunExporter({ file }));
      const hosts = ['a.example', 'b.example'].map((name) => exporter.openHost(name, 443));
      await Promise.all(
        Array.from({ length: 14 }, (_, i) =>
          hosts[i % 2]?.export(records(50), destination, CREDENTIALS, never),
        ),
      );
      const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
      expect(lines).toHaveLength(14);
      for (const line of lines) expect(JSON.parse(line).protoLogs).toHaveLength(50);
      expect((await stat(file)).mode & 0o777).toBe(0o600);
    });

    it('keeps the batch while too many lines wait', async () => {
      const host = open({ file: join(folder, 'out.jsonl') });
      const results = await Promise.all(
        Array.from({ length: 40 }, () => host.export(records(1), destination, CREDENTIALS, never)),
      );
      const counts = host.requests();
      expect(counts['written']).toBeGreaterThanOrEqual(16);
      expect(counts['busy']).toBe(results.filter(({ outcome }) => outcome === 'blocked').length);
    });

    it('appends to a file that is its owner’s alone', async () => {
      const file = join(folder, 'out.jsonl');
      await writeFile(file, 'first\n', { mode: 0o600 });
      await open({ file }).export(records(1), destination, CREDENTIALS, never);
      expect(await readFile(file, 'utf8')).toMatch(/^first\n\{"uploadTime"/);
    });

    it('is created at once, so that nobody else can put another in its place', async () => {
      const file = join(folder, 'out.jsonl');
      new DryRunExporter({ file });
      expect((await stat(file)).mode & 0o777).toBe(0o600);
    });

    it.each<[string, (file: string) => Promise<unknown>, RegExp]>([
      ['that others may write', (file) => writeMode(file, 0o666), /others have access to it \(mode 666/],
      ['that others may read', (file) => writeMode(file, 0o644), /others have access to it \(mode 644/],
      ['that the group may read', (file) => writeMode(file, 0o640), /others have access to it \(mode 640/],
      ['that is a link to a file', (file) => linkTo(file, 'own.jsonl'), /it is a symbolic link/],
      ['that is a link to nothing', (file) => symlink('nothing', file), /it is a symbolic link/],
      ['that is a folder', (file) => mkdir(file), /it is a folder/],
      ['that is a pipe', async (file) => execFileSync('mkfifo', [file]), /it is no regular file/],
    ])('refuses a file %s, with its path', async (_name, make, reason) => {
      const file = join(folder, 'out.jsonl');
      await make(file);
      expect(() => new DryRunExporter({ file })).toThrow(reason);
      expect(() => new DryRunExporter({ file })).toThrow(`'${file}' can't be used`);
    });

    it('refuses a path that can not be written, with the path', () => {
      const file = join(folder, 'missing', 'out.jsonl');
      expect(() => new DryRunExporter({ file })).toThrow(
        `DryRunExporter: option 'file': '${file}' can't be used: its folder does not exist`,
      );
    });

    it('refuses a file of somebody else', async () => {
      const file = join(folder, 'out.jsonl');
      await writeMode(file, 0o600);
      const getuid = vi.spyOn(process, 'getuid').mockReturnValue(12_345);
      try {
        expect(() => new DryRunExporter({ file })).toThrow(/it belongs to another user/);
      } finally {
        getuid.mockRestore();
      }
    });

    it('writes nothing to a file that was exchanged for a link later, and counts that', async () => {
      const file = join(folder, 'out.jsonl');
      const other = join(folder, 'other.jsonl');
      await writeMode(other, 0o600);
      const host = open({ file });
      await rm(file);
      await symlink(other, file);
      expect(await host.export(records(1), destination, CREDENTIALS, never)).toMatchObject({
        outcome: 'terminal',
      });
      expect(host.requests()).toEqual({ failed: 1 });
      expect(await readFile(other, 'utf8')).toBe('');
    });

    it('survives and counts a folder that has gone', async () => {
      await mkdir(join(folder, 'passing'));
      const host = open({ file: join(folder, 'passing', 'out.jsonl') });
      await rm(join(folder, 'passing'), { recursive: true });
      expect(await host.export(records(1), destination, CREDENTIALS, never)).toMatchObject({
        outcome: 'terminal',
      });
      expect(await host.export(records(1), destination, CREDENTIALS, never)).toMatchObject({
        outcome: 'terminal',
      });
      expect(host.requests()).toEqual({ failed: 2 });
    });

    async function writeMode(file: string, mode: number): Promise<void> {
      await writeFile(file, '');
      await chmod(file, mode);
    }

    async function linkTo(file: string, name: string): Promise<void> {
      await writeMode(join(folder, name), 0o600);
      await symlink(name, file);
    }
  });

  it.each<[string, object, RegExp]>([
    [
      'a stream that is none',
      { stream: {} },
      /DryRunExporter: option 'stream' is an object; allowed is a writable stream/,
    ],
    ['an empty path', { file: '' }, /option 'file' is ''; allowed is the path of a file/],
    ['a path that is none', { file: 5 }, /option 'file' is 5/],
    ['both', { file: 'x', stream: new PassThrough() }, /option 'file' .* left out where there is a 'stream'/],
    ['a flag that is none', { authenticatedExport: 'no' }, /option 'authenticatedExport'/],
    ['a misspelt option', { path: 'x' }, /there is no option 'path'; allowed are stream, file/],
  ])('refuses %s', (_name, options, message) => {
    expect(() => new DryRunExporter(options as DryRunExporterOptions)).toThrow(message);
  });
});
