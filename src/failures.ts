import { isHttpStatus } from './tags/index.js';

/**
 * What a failure means for whoever met it.
 *
 * - `terminal`: trying again the same way can't help,
 * - `retryable`: trying again later may,
 * - `unknown`: neither retried nor flushed early.
 */
export type FailureClass = 'terminal' | 'retryable' | 'unknown';

const TERMINAL_CODES: ReadonlySet<string> = new Set(['400', '401', '403', '404', 'AuthenticationError']);

const RETRYABLE_CODES: ReadonlySet<string> = new Set([
  '408',
  '425',
  '429',
  '500',
  '502',
  '503',
  '504',
  'ECONNRESET',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ETIMEDOUT',
  'ESOCKETTIMEDOUT',
  'EAI_AGAIN',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  // Classes: of `AbortSignal.timeout()`, and the driver's own for a request that it tried several times.
  'TimeoutError',
  'RetryError',
]);

/** How deep wrapped causes are followed: enough for every wrapper seen, and an end for a cycle. */
const MAX_CAUSES = 4;

/** The class of a failure by its code: an HTTP status as text, an error's code or its class. */
export function failureClassOf(code: string): FailureClass {
  if (TERMINAL_CODES.has(code)) {
    return 'terminal';
  }
  return RETRYABLE_CODES.has(code) ? 'retryable' : 'unknown';
}

/**
 * The code of anything that was thrown: the first HTTP status or string code found on it or on its
 * causes, else the most telling class name, else `undefined`. Never throws, whatever the shape.
 */
export function failureCode(thrown: unknown): string | undefined {
  let className: string | undefined;
  let current: unknown = thrown;
  try {
    for (let depth = 0; depth < MAX_CAUSES && typeof current === 'object' && current !== null; depth++) {
      const { statusCode, code, errno, cause } = current as Record<string, unknown>;
      if (typeof statusCode === 'number' && isHttpStatus(String(statusCode))) {
        return String(statusCode);
      }
      if (typeof code === 'string' && code !== '') {
        return code;
      }
      if (typeof errno === 'string' && errno !== '') {
        return errno;
      }
      if (className === undefined || className === 'Error') {
        className = classNameOf(current) ?? className;
      }
      current = cause;
    }
  } catch {
    // A getter or a proxy that throws tells nothing more.
  }
  return className;
}

/** The class of anything that was thrown. */
export function classifyFailure(thrown: unknown): FailureClass {
  const code = failureCode(thrown);
  return code === undefined ? 'unknown' : failureClassOf(code);
}

function classNameOf(thrown: object): string | undefined {
  const constructorName: unknown = thrown.constructor?.name;
  if (typeof constructorName === 'string' && constructorName !== '' && constructorName !== 'Object') {
    return constructorName;
  }
  const { name } = thrown as Record<string, unknown>;
  return typeof name === 'string' && name !== '' ? name : undefined;
}
