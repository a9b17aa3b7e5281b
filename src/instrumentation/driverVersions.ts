import type { DriverClient } from './driverShapes.js';

const PRODUCT_VERSION = /^NodejsDatabricksSqlConnector\/(\d+\.\d+\.\d+)/;
/** Where it can't be found out. */
export const UNKNOWN_VERSION = '0.0.0';

/** Which version of the driver a client is of. Bundled code has no package.json: the client says it by its `User-Agent`. */
export class DriverVersions {
  readonly #byClass = new WeakMap<object, string>();

  /** @returns `major.minor.patch`; `0.0.0` if it can't be found out */
  of(client: DriverClient): string {
    const prototype: object | null = Object.getPrototypeOf(client);
    if (prototype === null) {
      return UNKNOWN_VERSION;
    }
    let version = this.#byClass.get(prototype);
    if (version === undefined) {
      version = versionOf(prototype as DriverClient);
      this.#byClass.set(prototype, version);
    }
    return version;
  }
}

/** The driver's own method, asked for a connection that nobody makes. It reads nothing of a client. */
function versionOf(prototype: DriverClient): string {
  try {
    const http = prototype.getConnectionOptions?.({ host: '', path: '' });
    return PRODUCT_VERSION.exec(String(http?.headers?.['User-Agent']))?.[1] ?? UNKNOWN_VERSION;
  } catch {
    return UNKNOWN_VERSION;
  }
}
