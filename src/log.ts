import { diag } from '@opentelemetry/api';
import { INSTRUMENTATION_SCOPE } from './version.js';

type Level = 'error' | 'warn' | 'info' | 'debug';

// It looks up the application's logger at every call, so it may be made before there is one.
const logger = diag.createComponentLogger({ namespace: INSTRUMENTATION_SCOPE });

/** The one way to log: the OpenTelemetry `diag` logger. A logger that throws is not heard. */
function log(level: Level, message: string, details: readonly unknown[]): void {
  try {
    logger[level](message, ...details);
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
