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
 *
 * @param nothing puts methods in its place that only pass on: what is counted then is the meter's own doing
 */
export function meterInstrumentation(instrumentation: Instrumentation, meter: Meter, nothing: boolean): void {
  const methods = allMethods();
  instrumentation.enable();
  const patched = methods.filter(({ prototype, name, method }) => prototype[name] !== method);
  instrumentation.disable();
  if (patched.length === 0) {
    throw new Error('the instrumentation has patched nothing');
  }
  for (const { prototype, name, method } of [
    ...patched,
    ...methods.filter(({ name }) => name === 'setHeaders'),
  ]) {
    prototype[name] = excluded(method, meter);
  }
  if (!nothing) {
    instrumentation.enable();
  }
  for (const { prototype, name } of patched) {
    const method = prototype[name] as DriverMethod;
    prototype[name] = counted(nothing ? passedOn(method) : method, meter);
  }
}

function passedOn(method: DriverMethod): DriverMethod {
  return function (this: unknown, ...args) {
    const result = method.apply(this, args);
    if (result instanceof Promise) {
      result.then(
        () => undefined,
        () => undefined,
      );
    }
    return result;
  };
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
