import Module from 'node:module';
import { sep } from 'node:path';
import { diag } from '@opentelemetry/api';
import { adoptConnectedClient, patchClient } from './clientPatches.js';
import type { DriverClient, DriverHttpConnection, DriverOperation, DriverSession } from './driverShapes.js';
import type { DriverTracer } from './driverTracer.js';
import { isObserved, type Method, MethodPatches } from './methodPatches.js';
import {
  patchCloudFetch,
  patchOperation,
  patchOperationBackend,
  patchRetryPolicy,
  patchRowSource,
} from './operationPatches.js';
import { patchSession } from './sessionPatches.js';
import { SessionState } from './sessionState.js';

type PatchClass = (prototype: object, patches: MethodPatches, tracer: DriverTracer) => void;

/** The driver's files whose default export is a class with something to observe. */
export const DRIVER_FILES: ReadonlyArray<readonly [file: string, patch: PatchClass]> = [
  ['dist/DBSQLClient.js', patchClient],
  ['dist/DBSQLSession.js', patchSession],
  ['dist/DBSQLOperation.js', patchOperation],
  ['dist/thrift-backend/ThriftOperationBackend.js', patchOperationBackend],
  ['dist/result/RowSetProvider.js', patchRowSource],
  ['dist/result/CloudFetchResultHandler.js', patchCloudFetch],
  ['dist/connection/connections/HttpRetryPolicy.js', patchRetryPolicy],
];

const CLIENT_FILE = ['', '@databricks', 'sql', 'dist', 'DBSQLClient.js'].join(sep);
const SUPPORTED = /^(1\.(1[6-9]|[2-9]\d|\d{3,})|2\.\d+)\./;
const SUPPORTED_TEXT = '>=1.16.0 <3';

/** Finds the driver's classes and patches them: as files are loaded, in the module cache, or from a client. */
export class DriverPatcher {
  readonly #tracer: DriverTracer;
  readonly #patches = new MethodPatches();
  #warned = false;

  constructor(tracer: DriverTracer) {
    this.#tracer = tracer;
  }

  /** A file of the driver was loaded. */
  patchExport(moduleExports: unknown, version: string | undefined, patch: PatchClass): void {
    this.#tracer.guard(() => {
      if (version !== undefined && !SUPPORTED.test(version)) {
        this.#warnOnce(`version ${version} of @databricks/sql is not supported (${SUPPORTED_TEXT} is)`);
        return;
      }
      const prototype = prototypeOf((moduleExports as { default?: unknown } | undefined)?.default);
      if (prototype !== undefined) {
        patch(prototype, this.#patches, this.#tracer);
      }
    });
  }

  /** Patches drivers that were loaded before anybody watched: their classes stand in the module cache. */
  patchLoadedDrivers(): void {
    this.#tracer.guard(() => {
      const cache = (Module as unknown as { _cache?: ModuleCache })._cache ?? {};
      for (const path of Object.keys(cache)) {
        if (path.endsWith(CLIENT_FILE)) {
          this.#patchLoadedDriver(cache, path.slice(0, -'dist/DBSQLClient.js'.length));
        }
      }
    });
  }

  /** Patches the classes of a client and, as they appear, of its sessions and operations. */
  patchFromClient(client: object): void {
    this.#tracer.guard(() => {
      patchClient(Object.getPrototypeOf(client), this.#patches, this.#tracer);
      this.#tracer.onSession = (session) => this.#patchFromSession(session);
      this.#tracer.onOperation = (operation) => this.#patchFromOperation(operation);
      this.#tracer.onHttpConnection = (connection) => this.#patchFromHttpConnection(connection);
      this.#adopt(client as DriverClient);
      if (!isObserved((client as DriverClient).connect)) {
        this.#warnOnce('what instrument() was given is not a client of @databricks/sql');
      }
    });
  }

  undoAll(): void {
    this.#patches.undoAll();
  }

  #patchLoadedDriver(cache: ModuleCache, folder: string): void {
    const version = (cache[`${folder}dist${sep}version.js`]?.exports as { default?: unknown } | undefined)
      ?.default;
    for (const [file, patch] of DRIVER_FILES) {
      const exports = cache[folder + file.replaceAll('/', sep)]?.exports;
      this.patchExport(exports, typeof version === 'string' ? version : undefined, patch);
    }
  }

  /** Sessions that are open already, of a client that is connected already. */
  #adopt(client: DriverClient): void {
    const connection = adoptConnectedClient(client, this.#tracer);
    if (connection === undefined) {
      return;
    }
    this.#patchFromHttpConnection(client.connectionProvider);
    for (const session of openItemsOf(client)) {
      this.#tracer.sessions.set(session, new SessionState(connection, session.id, undefined));
      this.#patchFromSession(session);
    }
  }

  #patchFromSession(session: DriverSession): void {
    patchSession(Object.getPrototypeOf(session), this.#patches, this.#tracer);
  }

  #patchFromOperation(operation: DriverOperation): void {
    const { backend } = operation;
    patchOperation(Object.getPrototypeOf(operation), this.#patches, this.#tracer);
    const backendPrototype = Object.getPrototypeOf(backend);
    patchOperationBackend(backendPrototype, this.#patches, this.#tracer);
    if (backend.dataProvider !== undefined) {
      patchRowSource(Object.getPrototypeOf(backend.dataProvider), this.#patches, this.#tracer);
    }
    this.#patches.wrap<object>(backendPrototype, 'getResultHandler', (original) =>
      this.#wrapGetResultHandler(original),
    );
  }

  /** The CloudFetch handler is met where the driver has made it, before it downloads anything. */
  #wrapGetResultHandler(original: Method<object>): Method<object> {
    const tracer = this.#tracer;
    const patch = (handler: unknown): void => {
      const source = (handler as { source?: { source?: object } } | undefined)?.source?.source;
      if (source !== undefined) {
        patchCloudFetch(Object.getPrototypeOf(source), this.#patches, this.#tracer);
      }
    };
    return function getResultHandler(this: object, ...args) {
      const promise = original.apply(this, args) as Promise<unknown>;
      promise.then(
        (handler) => tracer.guard(() => patch(handler)),
        () => undefined,
      );
      return promise;
    };
  }

  #patchFromHttpConnection(connection: DriverHttpConnection | undefined): void {
    connection?.getRetryPolicy?.().then(
      (policy) =>
        this.#tracer.guard(() =>
          patchRetryPolicy(Object.getPrototypeOf(policy), this.#patches, this.#tracer),
        ),
      () => undefined,
    );
  }

  #warnOnce(reason: string): void {
    if (!this.#warned) {
      this.#warned = true;
      diag.warn(
        `opentelemetry-databricks-sql: no Databricks call is observed: ${reason}. ` +
          'Load the instrumentation before the driver, or, in bundled code, call instrument(client).',
      );
    }
  }
}

type ModuleCache = Record<string, { readonly exports?: unknown } | undefined>;

function prototypeOf(value: unknown): object | undefined {
  const prototype: unknown = typeof value === 'function' ? value.prototype : undefined;
  return typeof prototype === 'object' && prototype !== null ? prototype : undefined;
}

/** `client.sessions` is the driver's CloseableCollection. */
function openItemsOf(client: DriverClient): readonly DriverSession[] {
  const items: unknown = (client as { sessions?: { items?: unknown } }).sessions?.items;
  return items instanceof Set ? [...(items as Set<DriverSession>)] : [];
}
