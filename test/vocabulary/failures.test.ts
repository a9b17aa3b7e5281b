import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyFailure, failureClassOf, failureCode } from '../../src/failures.js';

describe('failure classes', () => {
  it.each(['400', '401', '403', '404', 'AuthenticationError'])('%s is terminal', (code) => {
    expect(failureClassOf(code)).toBe('terminal');
  });

  it.each([
    '408',
    '425',
    '429',
    '500',
    '502',
    '503',
    '504',
    'ECONNRESET',
    'ECONNREFUSED',
    'EHOSTUNREACH',
    'ETIMEDOUT',
    'EAI_AGAIN',
    'UND_ERR_SOCKET',
    'UND_ERR_CONNECT_TIMEOUT',
    'UND_ERR_HEADERS_TIMEOUT',
    'UND_ERR_BODY_TIMEOUT',
    'ESOCKETTIMEDOUT',
    'TimeoutError',
    'RetryError',
  ])('%s is retryable', (code) => {
    expect(failureClassOf(code)).toBe('retryable');
  });

  it.each(['418', '501', 'ENOTFOUND', 'TypeError', '42P01', ''])('%s is unknown', (code) => {
    expect(failureClassOf(code)).toBe('unknown');
  });
});

describe('the code of a failure', () => {
  class AuthenticationError extends Error {}

  it.each([
    ['an HTTP status', { statusCode: 503, code: 'X' }, '503'],
    ['a Node.js error', Object.assign(new Error('x'), { code: 'ECONNRESET' }), 'ECONNRESET'],
    ['a cause', new TypeError('fetch failed', { cause: { code: 'ETIMEDOUT' } }), 'ETIMEDOUT'],
    ['an errno as node-fetch has it', { errno: 'EPIPE' }, 'EPIPE'],
    ['a class', new AuthenticationError('x'), 'AuthenticationError'],
    [
      'a class that says more than Error, below it',
      new Error('x', { cause: new RangeError('y') }),
      'RangeError',
    ],
    ['a status that is none', { statusCode: 1_000, name: 'Strange' }, 'Strange'],
    ['a string', 'boom', undefined],
    ['null', null, undefined],
  ])('%s', (_what, thrown, code) => {
    expect(failureCode(thrown)).toBe(code);
  });

  it('classifies what was thrown by its code', () => {
    expect(classifyFailure(new AuthenticationError('x'))).toBe('terminal');
    expect(classifyFailure({ statusCode: 429 })).toBe('retryable');
    expect(classifyFailure(undefined)).toBe('unknown');
  });

  it('never throws: cycles, throwing getters, proxies and anything else', () => {
    const cycle: { cause?: unknown } = {};
    cycle.cause = cycle;
    const throwing = {
      get code(): string {
        throw new Error('no');
      },
    };
    const proxy = new Proxy(
      {},
      {
        get: () => {
          throw new Error('no');
        },
      },
    );

    expect([cycle, throwing, proxy].map(classifyFailure)).toEqual(['unknown', 'unknown', 'unknown']);
    fc.assert(
      fc.property(fc.anything(), (thrown) => {
        expect(['terminal', 'retryable', 'unknown']).toContain(classifyFailure(thrown));
      }),
    );
  });
});
