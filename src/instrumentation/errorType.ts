import { isHttpStatus, isKnownErrorCode } from '../tags/index.js';

/** The conventions' `error.type` where nothing better is known. */
export const OTHER_ERROR_TYPE = '_OTHER';

/** The name of a class. A text that somebody has put in its place does not look like one. */
const CLASS_NAME = /^[A-Za-z0-9_$.]{1,64}$/;
/** How deep wrapped causes are followed: enough for every wrapper seen, and an end for a cycle. */
const MAX_CAUSES = 4;

/**
 * What was thrown, as a span and a metric may say it: the first HTTP status or listed code found on it or on its
 * causes, else the most telling class. Any other `code`, `errno` or `name` may be free text, and is not used.
 *
 * @returns `undefined` if it has none of these
 */
export function errorTypeOf(thrown: unknown): string | undefined {
  let className: string | undefined;
  let current: unknown = thrown;
  for (let depth = 0; depth < MAX_CAUSES && typeof current === 'object' && current !== null; depth++) {
    const { statusCode, code, errno, cause, name } = current as Record<string, unknown>;
    if (typeof statusCode === 'number' && isHttpStatus(String(statusCode))) {
      return String(statusCode);
    }
    const listed = listedCode(code) ?? listedCode(errno);
    if (listed !== undefined) {
      return listed;
    }
    if (className === undefined || className === 'Error') {
      className = classNameOf(current) ?? listedCode(name) ?? className;
    }
    current = cause;
  }
  return className;
}

/** A SQLSTATE, an HTTP status or a listed name, as it is; nothing else. */
export function listedCode(value: unknown): string | undefined {
  return typeof value === 'string' && isKnownErrorCode(value) ? value : undefined;
}

function classNameOf(thrown: object): string | undefined {
  const itsClass: unknown = thrown.constructor;
  const name: unknown = typeof itsClass === 'function' ? itsClass.name : undefined;
  return typeof name === 'string' && name !== 'Object' && CLASS_NAME.test(name) ? name : undefined;
}
