import type { CredentialHeaders } from '../connectionHandle.js';
import { checkDigits } from '../tags/index.js';
import type { ExportDestination } from './contract.js';

/**
 * Headers that neither an authentication nor the user has a say in: those of the connection, of the body, and of
 * the answer's form. `user-agent` is ours: the driver's names the application.
 */
const NOT_THEIRS: ReadonlySet<string> = new Set([
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
/** A custom header of such a name may be a credential. */
const MAYBE_SECRET = /auth|token|secret|cookie|credential|password|passwd|session|signature|api[-_]?key/;

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
    if (NOT_THEIRS.has(lowerName)) {
      continue;
    }
    if (!isHeader(lowerName, value)) {
      return undefined;
    }
    kept[lowerName] = value;
  }
  return Object.keys(kept).length === 0 ? undefined : kept;
}

/** The connection's `customHeaders` in lower case, without those that carry credentials or describe a body. */
export function customHeaders(headers: Readonly<Record<string, string>> | undefined): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    const lowerName = name.toLowerCase();
    if (isHeader(lowerName, value) && !NOT_THEIRS.has(lowerName) && !MAYBE_SECRET.test(lowerName)) {
      kept[lowerName] = value;
    }
  }
  return kept;
}

/**
 * All headers of a request that says who sends it; ours win over the user's own.
 *
 * @returns `undefined` if the credentials can't be sent
 */
export function identifiedHeaders(
  { customHeaders: custom, orgId, userAgent }: ExportDestination,
  credentials: CredentialHeaders | undefined,
): Record<string, string> | undefined {
  const authentication = credentials && credentialHeaders(credentials);
  if (authentication === undefined) {
    return undefined;
  }
  const workspace = checkDigits(orgId);
  return {
    ...customHeaders(custom),
    ...authentication,
    ...(workspace !== undefined && { 'x-databricks-org-id': workspace }),
    'user-agent': printableAscii(userAgent),
  };
}

/**
 * All headers of an export. Without authentication nothing may say who sends it, the user's own headers included.
 *
 * @returns `undefined` if the credentials can't be sent
 */
export function exportHeaders(
  destination: ExportDestination,
  credentials: CredentialHeaders | undefined,
  authenticated: boolean,
): Record<string, string> | undefined {
  const headers = authenticated
    ? identifiedHeaders(destination, credentials)
    : { 'user-agent': printableAscii(destination.userAgent) };
  return headers && { ...headers, 'content-type': 'application/json' };
}

/** Text that is safe as a header and needs one byte per character: other characters become `?`. */
export function printableAscii(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}

function isHeader(lowerName: string, value: unknown): value is string {
  return HEADER_NAME.test(lowerName) && typeof value === 'string' && HEADER_VALUE.test(value);
}
