import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../src/exporter/address.js';

describe('parseAddress', () => {
  it.each([
    [
      'dbc-1.cloud.databricks.com',
      443,
      'https://dbc-1.cloud.databricks.com',
      'dbc-1.cloud.databricks.com:443',
    ],
    [
      'DBC-1.Cloud.Databricks.com',
      8443,
      'https://dbc-1.cloud.databricks.com:8443',
      'dbc-1.cloud.databricks.com:8443',
    ],
    ['localhost', 1, 'https://localhost:1', 'localhost:1'],
    ['127.0.0.1', 65_535, 'https://127.0.0.1:65535', '127.0.0.1:65535'],
    ['::1', 443, 'https://[::1]', '[::1]:443'],
    ['[::1]', 8443, 'https://[::1]:8443', '[::1]:8443'],
    ['2001:DB8:0::1', 443, 'https://[2001:db8::1]', '[2001:db8:0::1]:443'],
    ['xn--bcher-kva.example', 443, 'https://xn--bcher-kva.example', 'xn--bcher-kva.example:443'],
    ['my_host.internal', 443, 'https://my_host.internal', 'my_host.internal:443'],
  ])('takes %j, port %i', (host, port, origin, authority) => {
    expect(parseAddress(host, port)).toMatchObject({ origin, authority, port });
  });

  it.each([
    '',
    ' ',
    'host ',
    'user@host.example',
    'user:password@host.example',
    'host.example:443',
    'host.example/',
    'host.example/path',
    '//host.example',
    'https://host.example',
    'host.example?x',
    'host.example#x',
    'host.example\\x',
    'host.example.',
    '.host.example',
    'host..example',
    '-host.example',
    'host-.example',
    'ho\u200bst.example',
    'ho\ufeffst.example',
    'host.example\r\nx: y',
    'host\u0000.example',
    'host\t.example',
    'bücher.example',
    'ＬＯＣＡＬＨＯＳＴ',
    'host%2eexample',
    '[::1',
    '::1]',
    '[::1]:443',
    '[127.0.0.1]',
    'fe80::1%eth0',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '1.2.3.4.5',
    '256.1.1.1',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(127)}toolong`,
  ])('refuses %j', (host) => {
    expect(parseAddress(host, 443)).toBeUndefined();
  });

  it.each([0, -1, 65_536, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses port %d', (port) => {
    expect(parseAddress('host.example', port)).toBeUndefined();
  });

  it('refuses what is no text or no number, as untyped callers may pass it', () => {
    const untyped = parseAddress as (host: unknown, port: unknown) => unknown;
    expect(untyped(undefined, 443)).toBeUndefined();
    expect(untyped({ toString: () => 'host.example' }, 443)).toBeUndefined();
    expect(untyped('host.example', '443')).toBeUndefined();
  });

  it('never lets a host be read as another one, by whoever parses the origin', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.domain(), fc.ipV4Extended(), fc.ipV6(), fc.webAuthority()),
        (host) => {
          const address = parseAddress(host, 443);
          if (address !== undefined) {
            const url = new URL(address.origin);
            expect(url.username + url.password + url.search + url.hash).toBe('');
            expect(url.pathname).toBe('/');
            if (!host.includes(':')) expect(url.hostname).toBe(host.toLowerCase());
          }
        },
      ),
      { numRuns: 5_000 },
    );
  });
});
