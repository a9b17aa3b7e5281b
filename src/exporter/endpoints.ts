import type { HttpResult } from './transport.js';

// The first is what every shipping driver posts to, the second what Databricks' plan for this driver names.
const AUTHENTICATED_PATHS = ['/telemetry-ext', '/api/2.0/sql/telemetry-ext'] as const;
const UNAUTHENTICATED_PATHS = ['/telemetry-unauth', '/api/2.0/sql/telemetry-unauth'] as const;

/** Which of its two export paths a host answers at. */
export class ExportPaths {
  #preferred: string;
  #other: string;

  constructor(authenticated: boolean) {
    [this.#preferred, this.#other] = authenticated ? AUTHENTICATED_PATHS : UNAUTHENTICATED_PATHS;
  }

  /** Sends to the path that answered last; at a 404, once to the other. */
  async send(sendTo: (path: string) => Promise<HttpResult>): Promise<HttpResult> {
    const other = this.#other;
    const first = await sendTo(this.#preferred);
    if (first.kind !== 'response' || first.status !== 404) {
      return first;
    }
    const second = await sendTo(other);
    if (second.kind === 'response' && isSuccess(second.status) && this.#other === other) {
      [this.#preferred, this.#other] = [this.#other, this.#preferred];
    }
    return second;
  }
}

/** Whether an HTTP status says that the request was fulfilled. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** Whether an HTTP status says that the credentials were refused. */
export function isAboutCredentials(status: number): boolean {
  return status === 401 || status === 403;
}
