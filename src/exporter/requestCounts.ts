import { isHttpStatus, OTHER_ERROR } from '../tags/index.js';
import type { HttpResult } from './transport.js';

/** Requests by outcome: an HTTP status as text, or an error code. Those that were stopped are not counted. */
export class RequestCounts {
  readonly #counts = new Map<string, number>();

  add(answer: HttpResult): void {
    const outcome = outcomeOf(answer);
    if (outcome !== undefined) {
      this.#counts.set(outcome, (this.#counts.get(outcome) ?? 0) + 1);
    }
  }

  snapshot(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }
}

/** @returns `undefined` for a request that was stopped */
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
