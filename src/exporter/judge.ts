import { failureClassOf } from '../failures.js';
import type { Permit } from './circuitBreaker.js';
import type { ExportResult } from './contract.js';
import { isAboutCredentials, isSuccess } from './endpoints.js';
import { parseObject } from './jsonObject.js';
import type { AttemptResult } from './retry.js';
import type { HttpResult, ResponseBody } from './transport.js';

const TOO_LARGE = 413;
const NOT_FOUND = 404;
/** The server did not take the request, and asks for it again. */
const ASKS_AGAIN: ReadonlySet<number> = new Set([408, 425]);
const TOO_MANY_REQUESTS = 429;

/**
 * What an attempt to export means for the batch and, by way of the permit, for the host's health:
 *
 * | met | batch | breaker |
 * | --- | --- | --- |
 * | 2xx | taken; it is never sent again, even if the answer can't be understood or breaks off | success; failure if the answer breaks off |
 * | 401, 403 | waits until its credentials may be tried again, or others come | – |
 * | 408, 425 | is tried again soon | – |
 * | 413 | is halved; dropped if it is one record | – |
 * | redirects, 404 on all paths | waits for a long pause of its lane | – |
 * | 429, 500, 502, 503, 504, retryable network errors and timeouts | is tried again soon | failure |
 * | other 5xx, other errors (certificates among them) | is tried again with its next turn | failure |
 * | any other status | dropped, its lane pauses | – |
 * | stopped by the signal | unknown | – |
 *
 * `Retry-After` is heeded whatever the status.
 *
 * @param sent records in the batch
 * @param pauseMs for how long a lane pauses
 */
export function judge(result: HttpResult, permit: Permit, sent: number, pauseMs: number): AttemptResult {
  if (result.kind === 'aborted') {
    permit.abandon();
    return done({ outcome: 'aborted' });
  }
  if (result.kind === 'failure') {
    permit.failure();
    return failed(result.code);
  }
  const { status, retryAfterMs, body } = result;
  if (isSuccess(status)) {
    settleByBody(permit, body);
    const rejected = rejectedOf(body, sent);
    return done({ outcome: 'success', accepted: sent - rejected, rejected });
  }
  if (status === TOO_MANY_REQUESTS || status >= 500) {
    permit.failure(retryAfterMs);
    return failed(String(status));
  }
  permit.abandon(retryAfterMs);
  return ASKS_AGAIN.has(status) ? failed(String(status)) : done(refusal(status, pauseMs));
}

function refusal(status: number, pauseMs: number): ExportResult {
  const error = String(status);
  if (isAboutCredentials(status)) {
    return { outcome: 'unauthorized' };
  }
  if (status === TOO_LARGE) {
    return { outcome: 'too_large' };
  }
  return status < 400 || status === NOT_FOUND
    ? { outcome: 'misdirected', error }
    : { outcome: 'terminal', error, pauseMs };
}

function done(result: ExportResult): AttemptResult {
  return { kind: 'done', result };
}

function failed(error: string): AttemptResult {
  return { kind: 'failed', error, soon: failureClassOf(error) === 'retryable' };
}

/** A host that takes a batch but can't finish its answer is not well; one that was not waited for may be. */
function settleByBody(permit: Permit, body: ResponseBody): void {
  if (body.kind !== 'broken') {
    permit.success();
  } else if (body.code === undefined) {
    permit.abandon();
  } else {
    permit.failure();
  }
}

/** Records of the batch that the server says it did not keep: how many, not which. */
export function rejectedOf(body: ResponseBody, sent: number): number {
  const kept = body.kind === 'text' ? parseObject(body.text)?.['numProtoSuccess'] : undefined;
  return typeof kept === 'number' && Number.isInteger(kept) && kept >= 0 && kept < sent ? sent - kept : 0;
}
