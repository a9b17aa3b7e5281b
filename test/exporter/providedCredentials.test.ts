import { inspect } from 'node:util';
import { context, DiagLogLevel, diag } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { isTracingSuppressed } from '@opentelemetry/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AccessToken } from '../../src/config.js';
import { ProvidedCredentials } from '../../src/exporter/providedCredentials.js';
import { never } from './support/fixtures.js';

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('ProvidedCredentials', () => {
  const unhandled = vi.fn();

  beforeEach(() => {
    vi.useFakeTimers();
    unhandled.mockReset();
    process.on('unhandledRejection', unhandled);
  });
  afterEach(async () => {
    vi.useRealTimers();
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  const inSeconds = (seconds: number) => Date.now() + seconds * 1_000;
  const passSeconds = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1_000);

  it('uses a static token until it is refused, and then none', async () => {
    const credentials = new ProvidedCredentials('token');
    const changed = vi.fn();
    credentials.onChange(changed);
    expect(await credentials.get(never)).toEqual(bearer('token'));
    credentials.reject(bearer('token'));
    expect(await credentials.get(never)).toBeUndefined();
    await passSeconds(3_600);
    expect(await credentials.get(never)).toBeUndefined();
    expect(changed).toHaveBeenCalledTimes(1);
  });

  it.each<[string, () => string | AccessToken | Promise<string | AccessToken>]>([
    ['a text', () => 'token'],
    ['a promise of a text', async () => 'token'],
    ['an object', () => ({ token: 'token' })],
    ['a promise of an object', async () => ({ token: 'token', expiresAt: inSeconds(600) })],
  ])('takes %s', async (_name, provider) => {
    expect(await new ProvidedCredentials(provider).get(never)).toEqual(bearer('token'));
  });

  it('keeps a token without an expiry', async () => {
    const provider = vi.fn(() => 'token');
    const credentials = new ProvidedCredentials(provider);
    await credentials.get(never);
    await passSeconds(86_400);
    await credentials.get(never);
    expect(provider).toHaveBeenCalledTimes(1);
  });

  it('asks again 30 s before a token expires, not earlier', async () => {
    const provider = vi.fn(() => ({ token: `t${provider.mock.calls.length}`, expiresAt: inSeconds(600) }));
    const credentials = new ProvidedCredentials(provider);
    expect(await credentials.get(never)).toEqual(bearer('t1'));
    await passSeconds(569);
    expect(await credentials.get(never)).toEqual(bearer('t1'));
    await passSeconds(1);
    expect(await credentials.get(never)).toEqual(bearer('t2'));
    expect(provider).toHaveBeenCalledTimes(2);
  });

  it('uses a token that lives shortly for half of its life', async () => {
    const provider = vi.fn(() => ({ token: `t${provider.mock.calls.length}`, expiresAt: inSeconds(40) }));
    const credentials = new ProvidedCredentials(provider);
    await credentials.get(never);
    await passSeconds(19);
    expect(await credentials.get(never)).toEqual(bearer('t1'));
    await passSeconds(1);
    expect(await credentials.get(never)).toEqual(bearer('t2'));
  });

  it('asks once for all who wait', async () => {
    let answer: (token: string) => void = () => {};
    const provider = vi.fn(() => new Promise<string>((resolve) => (answer = resolve)));
    const credentials = new ProvidedCredentials(provider);
    const waiting = Array.from({ length: 5 }, () => credentials.get(never));
    await passSeconds(1);
    answer('token');
    expect(await Promise.all(waiting)).toEqual(Array(5).fill(bearer('token')));
    expect(provider).toHaveBeenCalledTimes(1);
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('secret');
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('secret');
      },
    ],
    ['rejects with nothing', () => Promise.reject()],
    ['gives nothing', () => undefined],
    ['gives null', () => null],
    ['gives an empty text', () => ''],
    ['gives a text with a line break', () => 'a\r\nb'],
    ['gives a text that no header can hold', () => 'tökén\u20ac'],
    ['gives a number', () => 5],
    ['gives an object without a token', () => ({ expiresAt: 5 })],
    ['gives a token that has expired', () => ({ token: 'token', expiresAt: Date.now() - 1 })],
  ])('has none where the provider %s, and asks again after 10 s', async (_name, answer) => {
    const provider = vi.fn(answer as () => string);
    const credentials = new ProvidedCredentials(provider);
    expect(await credentials.get(never)).toBeUndefined();
    await passSeconds(9.9);
    expect(await credentials.get(never)).toBeUndefined();
    expect(provider).toHaveBeenCalledTimes(1);
    await passSeconds(0.1);
    provider.mockReturnValue('token');
    expect(await credentials.get(never)).toEqual(bearer('token'));
  });

  it('keeps a token that is still good when a later call fails', async () => {
    const provider = vi.fn(() => 'token');
    const credentials = new ProvidedCredentials(provider);
    await credentials.get(never);
    await passSeconds(60);
    provider.mockImplementation(() => {
      throw new Error();
    });
    credentials.reject(bearer('another'));
    expect(await credentials.get(never)).toEqual(bearer('token'));
    expect(provider).toHaveBeenCalledTimes(1);
  });

  it('does not wait for ever for a provider that hangs, nor asks it again meanwhile, and takes its late answer', async () => {
    let answer: (token: string) => void = () => {};
    const provider = vi.fn(() => new Promise<string>((resolve) => (answer = resolve)));
    const credentials = new ProvidedCredentials(provider);
    const first = credentials.get(never);
    await passSeconds(10);
    expect(await first).toBeUndefined();
    await passSeconds(60);
    const second = credentials.get(never);
    await passSeconds(10);
    expect(await second).toBeUndefined();
    expect(provider).toHaveBeenCalledTimes(1);
    answer('late');
    await passSeconds(0);
    expect(await credentials.get(never)).toEqual(bearer('late'));
  });

  it('gives a call up after five minutes and makes another', async () => {
    const provider = vi.fn(() => new Promise<string>(() => {}));
    const credentials = new ProvidedCredentials(provider);
    void credentials.get(never);
    await passSeconds(301);
    provider.mockResolvedValue('token');
    expect(await credentials.get(never)).toEqual(bearer('token'));
    expect(provider).toHaveBeenCalledTimes(2);
  });

  it('ends at once when the signal aborts, and leaves no timer', async () => {
    const abort = new AbortController();
    const result = new ProvidedCredentials(() => new Promise<string>(() => {})).get(abort.signal);
    await passSeconds(1);
    abort.abort();
    expect(await result).toBeUndefined();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('asks once after a refusal and tells if there is another token', async () => {
    const provider = vi.fn(() => 'old');
    const credentials = new ProvidedCredentials(provider);
    const changed = vi.fn();
    await credentials.get(never);
    credentials.onChange(changed);
    await passSeconds(60);
    provider.mockReturnValue('new');
    credentials.reject(bearer('old'));
    credentials.reject(bearer('old'));
    await passSeconds(0);
    expect(changed).toHaveBeenCalledTimes(1);
    expect(await credentials.get(never)).toEqual(bearer('new'));
    expect(provider).toHaveBeenCalledTimes(2);
  });

  it('gives a refused token no more, even if the provider does, and does not ask in a loop', async () => {
    const provider = vi.fn(() => 'old');
    const credentials = new ProvidedCredentials(provider);
    const changed = vi.fn();
    await credentials.get(never);
    credentials.onChange(changed);
    await passSeconds(60);
    credentials.reject(bearer('old'));
    for (let i = 0; i < 10; i++) expect(await credentials.get(never)).toBeUndefined();
    expect(provider).toHaveBeenCalledTimes(2);
    expect(changed).not.toHaveBeenCalled();
  });

  it('is not asked in a loop where every token that it gives is refused', async () => {
    const provider = vi.fn(() => `t${provider.mock.calls.length}`);
    const credentials = new ProvidedCredentials(provider);
    for (let second = 0; second < 60; second++) {
      const headers = await credentials.get(never);
      if (headers !== undefined) credentials.reject(headers);
      await passSeconds(1);
    }
    expect(provider.mock.calls.length).toBeLessThanOrEqual(7);
  });

  it('calls the provider with tracing suppressed', async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    try {
      const seen: boolean[] = [];
      const credentials = new ProvidedCredentials(async () => {
        seen.push(isTracingSuppressed(context.active()));
        await Promise.resolve();
        seen.push(isTracingSuppressed(context.active()));
        return 'token';
      });
      await credentials.get(never);
      expect(seen).toEqual([true, true]);
      expect(isTracingSuppressed(context.active())).toBe(false);
    } finally {
      context.disable();
    }
  });

  it('logs no token, and shows none to whoever prints it', async () => {
    const log = vi.fn();
    const logger = { error: log, warn: log, info: log, debug: log, verbose: log };
    diag.setLogger(logger, { logLevel: DiagLogLevel.ALL, suppressOverrideMessage: true });
    try {
      const credentials = new ProvidedCredentials(() => 'secret-token');
      await credentials.get(never);
      await new ProvidedCredentials(() => {
        throw new Error('secret-token');
      }).get(never);
      expect(log).toHaveBeenCalled();
      expect(JSON.stringify(log.mock.calls)).not.toContain('secret');
      expect(inspect(credentials, { depth: 10, showHidden: true })).not.toContain('secret');
    } finally {
      diag.disable();
    }
  });
});
