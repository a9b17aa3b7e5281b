import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkBoolean,
  checkCode,
  checkDigits,
  checkInteger,
  checkUuid,
  checkVersion,
  isKnownErrorCode,
  isSqlState,
} from '../../src/tags/index.js';
import { runs } from '../support/runs.js';
import { validValue, wireRules } from '../support/wireFields.js';

const strange = fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true });

describe('value kinds', () => {
  it('accept what they are for', () => {
    expect(checkUuid('8F14e45f-ceea-467f-a3d9-0123456789ab')).toBe('8F14e45f-ceea-467f-a3d9-0123456789ab');
    expect(checkDigits('6012345678901234')).toBe('6012345678901234');
    expect(checkInteger(0)).toBe(0);
    expect(Object.is(checkInteger(-0), 0)).toBe(true);
    expect(checkBoolean(false)).toBe(false);
    for (const version of ['2', '20.20.2', '6.1.0.4', '1.0-rc.12', '1.0.0-beta']) {
      expect(checkVersion(version)).toBe(version);
    }
    for (const code of ['42P01', 'XXKST', '503', 'ECONNRESET', 'HiveDriverError', 'other']) {
      expect(checkCode(code)).toBe(code);
    }
  });

  it.each([
    [
      'uuid',
      checkUuid,
      ['', 'x', 'dapi0123456789abcdef0123456789abcdef', '8f14e45f-ceea-467f-a3d9-0123456789ab\n'],
    ],
    ['digits', checkDigits, ['', '1'.repeat(21), '12a', '١٢', '1\n']],
    ['integer', checkInteger, [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '1', 1n]],
    [
      'version',
      checkVersion,
      ['', 'v1', '1.2.3.4.5', '1.0-RC', '1.0\n', '6.1.0-13-amd64', `1${'0'.repeat(99)}`],
    ],
  ] as ReadonlyArray<readonly [string, (value: unknown) => unknown, readonly unknown[]]>)(
    '%s drops what does not fit',
    (_kind, check, values) => {
      for (const value of values) {
        expect(check(value), String(value)).toBeUndefined();
      }
    },
  );

  it('a UUID is what the regular expression says, whichever character is changed', () => {
    const pattern = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/;
    const character = fc.oneof(
      fc.constantFrom(...'09afAF-/:@G`g\0\x7f\x80İ'),
      fc.string({ unit: 'binary', maxLength: 2 }),
    );
    fc.assert(
      fc.property(fc.uuid(), fc.nat(36), character, fc.boolean(), (uuid, place, changed, inserted) => {
        const text = uuid.slice(0, place) + changed + uuid.slice(inserted ? place : place + 1);
        expect(checkUuid(text)).toBe(pattern.test(text) ? text : undefined);
      }),
      { numRuns: runs(2_000) },
    );
  }, 120_000);

  it('take texts only: not what turns into a fitting one', () => {
    for (const rule of wireRules().values()) {
      const text = String(validValue(rule));
      const pretending = {
        length: text.length,
        charCodeAt: (index: number) => text.charCodeAt(index),
        toString: () => text,
      };
      for (const value of [[text], pretending, new String(text), Number(text)]) {
        expect(rule.check(value)).toBe(rule.kind === 'integer' && value === 4242 ? 4242 : undefined);
      }
    }
  });

  it('a UUID has hyphens in their places, and no other character there', () => {
    const uuid = '8f14e45f-ceea-467f-a3d9-0123456789ab';
    for (const character of ['g', ':', '/', '@', '`', '0', ' ', '\0']) {
      expect(checkUuid(uuid.replace('-', character)), character).toBeUndefined();
    }
    expect(checkUuid(uuid.replace('8', 'g'))).toBeUndefined();
    expect(checkUuid(uuid.replace('8', '-'))).toBeUndefined();
  });

  it('codes: an unlisted name is told as other, five-letter words are no SQLSTATE', () => {
    for (const name of ['USERS', 'ALICE', 'MyAppError', 'alice@example.com', '42p01', '600', '']) {
      expect(isKnownErrorCode(name), name).toBe(false);
      expect(checkCode(name), name).toBe('other');
    }
    expect(isSqlState('0A000')).toBe(true);
    for (const state of ['0A0001', '10A000', '0A00', '0a000']) {
      expect(isSqlState(state), state).toBe(false);
    }
    expect(checkCode(42)).toBeUndefined();
  });

  it('codes: a text that has an HTTP status in it is told as other', () => {
    expect(checkCode('503')).toBe('503');
    for (const name of ['a 503', 'no503', '503 for alice', '503x', '1503', '5033']) {
      expect(checkCode(name), name).toBe('other');
    }
  });

  it('never throw, and let through no text but their own alphabet, whatever the value', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...wireRules().values()),
        fc.oneof(strange, fc.string({ unit: 'binary' })),
        (rule, value) => {
          const checked = rule.check(value);
          if (typeof checked === 'string') {
            // No quote, backslash or control character: the encoder relies on it.
            expect(checked).toMatch(/^[\w ./-]{1,100}$/);
          }
        },
      ),
      { numRuns: runs(5_000) },
    );
  }, 120_000);

  it('of http.path know the warehouse and cluster forms only', () => {
    const check = checkOf('driver_connection_params.http_path');
    for (const path of ['/sql/1.0/warehouses/0123456789abcdef', '/sql/protocolv1/o/123/0110-221212-pear1']) {
      expect(check(path)).toBe(path);
    }
    for (const path of [
      '/sql/1.0/warehouses/x',
      '/sql/1.0/warehouses/ab?o=1',
      '/home/alice',
      'sql/1.0/warehouses/ab',
    ]) {
      expect(check(path), path).toBeUndefined();
    }
  });

  it('of a runtime’s version take the leading v of process.version, of others not', () => {
    const check = checkOf('system_configuration.runtime_version');
    for (const version of ['v20.20.2', '20.20.2', 'v22.0.0-rc.1', process.version]) {
      expect(check(version)).toBe(version);
    }
    for (const version of ['vv20', 'v', 'V20.1.0', 'v20.1.0\n', 'v20.1.0+build', 'version']) {
      expect(check(version), version).toBeUndefined();
    }
    expect(checkOf('system_configuration.driver_version')('v2.1.0')).toBeUndefined();
  });

  it('of a locale know the language, with or without the country', () => {
    const check = checkOf('system_configuration.locale_name');
    for (const locale of ['en_US', 'de', 'fil_PH']) {
      expect(check(locale)).toBe(locale);
    }
    for (const locale of ['en-US', 'en_us', 'en_US.UTF-8', 'C', '']) {
      expect(check(locale), locale).toBeUndefined();
    }
  });
});

function checkOf(field: string): (value: unknown) => unknown {
  const rule = wireRules().get(field);
  if (rule === undefined) {
    throw new Error(`${field} is not in the table`);
  }
  return rule.check;
}
