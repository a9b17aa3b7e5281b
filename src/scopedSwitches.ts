import { context } from '@opentelemetry/api';
import { suppressDatabricksTelemetry, suppressQueryText } from './context.js';
import { describeValue } from './optionErrors.js';

/**
 * Leaves the statements that are started within `fn` out of what is sent to Databricks. Your own backend
 * sees them as ever. Needs a context manager, as every OpenTelemetry set-up for Node.js has one.
 *
 * @returns what `fn` returns
 * @throws TypeError if `fn` is no function: a promise's statement has begun already
 */
export function withoutDatabricksTelemetry<Result>(fn: () => Result): Result {
  checkFunction('withoutDatabricksTelemetry', fn);
  return context.with(suppressDatabricksTelemetry(context.active()), fn);
}

/**
 * Leaves the query text of statements that are started within `fn` out of their spans.
 *
 * @returns what `fn` returns
 * @throws TypeError if `fn` is no function: a promise's statement has begun already
 */
export function withoutQueryText<Result>(fn: () => Result): Result {
  checkFunction('withoutQueryText', fn);
  return context.with(suppressQueryText(context.active()), fn);
}

/** @throws TypeError that says what to call with what */
export function checkFunction(caller: string, fn: unknown): void {
  if (typeof fn !== 'function') {
    throw new TypeError(
      `${caller}: the argument is ${describeValue(fn)}; allowed is a function. ` +
        `The call is: ${caller}(() => session.executeStatement(…))`,
    );
  }
}
