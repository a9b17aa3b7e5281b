import { diag } from '@opentelemetry/api';
import { INSTRUMENTATION_SCOPE } from '../version.js';

/** Logs for whoever looks into a fault. A logger of the application's that throws is not heard. */
export function debugLog(message: string): void {
  try {
    diag.debug(`${INSTRUMENTATION_SCOPE}: ${message}`);
  } catch {
    // There is nobody left to tell.
  }
}

/** Calls all, whatever one of them throws: who announces something may stand on the driver's own path. */
export function callAll(callbacks: Iterable<() => void>): void {
  for (const callback of callbacks) {
    try {
      callback();
    } catch {
      debugLog('a callback failed');
    }
  }
}
