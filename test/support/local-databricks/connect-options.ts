import type { ConnectOptions } from './types.js';

export const WAREHOUSE_PATH = '/sql/1.0/warehouses/0123456789abcdef?o=6012345678901234';
export const WORKSPACE_ID = '6012345678901234';
export const TOKEN = 'dapi-local-test-token';

/** Retries within milliseconds, and all of them, so that a fault costs a test next to nothing. */
const QUICK_RETRIES = { retryMaxAttempts: 5, retriesTimeout: 10_000, retryDelayMin: 2, retryDelayMax: 10 };

export function connectOptions(
  {
    customCaCert,
    ...address
  }: { readonly host: string; readonly port?: number; readonly customCaCert: string },
  overrides: Partial<ConnectOptions> = {},
): ConnectOptions {
  // Another way to authenticate leaves no room for the token.
  const credentials = overrides.authType === undefined ? { token: TOKEN } : {};
  // With a CA of its own, driver 2.x loads all public roots anew for each connection: 40 ms that a client
  // which does not verify can do without.
  const trust = overrides.checkServerCertificate === false ? {} : { customCaCert };
  const base = { ...address, ...trust, path: WAREHOUSE_PATH, ...QUICK_RETRIES, ...credentials };
  // The compiler cannot see that overrides complete one of the driver's authentication variants.
  return { ...base, ...overrides } as ConnectOptions;
}

/** The switch to the kernel backend is missing from the driver's public types. */
export const USE_KERNEL = { useKernel: true } as Partial<ConnectOptions>;
