/**
 * The closed list of error names that may leave for Databricks. An error's class or code that is not
 * here is sent as `other`: a name chosen by somebody else may say something about their data.
 */
const DRIVER_CLASSES = [
  'AuthenticationError',
  'HiveDriverError',
  'OperationStateError',
  'ParameterError',
  'RetryError',
  'StagingError',
  'StatusError',
  'THTTPException',
  'TApplicationException',
  'TProtocolException',
  'TTransportException',
  'FetchError',
  'AbortError',
  'KernelError',
];

/** OperationStateErrorCode and RetryErrorCode of the driver, and what CloudFetch can meet. */
const DRIVER_CODES = [
  'CANCELED',
  'CLOSED',
  'ERROR',
  'TIMEOUT',
  'UNKNOWN',
  'ATTEMPTS_EXCEEDED',
  'TIMEOUT_EXCEEDED',
  'LINK_EXPIRED',
];

/** Node.js's error classes and codes, and undici's, that a database call can meet. */
const RUNTIME_CODES = [
  'Error',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
  'AggregateError',
  'TimeoutError',
  'EACCES',
  'EADDRINUSE',
  'EADDRNOTAVAIL',
  'EAI_AGAIN',
  'EAI_FAIL',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'EMFILE',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOENT',
  'ENOSPC',
  'ENOTFOUND',
  'EPERM',
  'EPIPE',
  'EPROTO',
  'ESOCKETTIMEDOUT',
  'ETIMEDOUT',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
];

/** What an unlisted name is sent as. */
export const OTHER_ERROR = 'other';

const KNOWN_NAMES: ReadonlySet<string> = new Set([
  ...DRIVER_CLASSES,
  ...DRIVER_CODES,
  ...RUNTIME_CODES,
  OTHER_ERROR,
]);

// `[0-9A-Z]{5}` alone would let five-letter names pass; every SQLSTATE that Databricks documents has a
// digit or belongs to its internal class `XX`.
const SQLSTATE = /^(?=.*[0-9]|XX)[0-9A-Z]{5}$/;
const HTTP_STATUS = /^[1-5][0-9]{2}$/;

/** A SQLSTATE as the standard writes it: five digits or upper-case letters. */
export function isSqlState(value: string): boolean {
  return SQLSTATE.test(value);
}

/** An HTTP status as text: `100` to `599`. */
export function isHttpStatus(value: string): boolean {
  return HTTP_STATUS.test(value);
}

/** Whether this error name may leave as it is: a listed class or code, a SQLSTATE or an HTTP status. */
export function isKnownErrorCode(value: string): boolean {
  return KNOWN_NAMES.has(value) || isHttpStatus(value) || isSqlState(value);
}

/** Every listed name, for the reference page. */
export function knownErrorNames(): readonly string[] {
  return [...KNOWN_NAMES];
}
