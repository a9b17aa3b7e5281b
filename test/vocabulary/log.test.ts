import { DiagLogLevel, diag } from '@opentelemetry/api';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { logWarn } from '../../src/log.js';

afterEach(() => {
  diag.disable();
});

describe('a logger of the application’s', () => {
  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('down');
      },
    ],
    ['rejects', () => Promise.reject(new Error('down'))],
  ])('that %s reaches nobody', async (_what, fail) => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const logger = { error: fail, warn: fail, info: fail, debug: fail, verbose: fail };
    diag.setLogger(logger as never, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
    expect(() => logWarn('message')).not.toThrow();
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).not.toHaveBeenCalled();
    process.off('unhandledRejection', unhandled);
  });
});
