import { sep } from 'node:path';
import { type LoadedFile, loadedFiles } from '../builtinModules.js';
import { logAloud } from '../log.js';
import { patchClient, patchKernelBackend } from './clientPatches.js';
import { patchCloudFetch } from './downloadPatches.js';
import type { DriverClient, DriverHttpConnection, DriverOperation, DriverSession } from './driverShapes.js';
import type { DriverTracer } from './driverTracer.js';
import { type Method, MethodPatches, observerOf } from './methodPatches.js';
import { patchOperation } from './operationPatches.js';
import { patchOperationBackend, patchRetryPolicy, patchRowSource } from './requestPatches.js';
import { patchSession } from './sessionPatches.js';
import { patchHttpConnection, patchWire } from './wirePatches.js';

type PatchClass = (prototype: object, patches: MethodPatches, tracer: DriverTracer) => void;

/** The driver's files whose default export is a class with something to observe. */
export const DRIVER_FILES: ReadonlyMap<string, PatchClass> = new Map([
  ['dist/DBSQLClient.js', patchClient],
  ['dist/DBSQLSession.js', patchSession],
  ['dist/DBSQLOperation.js', patchOperation],
  ['dist/thrift-backend/ThriftOperationBackend.js', patchOperationBackend],
  ['dist/result/RowSetProvider.js', patchRowSource],
  ['dist/result/CloudFetchResultHandler.js', patchCloudFetch],
  ['dist/connection/connections/HttpRetryPolicy.js', patchRetryPolicy],
  ['dist/connection/connections/HttpConnection.js', patchHttpConnection],
  ['dist/connection/connections/ThriftHttpConnection.js', patchWire],
  ['dist/kernel/KernelBackend.js', patchKernelBackend],
]);

const CLIENT_FILE = ['', '@databricks', 'sql', 'dist', 'DBSQLClient.js'].join(sep);
const SUPPORTED = /^(1\.(1[6-9]|[2-9]\d|\d{3,})|2\.\d+)\./;
const SUPPORTED_TEXT = '>=1.16.0 <3';

/** What a replaced method of the driver's leads to: whoever observes it can take on further clients. */
interface ClientObserver {
  observeClient(client: object, isWanted?: boolean): void;
}

/** Finds the driver's classes and patches them: as files are loaded, in the module cache, or from a client. */
export class DriverPatcher implements ClientObserver {
  /** Called when a driver was found that can be observed, before anything of it is patched. */
  onDriver: ((version: string | undefined) => void) | undefined = undefined;
  readonly #tracer: DriverTracer;
  readonly #patches = new MethodPatches(this);
  /** Prototypes met on the way from a client: nothing is left to do for them. */
  #met = new WeakSet<object>();
  #warned = false;

  constructor(tracer: DriverTracer) {
    this.#tracer = tracer;
  }

  /** A file of the driver was loaded. */
  patchExport(moduleExports: unknown, version: string | undefined, patch: PatchClass): void {
    this.#tracer.guard(() => {
      if (version !== undefined && !SUPPORTED.test(version)) {
        this.#warnOnce(
          `@databricks/sql ${version} is loaded and can't be observed: its calls make no spans. Use ${SUPPORTED_TEXT}.`,
        );
        return;
      }
      this.onDriver?.(version);
      if (!this.#tracer.enabled) {
        return;
      }
      const prototype = prototypeOf(defaultExportOf(moduleExports));
      if (prototype !== undefined) {
        patch(prototype, this.#patches, this.#tracer);
      }
      if (patch === patchClient) {
        this.#checkClient(prototype);
      }
    });
  }

  /** Patches drivers that were loaded before anybody watched: their classes stand in the module cache. */
  patchLoadedDrivers(): void {
    this.#tracer.guard(() => {
      const cache = loadedFiles();
      for (const path of Object.keys(cache)) {
        if (path.endsWith(CLIENT_FILE)) {
          this.#patchLoadedDriver(cache, path.slice(0, -'dist/DBSQLClient.js'.length));
        }
      }
    });
  }

  /**
   * Patches the classes of a client and, as they appear, of its sessions and operations. Where somebody
   * observes these classes already, the client is theirs.
   *
   * @param isWanted whether the user says that records of the client may be sent, if it is connected already
   */
  observeClient(client: object, isWanted = false): void {
    this.#tracer.guard(() => {
      const other = clientObserverOf(client);
      if (other !== undefined && other !== this) {
        other.observeClient(client, isWanted);
        return;
      }
      const prototype = ownerOf(client, 'connect');
      if (prototype === undefined || typeof (client as DriverClient).openSession !== 'function') {
        this.#warnOnce(
          'what instrument() was given is not a client of @databricks/sql. Give it a DBSQLClient.',
        );
        return;
      }
      patchClient(prototype, this.#patches, this.#tracer);
      this.#tracer.onSession = (session) => this.#patchFromSession(session);
      this.#tracer.onOperation = (operation) => this.#patchFromOperation(operation);
      this.#tracer.onHttpConnection = (connection) => this.#patchFromHttpConnection(connection);
      this.#tracer.onWire = (wire) => this.#patchClassOf(wire, patchWire);
      this.#adopt(client as DriverClient, isWanted);
    });
  }

  undoAll(): void {
    this.#patches.undoAll();
    this.#met = new WeakSet();
  }

  /** Patched by us, or by another instrumentation, or not at all. */
  #checkClient(prototype: object | undefined): void {
    const observer = observerOf((prototype as DriverClient | undefined)?.connect);
    if (observer === undefined) {
      this.#warnOnce(
        '@databricks/sql is loaded, but not as it is known: its calls make no spans. ' +
          'Update this package, or call instrument(client) with each DBSQLClient.',
      );
    } else if (observer !== this) {
      this.#warnOnce(
        'another instrumentation observes @databricks/sql already: this one makes no spans. Use one of them.',
      );
    }
  }

  #patchLoadedDriver(cache: ModuleCache, folder: string): void {
    const version = (cache[`${folder}dist${sep}version.js`]?.exports as { default?: unknown } | undefined)
      ?.default;
    for (const [file, patch] of DRIVER_FILES) {
      const exports = cache[folder + file.replaceAll('/', sep)]?.exports;
      this.patchExport(exports, typeof version === 'string' ? version : undefined, patch);
    }
  }

  /** A client that is connected already, and its sessions that are open already. */
  #adopt(client: DriverClient, isWanted: boolean): void {
    const { connections } = this.#tracer;
    const before = connections.current(client);
    const connection = connections.adopt(client, isWanted);
    if (connection === undefined || connection === before) {
      return;
    }
    const { connectionProvider: http, client: thriftClient } = client;
    if (http !== undefined) {
      this.#patchFromHttpConnection(http);
      this.#patchClassOf(http.connection, patchWire);
    }
    for (const session of openItemsOf(client)) {
      // A session of the kernel may have been opened by an earlier connection.
      const isItsOwn =
        isThriftSession(session) && thriftClient !== undefined && connection.carries(thriftClient);
      this.#tracer.openSession(session, isItsOwn ? connection : undefined, undefined);
    }
  }

  #patchFromSession(session: DriverSession): void {
    this.#patchClassOf(session, patchSession);
  }

  #patchFromOperation(operation: DriverOperation): void {
    const { backend } = operation;
    this.#patchClassOf(operation, patchOperation);
    this.#patchClassOf(backend.dataProvider, patchRowSource);
    this.#patchClassOf(backend, (prototype, patches, tracer) => {
      patchOperationBackend(prototype, patches, tracer);
      patches.wrap<object>(prototype, 'getResultHandler', (original) => this.#wrapGetResultHandler(original));
    });
  }

  #patchClassOf(instance: object | undefined, patch: PatchClass): void {
    const prototype: object | null = instance === undefined ? null : Object.getPrototypeOf(instance);
    if (prototype !== null && !this.#met.has(prototype)) {
      this.#met.add(prototype);
      patch(prototype, this.#patches, this.#tracer);
    }
  }

  /** The CloudFetch handler is met where the driver has made it, before it downloads anything. */
  #wrapGetResultHandler(original: Method<object>): Method<object> {
    const tracer = this.#tracer;
    const patch = (handler: unknown): void =>
      this.#patchClassOf((handler as ResultHandlerChain | undefined)?.source?.source, patchCloudFetch);
    return function getResultHandler(this: object, ...args) {
      const promise = original.apply(this, args) as Promise<unknown>;
      promise.then(
        (handler) => tracer.guard(() => patch(handler)),
        () => undefined,
      );
      return promise;
    };
  }

  #patchFromHttpConnection(connection: DriverHttpConnection): void {
    this.#patchClassOf(connection, patchHttpConnection);
    connection.getRetryPolicy?.().then(
      (policy) => this.#tracer.guard(() => this.#patchClassOf(policy, patchRetryPolicy)),
      () => undefined,
    );
  }

  #warnOnce(message: string): void {
    if (!this.#warned) {
      this.#warned = true;
      logAloud('warn', message);
    }
  }
}

type ModuleCache = Readonly<Record<string, LoadedFile | undefined>>;

/** Result handlers wrap each other; the innermost is the one that downloads, where there are downloads. */
interface ResultHandlerChain {
  readonly source?: { readonly source?: object };
}

function defaultExportOf(moduleExports: unknown): unknown {
  return (moduleExports as { default?: unknown } | undefined)?.default;
}

function prototypeOf(value: unknown): object | undefined {
  const prototype: unknown = typeof value === 'function' ? value.prototype : undefined;
  return typeof prototype === 'object' && prototype !== null ? prototype : undefined;
}

/** The object in the prototype chain that has the method itself: an application may extend the driver's class. */
function ownerOf(instance: object, method: string): object | undefined {
  let owner: object | null = Object.getPrototypeOf(Object(instance));
  while (owner !== null && !Object.hasOwn(owner, method)) {
    owner = Object.getPrototypeOf(owner);
  }
  return owner ?? undefined;
}

/** Who observes the class of a client already. Whatever was given in its place has nobody. */
export function clientObserverOf(client: object | null | undefined): ClientObserver | undefined {
  const observer = observerOf((client as Partial<DriverClient> | null | undefined)?.connect);
  return typeof (observer as Partial<ClientObserver> | undefined)?.observeClient === 'function'
    ? (observer as ClientObserver)
    : undefined;
}

function isThriftSession({ backend }: DriverSession): boolean {
  return backend !== undefined && 'sessionHandle' in backend;
}

/** `client.sessions` is the driver's CloseableCollection. */
function openItemsOf(client: DriverClient): readonly DriverSession[] {
  const items: unknown = (client as { sessions?: { items?: unknown } }).sessions?.items;
  return items instanceof Set ? [...(items as Set<DriverSession>)] : [];
}
