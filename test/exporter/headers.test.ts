import { describe, expect, it } from 'vitest';
import { credentialHeaders, printableAscii } from '../../src/exporter/headers.js';

describe('credentialHeaders', () => {
  it('passes what the authentication produced, in lower case', () => {
    expect(
      credentialHeaders({ Authorization: 'Bearer x', 'X-Databricks-Org-Id': '1', 'X-Other': 'y' }),
    ).toEqual({
      authorization: 'Bearer x',
      'x-databricks-org-id': '1',
      'x-other': 'y',
    });
  });

  it('leaves out headers of the connection, the body, and the application', () => {
    expect(
      credentialHeaders({
        Authorization: 'Bearer x',
        Host: 'elsewhere',
        'Content-Length': '5',
        'Content-Type': 'text/plain',
        'Transfer-Encoding': 'chunked',
        Connection: 'close',
        'Proxy-Authorization': 'Basic x',
        'User-Agent': 'the application',
        'Accept-Encoding': 'gzip',
        Expect: '100-continue',
      }),
    ).toEqual({ authorization: 'Bearer x' });
  });

  it.each([
    [{ authorization: 'Bearer x\r\nx-evil: 1' }],
    [{ authorization: 'Bearer \u0000' }],
    [{ authorization: 'Bearer \u20ac' }],
    [{ 'x y': 'z' }],
    [{ 'x\r\ny': 'z' }],
    [{ '': 'z' }],
    [{ authorization: 5 as unknown as string }],
    [{}],
    [{ host: 'only' }],
  ])('makes nothing of %j', (headers) => {
    expect(credentialHeaders(headers)).toBeUndefined();
  });
});

describe('printableAscii', () => {
  it('replaces everything else', () => {
    expect(printableAscii('a/1.0 \r\nb: c é€\u200b')).toBe('a/1.0 ??b: c ???');
  });
});
