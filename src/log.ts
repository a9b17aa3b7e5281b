import { diag } from '@opentelemetry/api';
import { INSTRUMENTATION_SCOPE } from './version.js';

type Level = 'error' | 'warn' | 'info' | 'debug';

// It looks up the application's logger at every call, so it may be made before there is one.
const logger = diag.createComponentLogger({ namespace: INSTRUMENTATION_SCOPE });

/** The one way to log: the OpenTelemetry `diag` logger. A logger that throws is not heard. */
function log(level: Level, message: string, details: readonly unknown[]): void {
  try {
    const result: unknown = logger[level](message, ...details);
    if (result instanceof Promise) {
      result.catch(() => undefined);
    }
  } catch {
    // The application's logger is at fault, and there is nobody else to tell.
  }
}

export function logError(message: string, ...details: unknown[]): void {
  log('error', message, details);
}

export function logWarn(message: string, ...details: unknown[]): void {
  log('warn', message, details);
}

export function logInfo(message: string, ...details: unknown[]): void {
  log('info', message, details);
}

export function logDebug(message: string, ...details: unknown[]): void {
  log('debug', message, details);
}

/**
 * Whether anybody has set a logger. The API has no question for it; the place where it keeps its globals is the
 * same for all its copies of one major version.
 */
export function hasLogger(): boolean {
  const globals = (globalThis as Record<symbol, unknown>)[Symbol.for('opentelemetry.js.api.1')];
  return (globals as { diag?: unknown } | undefined)?.diag !== undefined;
}
