import { inspect } from 'node:util';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { describe, expect, it, vi } from 'vitest';
import { PassiveCredentials } from '../../src/exporter/passiveCredentials.js';
import { fakeHandle } from './support/fixtures.js';

const headers = (token: string) => ({ Authorization: `Bearer ${token}` });

describe('PassiveCredentials', () => {
  it('has none before the driver had any, and then those that the driver last used', async () => {
    const credentials = new PassiveCredentials();
    const handle = fakeHandle();
    credentials.add(handle);
    expect(await credentials.get()).toBeUndefined();
    handle.use(headers('one'));
    expect(await credentials.get()).toEqual(headers('one'));
    handle.use(headers('two'));
    expect(await credentials.get()).toEqual(headers('two'));
  });

  it('takes the newest of several connections', async () => {
    const credentials = new PassiveCredentials();
    const [first, second] = [fakeHandle(headers('a')), fakeHandle(headers('b'))];
    credentials.add(first);
    credentials.add(second);
    expect(await credentials.get()).toEqual(headers('b'));
    first.use(headers('c'));
    expect(await credentials.get()).toEqual(headers('c'));
    first.close();
    expect(await credentials.get()).toEqual(headers('b'));
  });

  it('keeps the last headers after the last connection closed', async () => {
    const credentials = new PassiveCredentials();
    const handle = fakeHandle(headers('one'));
    credentials.add(handle);
    handle.close();
    expect(await credentials.get()).toEqual(headers('one'));
    handle.use(headers('late'));
    expect(await credentials.get()).toEqual(headers('one'));
  });

  it('learns from a connection that was closed when it was added', async () => {
    const handle = fakeHandle(headers('one'));
    handle.close();
    const credentials = new PassiveCredentials();
    credentials.add(handle);
    expect(await credentials.get()).toEqual(headers('one'));
  });

  it('gives refused headers no more, until the driver uses others', async () => {
    const credentials = new PassiveCredentials();
    const changed = vi.fn();
    const handle = fakeHandle(headers('old'));
    credentials.add(handle);
    credentials.onChange(changed);
    credentials.reject(headers('old'));
    expect(await credentials.get()).toBeUndefined();
    handle.use({ ...headers('old') });
    expect(await credentials.get()).toBeUndefined();
    expect(changed).not.toHaveBeenCalled();
    handle.use(headers('new'));
    expect(changed).toHaveBeenCalledTimes(1);
    expect(await credentials.get()).toEqual(headers('new'));
  });

  it('falls back to another connection whose headers were not refused, and not to refused ones again', async () => {
    const credentials = new PassiveCredentials();
    credentials.add(fakeHandle(headers('a')));
    credentials.add(fakeHandle(headers('b')));
    credentials.reject(headers('b'));
    expect(await credentials.get()).toEqual(headers('a'));
    credentials.reject(headers('a'));
    expect(await credentials.get()).toBeUndefined();
  });

  it('forgets refused headers only when there are many', async () => {
    const credentials = new PassiveCredentials();
    const handle = fakeHandle(headers('0'));
    credentials.add(handle);
    for (let i = 0; i < 16; i++) credentials.reject(headers(String(i)));
    expect(await credentials.get()).toBeUndefined();
    for (let i = 16; i < 100; i++) credentials.reject(headers(String(i)));
    expect(await credentials.get()).toEqual(headers('0'));
  });

  it('tells when there are headers for the first time, and not again for the same', () => {
    const credentials = new PassiveCredentials();
    const changed = vi.fn();
    credentials.onChange(changed);
    const handle = fakeHandle();
    credentials.add(handle);
    expect(changed).not.toHaveBeenCalled();
    handle.use(headers('one'));
    handle.use(headers('one'));
    credentials.add(fakeHandle(headers('one')));
    expect(changed).toHaveBeenCalledTimes(1);
  });

  it('throws nothing at the driver, whatever its listeners and the logger throw', () => {
    let armed = false;
    const fault = () => {
      if (armed) throw new Error('fault');
    };
    diag.setLogger(
      { error: fault, warn: fault, info: fault, debug: fault, verbose: fault },
      DiagLogLevel.ALL,
    );
    try {
      const credentials = new PassiveCredentials();
      const changed = vi.fn();
      const handle = fakeHandle();
      credentials.add(handle);
      armed = true;
      credentials.onChange(fault);
      credentials.onChange(changed);
      handle.use(headers('one'));
      expect(changed).toHaveBeenCalledTimes(1);
    } finally {
      armed = false;
      diag.disable();
    }
  });

  it('shows no token to whoever prints it', () => {
    const credentials = new PassiveCredentials();
    credentials.add(fakeHandle(headers('secret')));
    expect(inspect(credentials, { depth: 10, showHidden: true })).not.toContain('secret');
  });
});
