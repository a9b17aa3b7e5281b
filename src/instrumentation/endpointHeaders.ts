/** What of a connection's `customHeaders` goes with telemetry. */
export interface EndpointHeaders {
  /** Digits. */
  readonly orgId: string | undefined;
  readonly customHeaders: Readonly<Record<string, string>> | undefined;
}

const ORG_HEADER = 'x-databricks-org-id';
const ORG_ID = /^\d{1,20}$/;

/** What may be a credential, by its name: it goes only where the driver has sent it. */
const CREDENTIAL = /auth|cookie|credential|key|passw|secret|session|signature|token/;
/** What describes a body, a connection or who sends. */
const NOT_THE_USERS =
  /^(accept(-.*)?|connection|content-.*|expect|host|http2-settings|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|user-agent)$/;

const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Of the headers that the driver adds to its own telemetry requests, those that go with ours.
 *
 * @param headers what the driver made of the connection's `customHeaders` and of the workspace's id in its
 *   path; a header of the user's for the workspace's id wins there
 */
export function sendableHeaders(headers: unknown): EndpointHeaders {
  if (typeof headers !== 'object' || headers === null) {
    return { orgId: undefined, customHeaders: undefined };
  }
  let orgId: string | undefined;
  let customHeaders: Record<string, string> | undefined;
  for (const [name, value] of Object.entries(headers)) {
    const lowerName = name.toLowerCase();
    if (lowerName === ORG_HEADER) {
      orgId = typeof value === 'string' && ORG_ID.test(value) ? value : undefined;
    } else if (isSendable(lowerName, value)) {
      customHeaders ??= {};
      customHeaders[lowerName] = value;
    }
  }
  return { orgId, customHeaders };
}

/** The workspace's id in an HTTP path, found as the driver finds it. */
export function orgIdOfPath(httpPath: unknown): string | undefined {
  if (typeof httpPath !== 'string') {
    return undefined;
  }
  const queryStart = httpPath.indexOf('?');
  const path = queryStart < 0 ? httpPath : httpPath.slice(0, queryStart);
  const query = queryStart < 0 ? '' : httpPath.slice(queryStart + 1);
  const found = /(?:^|&)o=(\d+)(?:&|$)/.exec(query)?.[1] ?? /(?:^|\/)o\/(\d+)(?:\/|$)/.exec(path)?.[1];
  return found !== undefined && ORG_ID.test(found) ? found : undefined;
}

function isSendable(lowerName: string, value: unknown): value is string {
  return (
    typeof value === 'string' &&
    HEADER_NAME.test(lowerName) &&
    HEADER_VALUE.test(value) &&
    lowerName !== '__proto__' &&
    !CREDENTIAL.test(lowerName) &&
    !NOT_THE_USERS.test(lowerName)
  );
}
