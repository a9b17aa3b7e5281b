import { DiagConsoleLogger, diag } from '@opentelemetry/api';
import { globalApi } from './globalApi.js';
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

/** Whether anybody has set a logger. The API has no question for it. */
export function hasLogger(): boolean {
  return globalApi().diag !== undefined;
}

/**
 * For what somebody has to do something about: where nobody has set a logger, it is one line on standard error. The
 * caller sees to it that each is said once.
 */
export function logAloud(level: 'error' | 'warn', message: string): void {
  if (hasLogger()) {
    log(level, message, []);
    return;
  }
  if (isSilenced(process.env)) {
    return;
  }
  try {
    new DiagConsoleLogger()[level](INSTRUMENTATION_SCOPE, message);
  } catch {
    // There is nobody else to tell.
  }
}

/** Not what `process.env` inherits from a polluted `Object.prototype`. */
function isSilenced(environment: NodeJS.ProcessEnv): boolean {
  const name = 'OTEL_LOG_LEVEL';
  return Object.hasOwn(environment, name) && environment[name]?.trim().toLowerCase() === 'none';
}
