import { DiagConsoleLogger, type DiagLogger, DiagLogLevel, diag } from '@opentelemetry/api';
import { type Environment, textIn } from '../environment.js';
import { hasLogger, logError } from '../log.js';
import { describeValue } from '../optionErrors.js';

const MAX_LINE_LENGTH = 1_000;
const REPORT_INTERVAL_MS = 60_000;
/** How the API tells a logger that the application sets another: that is no news to anybody. */
const REPLACED = 'Current logger will be overwritten';

/**
 * Lets warnings and errors be seen where nobody has set a logger: at the level that `OTEL_LOG_LEVEL` names, as
 * the SDK would, else one line each on standard error.
 *
 * @param target writes them
 */
export function ensureLogger(environment: Environment, target: DiagLogger = new DiagConsoleLogger()): void {
  if (hasLogger()) {
    return;
  }
  const text = textIn(environment, 'OTEL_LOG_LEVEL');
  if (text === undefined) {
    diag.setLogger(new OneLineLogger(target), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
    return;
  }
  const level = DiagLogLevel[text.toUpperCase() as keyof typeof DiagLogLevel];
  const isKnown = typeof level === 'number';
  diag.setLogger(target, {
    logLevel: isKnown ? level : DiagLogLevel.INFO,
    suppressOverrideMessage: true,
  });
  if (!isKnown) {
    const allowed = Object.keys(DiagLogLevel).filter((name) => /^[A-Z]+$/.test(name));
    logError(
      `OTEL_LOG_LEVEL is ${describeValue(text)}; allowed is ${allowed.join(', ').toLowerCase()}; info is used`,
    );
  }
}

/** Each message as one line. */
class OneLineLogger implements DiagLogger {
  readonly #target: DiagLogger;

  constructor(target: DiagLogger) {
    this.#target = target;
  }

  error(...message: unknown[]): void {
    this.#target.error(oneLine(message));
  }

  warn(...message: unknown[]): void {
    const line = oneLine(message);
    if (!line.startsWith(REPLACED)) {
      this.#target.warn(line);
    }
  }

  /** Below the level that it is set with, as are the rest. */
  info(): void {}
  debug(): void {}
  verbose(): void {}
}

/** Reports what the user's own backend did not get: at most one line per minute. */
export class ExportFailures {
  #silentUntil = 0;

  /** @param error what an exporter or a span processor of the SDK failed with */
  report(error: unknown): void {
    const now = performance.now();
    if (now >= this.#silentUntil) {
      this.#silentUntil = now + REPORT_INTERVAL_MS;
      logError(`spans could not be exported to your backend: ${reasonOf(error)}`);
    }
  }
}

function oneLine(parts: readonly unknown[]): string {
  const text = parts.map((part) => (typeof part === 'string' ? part : reasonOf(part))).join(' ');
  return text.replace(/\s*[\r\n]+\s*/g, ' ').slice(0, MAX_LINE_LENGTH);
}

/** Name, code and message of an error, and of the errors that caused it. */
function reasonOf(error: unknown): string {
  try {
    return withoutPasswords(reasonsOf(error).join(': ').slice(0, MAX_LINE_LENGTH));
  } catch {
    return 'an error that can not be read';
  }
}

function reasonsOf(error: unknown, depth = 0): string[] {
  if (typeof error !== 'object' || error === null) {
    return [String(error)];
  }
  const { name, code, message, cause, errors } = error as Partial<AggregateError> & { code?: unknown };
  if (Array.isArray(error)) {
    return reasonsOf(error[0], depth);
  }
  const words = [message, code].filter((word) => word !== undefined && word !== '').map(String);
  const own = words.length === 0 ? (name ?? 'unknown error') : [...new Set(words)].join(' ');
  const inner: unknown = cause ?? (Array.isArray(errors) ? errors[0] : undefined);
  return depth > 2 || inner === undefined ? [own] : [own, ...reasonsOf(inner, depth + 1)];
}

function withoutPasswords(text: string): string {
  return text.replace(/\/\/[^/@\s]*@/g, '//');
}
