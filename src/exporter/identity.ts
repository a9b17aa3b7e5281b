import type { CredentialHeaders } from '../connectionHandle.js';
import { checkDigits } from '../tags/index.js';
import type { ExportDestination } from './contract.js';
import { credentialHeaders } from './headers.js';
import type { HttpResult } from './httpTransport.js';

/** Who a request is from. */
export interface Identity {
  /** Ready to be sent. */
  readonly headers: Readonly<Record<string, string>>;
  /** To be called with the answer: credentials that were refused are not used again. */
  heed(answer: HttpResult): void;
}

/** Of a request that says nothing about who sends it. */
export const NOBODY: Identity = { headers: {}, heed: () => {} };

const UNAUTHORIZED = 401;

/** @returns `undefined` if there are no credentials that can be sent, or not in time */
export async function identify(
  { credentials, orgId }: ExportDestination,
  signal: AbortSignal,
): Promise<Identity | undefined> {
  const given = await credentials.get(signal);
  const headers = given && readyHeaders(given, orgId);
  if (given === undefined || headers === undefined || signal.aborted) {
    return undefined;
  }
  return {
    headers,
    heed: (answer) => {
      if (answer.kind === 'response' && answer.status === UNAUTHORIZED) {
        credentials.reject(given);
      }
    },
  };
}

function readyHeaders(
  given: CredentialHeaders,
  orgId: string | undefined,
): Record<string, string> | undefined {
  const headers = credentialHeaders(given);
  const workspace = checkDigits(orgId);
  return headers && workspace !== undefined ? { ...headers, 'x-databricks-org-id': workspace } : headers;
}
