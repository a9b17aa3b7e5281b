import type { LookupFunction } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KnownAddresses } from '../../src/exporter/knownAddresses.js';

const ADDRESSES = [
  { address: '::1', family: 6 },
  { address: '127.0.0.1', family: 4 },
];

describe('KnownAddresses', () => {
  const resolve = vi.fn<LookupFunction>();
  let known: KnownAddresses;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
    resolve.mockReset();
    resolve.mockImplementation((_name, _options, callback) => callback(null, ADDRESSES));
    known = new KnownAddresses(resolve);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function look(name: string, all = true): Promise<unknown[]> {
    return new Promise((done) => known.lookup(name, { all }, (...answer) => done(answer)));
  }

  it('asks once for a name and answers in the form that is asked for', async () => {
    expect(await look('a.example')).toEqual([null, ADDRESSES]);
    expect(await look('a.example')).toEqual([null, ADDRESSES]);
    expect(await look('a.example', false)).toEqual([null, '::1', 6]);
    expect(resolve).toHaveBeenCalledTimes(1);
  });

  it('asks for each name', async () => {
    await look('a.example');
    await look('b.example');
    expect(resolve.mock.calls.map(([name]) => name)).toEqual(['a.example', 'b.example']);
  });

  it('asks again after a connection failed, and after ten minutes', async () => {
    await look('a.example');
    known.forget('a.example');
    await look('a.example');
    expect(resolve).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(599_999);
    await look('a.example');
    expect(resolve).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(1);
    await look('a.example');
    expect(resolve).toHaveBeenCalledTimes(3);
  });

  it('keeps no failure', async () => {
    const failure = Object.assign(new Error(), { code: 'ENOTFOUND' });
    resolve.mockImplementationOnce((_name, _options, callback) => callback(failure, []));
    expect(await look('a.example')).toEqual([failure, []]);
    resolve.mockImplementationOnce((_name, _options, callback) => callback(null, []));
    expect((await look('a.example'))[0]).toBeInstanceOf(Error);
    expect(await look('a.example')).toEqual([null, ADDRESSES]);
  });

  it('answers later, never within the call', async () => {
    await look('a.example');
    const callback = vi.fn();
    known.lookup('a.example', { all: true }, callback);
    expect(callback).not.toHaveBeenCalled();
    await Promise.resolve();
    await new Promise((done) => setImmediate(done));
    expect(callback).toHaveBeenCalled();
  });

  it('grows no larger than a few names', async () => {
    for (let i = 0; i < 65; i++) await look(`${i}.example`);
    await look('0.example');
    expect(resolve).toHaveBeenCalledTimes(66);
  });
});
