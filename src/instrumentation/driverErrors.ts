import { classifyFailure, failureClassOf } from '../failures.js';
import { isHttpStatus, isSqlState } from '../tags/index.js';
import { errorTypeOf, listedCode, OTHER_ERROR_TYPE } from './errorType.js';
import { type KernelErrorFields, kernelErrorFields } from './kernelErrors.js';

/** What a rejection of the driver tells, read without keeping any of its text. */
export interface DriverFailure {
  /** SQLSTATE, else HTTP status, else a listed code of the driver or Node.js, else the class, else `_OTHER`. */
  readonly code: string;
  /** `db.response.status_code`: SQLSTATE or HTTP status. */
  readonly statusCode: string | undefined;
  /** Whether trying again can still succeed, so that the statement stays open for a while. */
  readonly mayRecover: boolean;
}

/** Messages of the driver that hold an HTTP status and nothing else that would tell it. */
const STATUS_IN_MESSAGE = /(?:HTTP error|Hive driver:|HTTP status code:|^(?:[A-Za-z]+: )?HTTP) ([1-5]\d\d)\b/;
/** Messages of the driver, whole or at their end, that tell more than the class of their error. */
const TELLING_MESSAGES: ReadonlyArray<readonly [ending: string, code: string]> = [
  ['CloudFetch link has expired', 'LINK_EXPIRED'],
  ['Max retry count exceeded.', 'ATTEMPTS_EXCEEDED'],
  ['Retry timeout exceeded.', 'TIMEOUT_EXCEEDED'],
];
/** As much of a message as is looked at. */
const MAX_MESSAGE = 512;

const CLOSED_OR_CANCELED: ReadonlySet<unknown> = new Set(['CLOSED', 'CANCELED']);
const OPERATION_STATES: ReadonlySet<unknown> = new Set(['CLOSED', 'CANCELED', 'ERROR', 'TIMEOUT', 'UNKNOWN']);

/**
 * Never throws, whatever was thrown.
 *
 * @param earlier a failure that the same operation met before: it is the cause if the driver now only says
 *   that the operation is over
 */
export function describeFailure(thrown: unknown, earlier?: DriverFailure): DriverFailure {
  try {
    return earlier !== undefined && isAftermath(thrown)
      ? { ...earlier, mayRecover: false }
      : describe(thrown);
  } catch {
    return { code: OTHER_ERROR_TYPE, statusCode: undefined, mayRecover: false };
  }
}

/** Closed or cancelled, and not because the server said so just now. */
function isAftermath(thrown: unknown): boolean {
  const { errorCode, response } = (thrown ?? {}) as { errorCode?: unknown; response?: unknown };
  return CLOSED_OR_CANCELED.has(errorCode) && (response === undefined || response === null);
}

function describe(thrown: unknown): DriverFailure {
  const error = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as Record<string, unknown>;
  const { errorCode } = error;
  const response = error['response'] as Record<string, unknown> | null | undefined;
  const kernel = kernelErrorFields(error);
  const sqlState = sqlStateOf(error, response, kernel);
  const isState = OPERATION_STATES.has(errorCode);
  // The message of an operation that failed is the server's own: whatever status it names is not ours.
  const httpStatus = httpStatusOf(error, kernel) ?? (isState ? undefined : statusInMessage(error));
  const statusCode = sqlState ?? httpStatus;
  const code = statusCode ?? (isState ? String(errorCode) : otherCodeOf(thrown, error));
  return {
    code,
    statusCode,
    mayRecover:
      sqlState === undefined && !isState && !isServerStatus(error) && !isTerminal(thrown, httpStatus, code),
  };
}

function sqlStateOf(
  error: Record<string, unknown>,
  response: Record<string, unknown> | null | undefined,
  kernel: KernelErrorFields,
): string | undefined {
  for (const candidate of [response?.['sqlState'], error['sqlState'], kernel.sqlstate]) {
    if (typeof candidate === 'string' && isSqlState(candidate)) {
      return candidate;
    }
  }
  return undefined;
}

function httpStatusOf(error: Record<string, unknown>, kernel: KernelErrorFields): string | undefined {
  const payload = error['payload'] as { response?: { status?: unknown } } | null | undefined;
  for (const candidate of [error['statusCode'], payload?.response?.status, kernel.httpStatus]) {
    if (typeof candidate === 'number' && isHttpStatus(String(candidate))) {
      return String(candidate);
    }
  }
  return undefined;
}

function statusInMessage(error: Record<string, unknown>): string | undefined {
  const { message } = error;
  const found = typeof message === 'string' ? STATUS_IN_MESSAGE.exec(message.slice(0, MAX_MESSAGE)) : null;
  return found?.[1];
}

function otherCodeOf(thrown: unknown, error: Record<string, unknown>): string {
  const { errorCode, payload, message } = error;
  for (const [ending, code] of TELLING_MESSAGES) {
    if (typeof message === 'string' && message.endsWith(ending)) {
      return code;
    }
  }
  // A RetryError wraps what the last attempt met.
  const wrapped = payload === undefined ? undefined : errorTypeOf(payload);
  return wrapped ?? errorTypeOf(thrown) ?? listedCode(errorCode) ?? OTHER_ERROR_TYPE;
}

/** `StatusError` has a class of its own that does not extend Error: the server refused the request. */
function isServerStatus(error: Record<string, unknown>): boolean {
  return error.constructor?.name === 'StatusError';
}

function isTerminal(thrown: unknown, httpStatus: string | undefined, code: string): boolean {
  const failureClass = httpStatus === undefined ? classifyFailure(thrown) : failureClassOf(httpStatus);
  return failureClass === 'terminal' || code === 'LINK_EXPIRED';
}
