import { Tag } from '../tags/index.js';
import { describeConnection } from './connectionTags.js';
import type { DriverConnection } from './driverConnection.js';
import type {
  DriverClient,
  DriverConnectOptions,
  DriverHttpConnection,
  DriverKernelBackend,
  DriverSession,
} from './driverShapes.js';
import type { DriverTracer } from './driverTracer.js';
import type { Method, MethodPatches } from './methodPatches.js';
import { namespaceOf } from './sessionState.js';

/** Patches `DBSQLClient.prototype`: connect (which makes the handle), openSession, close. */
export function patchClient(prototype: object, patches: MethodPatches, tracer: DriverTracer): void {
  const methods: ReadonlyArray<readonly [name: string, wrap: WrapClientMethod]> = [
    ['connect', wrapConnect],
    ['createConnectionProvider', wrapCreateConnectionProvider],
    ['initializeTelemetry', wrapInitializeTelemetry],
    ['openSession', wrapOpenSession],
    ['close', wrapClose],
  ];
  for (const [name, wrap] of methods) {
    patches.wrap<DriverClient>(prototype, name, (original) => wrap(original, tracer));
  }
}

type WrapClientMethod = (original: Method<DriverClient>, tracer: DriverTracer) => Method<DriverClient>;

/** Patches `KernelBackend.prototype`: what the driver tells the kernel of a connection. */
export function patchKernelBackend(prototype: object, patches: MethodPatches, tracer: DriverTracer): void {
  patches.wrap<DriverKernelBackend>(prototype, 'connect', (original) => {
    return function connect(this: DriverKernelBackend, ...args) {
      // Now it is this connection's; when the promise settles, another one may have been made.
      const http = this.context?.connectionProvider;
      const promise = original.apply(this, args) as Promise<unknown>;
      promise.then(
        () => tracer.guard(() => onKernelConnect(this, http, tracer)),
        () => undefined,
      );
      return promise;
    };
  });
}

function wrapConnect(original: Method<DriverClient>, tracer: DriverTracer): Method<DriverClient> {
  return function connect(this: DriverClient, ...args) {
    const connection = tracer.enabled ? beginConnection(this, args, tracer) : undefined;
    if (connection === undefined) {
      return original.apply(this, args);
    }
    const attributes = () => ({ ...connection.baseTags(), [Tag.dbOperationName]: 'connect' });
    return tracer.traceCall(
      connection,
      'connect',
      attributes,
      { operation: 'connect' },
      () => {
        const promise = original.apply(this, args) as Promise<unknown>;
        promise.then(
          () => tracer.guard(() => tracer.connections.settle(this, connection, false)),
          () => tracer.guard(() => tracer.connections.settle(this, connection, true)),
        );
        return promise;
      },
      (_client, span) => span.setAttributes(connection.baseTags()),
    );
  };
}

/** The options are those that the application gave to `connect()`, the very object. */
function wrapCreateConnectionProvider(
  original: Method<DriverClient>,
  tracer: DriverTracer,
): Method<DriverClient> {
  return function createConnectionProvider(this: DriverClient, ...args) {
    const http = original.apply(this, args);
    tracer.guard(() => {
      tracer.connections.onHttpConnection(this, args[0], http as DriverHttpConnection);
      tracer.onHttpConnection?.(http as DriverHttpConnection);
    });
    return http;
  };
}

/** The driver's own telemetry does not begin for a connection that is served. Its options stay as they are. */
function wrapInitializeTelemetry(original: Method<DriverClient>, tracer: DriverTracer): Method<DriverClient> {
  return function initializeTelemetry(this: DriverClient, ...args) {
    const connection = tracer.attempt(() => tracer.connections.connectionOf(this.connectionProvider));
    return isReplaced(connection, tracer) ? Promise.resolve() : original.apply(this, args);
  };
}

function wrapOpenSession(original: Method<DriverClient>, tracer: DriverTracer): Method<DriverClient> {
  return function openSession(this: DriverClient, ...args) {
    const opening = tracer.enabled ? tracer.attempt(() => tracer.connections.openSession(this)) : undefined;
    if (opening === undefined) {
      return original.apply(this, args);
    }
    const { connection } = opening;
    const request = args[0] as { initialCatalog?: unknown; initialSchema?: unknown } | undefined;
    const namespace = tracer.attempt(() => namespaceOf(request?.initialCatalog, request?.initialSchema));
    const attributes = () => ({
      ...connection.baseTags(),
      ...describeConnection(connection, tracer.systemTags, this.getConfig()),
      [Tag.dbOperationName]: 'openSession',
      [Tag.operationType]: 'CREATE_SESSION',
      ...(namespace === undefined ? {} : { [Tag.dbNamespace]: namespace }),
    });
    return tracer.traceCall(
      connection,
      'openSession',
      attributes,
      { operation: 'openSession', request },
      () => {
        const promise = original.apply(this, args) as Promise<DriverSession>;
        const end = () => tracer.guard(() => opening.end());
        promise.then((session) => {
          tracer.guard(() =>
            tracer.openSession(session, opening.succeed() ? connection : undefined, namespace),
          );
          end();
        }, end);
        return promise;
      },
      (session, span) => {
        if (tracer.sessions.get(session)?.connection === connection) {
          span.setAttribute(Tag.sessionId, session.id);
        }
      },
    );
  };
}

function wrapClose(original: Method<DriverClient>, tracer: DriverTracer): Method<DriverClient> {
  return function close(this: DriverClient, ...args) {
    tracer.guard(() => tracer.connections.beginClose(this));
    const promise = original.apply(this, args);
    (promise as Promise<unknown>).then(
      () => tracer.guard(() => tracer.connections.close(this)),
      // A session that would not close: the client stays as it is, and may be closed again.
      () => undefined,
    );
    return promise;
  };
}

function beginConnection(
  client: DriverClient,
  args: readonly unknown[],
  tracer: DriverTracer,
): DriverConnection | undefined {
  try {
    return typeof args[0] === 'object' && args[0] !== null
      ? tracer.connections.begin(client, args[0] as DriverConnectOptions, args[1])
      : undefined;
  } catch {
    // Options that the driver itself will refuse, with its own words.
    return undefined;
  }
}

/** The kernel has telemetry of its own, which is on where the user has asked for it. */
function onKernelConnect(
  backend: DriverKernelBackend,
  http: DriverHttpConnection | undefined,
  tracer: DriverTracer,
): void {
  const connection = tracer.connections.onKernelConnect(backend, http);
  if (isReplaced(connection, tracer) && backend.nativeOptions?.telemetryEnabled === true) {
    backend.nativeOptions = { ...backend.nativeOptions, telemetryEnabled: false };
  }
}

function isReplaced(connection: DriverConnection | undefined, tracer: DriverTracer): boolean {
  return (
    connection !== undefined &&
    tracer.enabled &&
    tracer.config.driverTelemetry !== 'keep' &&
    tracer.attempt(() => connection.isServed) === true
  );
}
