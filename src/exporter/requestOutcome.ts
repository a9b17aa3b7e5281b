import { isHttpStatus, OTHER_ERROR } from '../tags/index.js';
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
