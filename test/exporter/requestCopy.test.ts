import { chmodSync, mkdtempSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';
import { copyLine, createRequestCopy, FileCopy } from '../../src/exporter/requestCopy.js';
import type { ObservedRequest } from '../../src/observer.js';

const BODY = '{"uploadTime":1,"items":[],"protoLogs":["{\\"a\\":1}"]}';

function request(over: Partial<ObservedRequest> = {}): ObservedRequest {
  return {
    records: [],
    body: Buffer.from(BODY),
    host: 'a.example',
    port: 443,
    path: '/telemetry-ext',
    sentAt: Date.UTC(2026, 0, 1),
    durationMs: 5,
    outcome: '200',
    accepted: true,
    rejected: 0,
    ...over,
  };
}

describe('the copy of what was sent', () => {
  let path: string;

  beforeEach(() => {
    path = join(mkdtempSync(join(tmpdir(), 'copy-')), 'copy.jsonl');
  });

  it('is the body byte for byte, with one more member that says when, where to and with what outcome', () => {
    const line = copyLine(request());
    expect(line.replace(/,"sent":\{.*\}\}\n$/, '}')).toBe(BODY);
    expect(JSON.parse(line)).toMatchObject({
      protoLogs: ['{"a":1}'],
      sent: {
        at: '2026-01-01T00:00:00.000Z',
        durationMs: 5,
        host: 'a.example',
        port: 443,
        path: '/telemetry-ext',
        outcome: '200',
      },
    });
  });

  it('says how many records the server did not keep, if there are any', () => {
    expect(JSON.parse(copyLine(request())).sent).not.toHaveProperty('rejected');
    expect(JSON.parse(copyLine(request({ rejected: 3 }))).sent).toMatchObject({ rejected: 3 });
  });

  it('is a file of the owner alone, a line per request, in their order', async () => {
    const copy = createRequestCopy(path);
    for (const outcome of ['503', '200', '404']) {
      copy.add(request({ outcome }));
    }
    await expect.poll(() => copy.counts().written).toBe(3);
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).sent.outcome)).toEqual(['503', '200', '404']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('becomes the one older file when it is full', async () => {
    const size = copyLine(request()).length;
    const copy = new FileCopy(path, 3 * size);
    for (let index = 0; index < 8; index++) {
      copy.add(request());
      await expect.poll(() => copy.counts().written).toBe(index + 1);
    }
    expect(statSync(path).size).toBe(2 * size);
    expect(statSync(`${path}.1`).size).toBe(3 * size);
  });

  it('drops and counts what is too much to wait for the disk', async () => {
    const copy = createRequestCopy(path);
    const body = Buffer.from(`{"protoLogs":["${'x'.repeat(1024 * 1024)}"]}`);
    for (let index = 0; index < 20; index++) {
      copy.add(request({ body }));
    }
    expect(copy.counts().dropped).toBeGreaterThan(10);
    await expect.poll(() => copy.counts().written + copy.counts().dropped).toBe(20);
  });

  it('counts what a disk refuses, and goes on', async () => {
    const copy = createRequestCopy(path);
    chmodSync(path, 0o644);
    copy.add(request());
    await expect.poll(() => copy.counts()).toEqual({ written: 0, dropped: 1 });
    chmodSync(path, 0o600);
    copy.add(request());
    await expect.poll(() => copy.counts()).toEqual({ written: 1, dropped: 1 });
  });

  it('is written in whole when a flush is through', async () => {
    const copy = createRequestCopy(path);
    copy.add(request());
    copy.add(request({ outcome: '503' }));
    await copy.flush();
    expect(copy.counts()).toEqual({ written: 2, dropped: 0 });
    expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(2);
    await copy.flush();
  });

  it('counts as dropped what nobody waits for any longer, once, and takes more later', async () => {
    const copy = createRequestCopy(path);
    copy.add(request());
    copy.add(request());
    const flushed = copy.flush();
    copy.giveUp();
    expect(copy.counts()).toEqual({ written: 0, dropped: 2 });
    await flushed;
    expect(copy.counts()).toEqual({ written: 0, dropped: 2 });
    copy.add(request());
    await copy.flush();
    expect(copy.counts()).toEqual({ written: 1, dropped: 2 });
  });

  it('waits for a stream until it has written, or failed', async () => {
    let write: () => void = () => undefined;
    const slow = new Writable({
      write: (_chunk, _encoding, done) => {
        write = done;
      },
    });
    const copy = createRequestCopy(slow);
    copy.add(request());
    let isFlushed = false;
    const flushed = copy.flush().then(() => {
      isFlushed = true;
    });
    await Promise.resolve();
    expect(isFlushed).toBe(false);
    write();
    await flushed;
    const failing = new Writable({ write: (_chunk, _encoding, done) => done(new Error('no')) });
    const other = createRequestCopy(failing);
    other.add(request());
    await other.flush();
  });

  it.skipIf(process.getuid === undefined)('refuses a file that others may read, and a link', () => {
    writeFileSync(path, '', { mode: 0o644 });
    chmodSync(path, 0o644);
    expect(() => createRequestCopy(path)).toThrow(/others have access to it \(mode 644/);
    const link = `${path}.link`;
    symlinkSync(path, link);
    expect(() => createRequestCopy(link)).toThrow(/symbolic link/);
    expect(() => createRequestCopy('/nonexistent/copy')).toThrow(
      "'/nonexistent/copy' can't be used: its folder does not exist",
    );
  });

  it('goes to a stream, and leaves out what a slow one does not take', () => {
    const stream = new PassThrough({ highWaterMark: 10 });
    const copy = createRequestCopy(stream);
    copy.add(request());
    copy.add(request());
    expect(copy.counts()).toEqual({ written: 1, dropped: 1 });
    expect(String(stream.read())).toBe(copyLine(request()));
  });

  it('lets no stream do harm that throws or fails', () => {
    const throwing = new Writable();
    throwing.write = () => {
      throw new Error('no');
    };
    const failing = new Writable({ write: (_chunk, _encoding, done) => done(new Error('no')) });
    for (const stream of [throwing, failing]) {
      const copy = createRequestCopy(stream);
      expect(() => copy.add(request())).not.toThrow();
    }
    const ended = new PassThrough();
    ended.end();
    const copy = createRequestCopy(ended);
    copy.add(request());
    expect(copy.counts()).toEqual({ written: 0, dropped: 1 });
  });
});
