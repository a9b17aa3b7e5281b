import type { ObservedRequest } from '../observer.js';
import { isHttpStatus, OTHER_ERROR } from '../tags/index.js';
import { isSuccess } from './endpoints.js';
import { rejectedOf } from './judge.js';
import type { HttpResult } from './transport.js';

/** An HTTP status as text, or an error code; `undefined` for a request that was stopped: nothing is known of it. */
export function outcomeOf(answer: HttpResult): string | undefined {
  if (answer.kind === 'aborted') {
    return undefined;
  }
  if (answer.kind === 'failure') {
    return answer.code;
  }
  if (answer.body.kind === 'broken' && answer.body.code !== undefined) {
    return answer.body.code;
  }
  const status = String(answer.status);
  return isHttpStatus(status) ? status : OTHER_ERROR;
}

/** What is known of an export's request beside its answer. */
export type SentRequest = Omit<ObservedRequest, 'durationMs' | 'accepted' | 'rejected'>;

/** @param endedAt epoch milliseconds */
export function observedRequest(answer: HttpResult, request: SentRequest, endedAt: number): ObservedRequest {
  const accepted = answer.kind === 'response' && isSuccess(answer.status);
  return {
    ...request,
    durationMs: endedAt - request.sentAt,
    accepted,
    rejected: accepted ? rejectedOf(answer.body, request.records.length) : 0,
  };
}
