import { inspect } from 'node:util';
import { context, DiagLogLevel, diag } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { isTracingSuppressed } from '@opentelemetry/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AccessToken, TokenProvider } from '../../src/config.js';
import { ProvidedCredentials } from '../../src/credentials/providedCredentials.js';
import { Guard } from '../../src/guard.js';
import { NODE_RUNTIME } from '../../src/runtime.js';

const never = new AbortController().signal;
const HOST = 'a.test';

let guard = new Guard();

function provided(tokenProvider: TokenProvider): ProvidedCredentials {
  return new ProvidedCredentials(tokenProvider, HOST, { runtime: NODE_RUNTIME, guard });
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('ProvidedCredentials', () => {
  const unhandled = vi.fn();

  beforeEach(() => {
    vi.useFakeTimers();
    guard = new Guard();
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

  it('uses a static token, and after a refusal again after 1, 5 and 15 minutes', async () => {
    const credentials = provided('token');
    const changed = vi.fn();
    credentials.listen(changed);
    expect(await credentials.get(never)).toEqual(bearer('token'));
    for (const minutes of [1, 5, 15, 15]) {
      credentials.refuse(bearer('token'));
      await passSeconds(60 * minutes - 1);
      expect(await credentials.get(never)).toBeUndefined();
      await passSeconds(1);
      expect(await credentials.get(never)).toEqual(bearer('token'));
    }
    expect(changed).toHaveBeenCalledTimes(1);
  });

  it('asks the function for the token of its host', async () => {
    const provider = vi.fn((host: string) => `for-${host}`);
    expect(await provided(provider).get(never)).toEqual(bearer(`for-${HOST}`));
    expect(provider).toHaveBeenCalledWith(HOST);
  });

  it.each<[string, object]>([
    [
      'token',
      Object.defineProperty({}, 'token', {
        get: () => {
          throw new Error('secret');
        },
      }),
    ],
    [
      'expiresAt',
      Object.defineProperty({ token: 'x' }, 'expiresAt', {
        get: () => {
          throw new Error('secret');
        },
      }),
    ],
    [
      'then',
      Object.defineProperty({}, 'then', {
        get: () => {
          throw new Error('secret');
        },
      }),
    ],
  ])('survives and counts a getter that throws: %s', async (_name, given) => {
    const credentials = provided(() => given as AccessToken);
    expect(await credentials.get(never)).toBeUndefined();
    expect(guard.failures()).toEqual({ tokenProvider: 1 });
  });

  it.each<[string, () => string | AccessToken | Promise<string | AccessToken>]>([
    ['a text', () => 'token'],
    ['a promise of a text', async () => 'token'],
    ['an object', () => ({ token: 'token' })],
    ['a promise of an object', async () => ({ token: 'token', expiresAt: inSeconds(600) })],
  ])('takes %s', async (_name, provider) => {
    expect(await provided(provider).get(never)).toEqual(bearer('token'));
  });

  it('keeps a token without an expiry', async () => {
    const provider = vi.fn(() => 'token');
    const credentials = provided(provider);
    await credentials.get(never);
    await passSeconds(86_400);
    await credentials.get(never);
    expect(provider).toHaveBeenCalledTimes(1);
  });

  it('asks again 30 s before a token expires, not earlier', async () => {
    const provider = vi.fn(() => ({ token: `t${provider.mock.calls.length}`, expiresAt: inSeconds(600) }));
    const credentials = provided(provider);
    expect(await credentials.get(never)).toEqual(bearer('t1'));
    await passSeconds(569);
    expect(await credentials.get(never)).toEqual(bearer('t1'));
    await passSeconds(1);
    expect(await credentials.get(never)).toEqual(bearer('t2'));
    expect(provider).toHaveBeenCalledTimes(2);
  });

  it('uses a token that lives shortly for half of its life', async () => {
    const provider = vi.fn(() => ({ token: `t${provider.mock.calls.length}`, expiresAt: inSeconds(40) }));
    const credentials = provided(provider);
    await credentials.get(never);
    await passSeconds(19);
    expect(await credentials.get(never)).toEqual(bearer('t1'));
    await passSeconds(1);
    expect(await credentials.get(never)).toEqual(bearer('t2'));
  });

  it('asks once for all who wait', async () => {
    let answer: (token: string) => void = () => {};
    const provider = vi.fn(() => new Promise<string>((resolve) => (answer = resolve)));
    const credentials = provided(provider);
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
    const credentials = provided(provider);
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
    const credentials = provided(provider);
    await credentials.get(never);
    await passSeconds(60);
    provider.mockImplementation(() => {
      throw new Error();
    });
    credentials.refuse(bearer('another'));
    expect(await credentials.get(never)).toEqual(bearer('token'));
    expect(provider).toHaveBeenCalledTimes(1);
  });

  it('does not wait for ever for a provider that hangs, nor asks it again meanwhile, and takes its late answer', async () => {
    let answer: (token: string) => void = () => {};
    const provider = vi.fn(() => new Promise<string>((resolve) => (answer = resolve)));
    const credentials = provided(provider);
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
    const credentials = provided(provider);
    void credentials.get(never);
    await passSeconds(301);
    provider.mockResolvedValue('token');
    expect(await credentials.get(never)).toEqual(bearer('token'));
    expect(provider).toHaveBeenCalledTimes(2);
  });

  it('ends at once when the signal aborts, and leaves no timer', async () => {
    const abort = new AbortController();
    const result = provided(() => new Promise<string>(() => {})).get(abort.signal);
    await passSeconds(1);
    abort.abort();
    expect(await result).toBeUndefined();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('asks once after a refusal and tells if there is another token', async () => {
    const provider = vi.fn(() => 'old');
    const credentials = provided(provider);
    const changed = vi.fn();
    await credentials.get(never);
    credentials.listen(changed);
    await passSeconds(60);
    provider.mockReturnValue('new');
    credentials.refuse(bearer('old'));
    credentials.refuse(bearer('old'));
    await passSeconds(0);
    expect(changed).toHaveBeenCalledTimes(1);
    await passSeconds(1);
    expect(await credentials.get(never)).toEqual(bearer('new'));
    expect(provider).toHaveBeenCalledTimes(2);
  });

  it('lets a refused token rest, even if the provider gives it again, and does not ask in a loop', async () => {
    const provider = vi.fn(() => 'old');
    const credentials = provided(provider);
    const changed = vi.fn();
    await credentials.get(never);
    credentials.listen(changed);
    await passSeconds(60);
    credentials.refuse(bearer('old'));
    for (let i = 0; i < 10; i++) expect(await credentials.get(never)).toBeUndefined();
    expect(provider).toHaveBeenCalledTimes(2);
    expect(changed).not.toHaveBeenCalled();
  });

  it('is not asked in a loop where every token that it gives is refused', async () => {
    const provider = vi.fn(() => `t${provider.mock.calls.length}`);
    const credentials = provided(provider);
    for (let second = 0; second < 60; second++) {
      const headers = await credentials.get(never);
      if (headers !== undefined) credentials.refuse(headers);
      await passSeconds(1);
    }
    expect(provider.mock.calls.length).toBeLessThanOrEqual(7);
  });

  it('calls the provider with tracing suppressed', async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    try {
      const seen: boolean[] = [];
      const credentials = provided(async () => {
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
      const credentials = provided(() => 'secret-token');
      await credentials.get(never);
      await provided(() => {
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
