/** What the kernel backend tells of a failure beside the error's class. Nothing of it has been checked. */
export interface KernelErrorFields {
  readonly httpStatus?: unknown;
  readonly sqlstate?: unknown;
  /** The server's id of the statement. */
  readonly queryId?: unknown;
}

/** Begins the message of an error that the driver has not decoded. */
const ENVELOPE = '__databricks_error__:';
const MAX_ENVELOPE = 65_536;
const NOTHING: KernelErrorFields = {};

/** The fields of an error of the kernel, decoded by the driver or not; none for any other error. */
export function kernelErrorFields(error: Record<string, unknown>): KernelErrorFields {
  const { kernelMetadata, message } = error;
  if (isObject(kernelMetadata)) {
    return kernelMetadata;
  }
  if (typeof message !== 'string' || !message.startsWith(ENVELOPE) || message.length > MAX_ENVELOPE) {
    return NOTHING;
  }
  try {
    const fields: unknown = JSON.parse(message.slice(ENVELOPE.length));
    return isObject(fields) ? fields : NOTHING;
  } catch {
    return NOTHING;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
