import { createRequire } from 'node:module';
import { counted, excluded, type Meter } from './meter.js';

/** The driver's files whose classes the instrumentation patches. */
const FILES = [
  'DBSQLClient',
  'DBSQLSession',
  'DBSQLOperation',
  'thrift-backend/ThriftOperationBackend',
  'result/RowSetProvider',
  'result/CloudFetchResultHandler',
  'connection/connections/HttpRetryPolicy',
  'connection/connections/HttpConnection',
];

const driverRequire = createRequire(import.meta.url);

export type Driver = typeof import('@databricks/sql');

export function loadDriver(): Driver {
  return driverRequire('@databricks/sql');
}

interface Instrumentation {
  enable(): void;
  disable(): void;
}

/**
 * Has the meter count the time that an instrumentation takes inside the driver's methods, the SDK's work for
 * its spans included, the driver's own work not. The driver must be loaded.
 */
export function meterInstrumentation(instrumentation: Instrumentation, meter: Meter): void {
  const before = allMethods();
  instrumentation.enable();
  const patched = before.filter(({ prototype, name, method }) => prototype[name] !== method);
  if (patched.length === 0) {
    throw new Error('the instrumentation has patched nothing');
  }
  instrumentation.disable();
  const inner = [...patched, ...before.filter(({ name }) => name === 'setHeaders')];
  for (const { prototype, name, method } of inner) {
    prototype[name] = excluded(method, meter);
  }
  instrumentation.enable();
  for (const { prototype, name } of patched) {
    prototype[name] = counted(prototype[name] as DriverMethod, meter);
  }
}

/** The instrumentation listens to the headers of a connection by a method of that one object. */
export function meterHeaders(client: object, meter: Meter): void {
  const { connectionProvider } = client as { connectionProvider?: Record<string, DriverMethod> };
  const setHeaders = connectionProvider?.['setHeaders'];
  if (connectionProvider !== undefined && setHeaders !== undefined) {
    connectionProvider['setHeaders'] = counted(setHeaders, meter);
  }
}

type DriverMethod = (this: unknown, ...args: unknown[]) => unknown;

interface ClassMethod {
  readonly prototype: Record<string, unknown>;
  readonly name: string;
  readonly method: DriverMethod;
}

function allMethods(): ClassMethod[] {
  return FILES.flatMap((file) => {
    const prototype = driverRequire(`@databricks/sql/dist/${file}.js`).default.prototype;
    return Object.entries(Object.getOwnPropertyDescriptors(prototype)).flatMap(([name, { value }]) =>
      typeof value === 'function' && name !== 'constructor' ? [{ prototype, name, method: value }] : [],
    );
  });
}
