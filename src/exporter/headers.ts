import type { CredentialHeaders } from '../connectionHandle.js';

/**
 * Headers that an authentication has no say in: those of the connection, of the body, and of the answer's
 * form. `user-agent` is ours: the driver's names the application.
 */
const NOT_CREDENTIALS: ReadonlySet<string> = new Set([
  'accept-encoding',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
]);

const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * The headers by which a request authenticates, in lower case: all that the driver's own authentication
 * produced, except those that are none of its business.
 *
 * @returns `undefined` if there are none, or if one of them can't be a header
 */
export function credentialHeaders(headers: CredentialHeaders): Record<string, string> | undefined {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const lowerName = name.toLowerCase();
    if (NOT_CREDENTIALS.has(lowerName)) {
      continue;
    }
    if (!HEADER_NAME.test(lowerName) || typeof value !== 'string' || !HEADER_VALUE.test(value)) {
      return undefined;
    }
    kept[lowerName] = value;
  }
  return Object.keys(kept).length === 0 ? undefined : kept;
}

/** Text that is safe as a header and needs one byte per character: other characters become `?`. */
export function printableAscii(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}
