import { randomUUID } from 'node:crypto';
import type * as t from '@databricks/sql/thrift/TCLIService_types.js';
import { ttypes } from './driver-modules.js';
import type { ServerError } from './scenario.js';

const SECRET = Buffer.alloc(16, 7);

export const newId = (): string => randomUUID();

export function handleOf(id: string): t.THandleIdentifier {
  return { guid: Buffer.from(id.replaceAll('-', ''), 'hex'), secret: SECRET };
}

/** The UUID text that the driver shows for a handle. */
export function idOf(handle: t.THandleIdentifier): string {
  const hex = handle.guid.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

export const succeeded = (): t.TStatus => ({ statusCode: ttypes.TStatusCode.SUCCESS_STATUS });

export function failed(error: ServerError): t.TStatus {
  return { statusCode: ttypes.TStatusCode.ERROR_STATUS, ...errorFields(error) };
}

export function invalidHandle(): t.TStatus {
  return {
    statusCode: ttypes.TStatusCode.INVALID_HANDLE_STATUS,
    ...errorFields({ sqlState: 'HY000', message: 'Invalid handle' }),
  };
}

/** The error fields that TStatus and TGetOperationStatusResp share. */
export function errorFields(error: ServerError) {
  const message = error.message ?? 'The statement failed';
  return {
    errorMessage: message,
    displayMessage: message,
    ...(error.errorCode === undefined ? {} : { errorCode: error.errorCode }),
    ...(error.sqlState === undefined ? {} : { sqlState: error.sqlState }),
  };
}
