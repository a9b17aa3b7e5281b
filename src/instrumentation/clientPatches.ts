import { Tag } from '../tags/index.js';
import { DriverConnection } from './driverConnection.js';
import type { DriverClient, DriverConnectOptions, DriverHttpOptions, DriverSession } from './driverShapes.js';
import type { DriverTracer } from './driverTracer.js';
import type { Method, MethodPatches } from './methodPatches.js';
import { namespaceOf, SessionState } from './sessionState.js';

/** Patches `DBSQLClient.prototype`: connect (which makes the handle), openSession, close. */
export function patchClient(prototype: object, patches: MethodPatches, tracer: DriverTracer): void {
  patches.wrap<DriverClient>(prototype, 'connect', (original) => wrapConnect(original, tracer));
  patches.wrap<DriverClient>(prototype, 'openSession', (original) => wrapOpenSession(original, tracer));
  patches.wrap<DriverClient>(prototype, 'close', (original) => wrapClose(original, tracer));
}

/** The connection of a client that was connected before anybody watched. */
export function adoptConnectedClient(
  client: DriverClient,
  tracer: DriverTracer,
): DriverConnection | undefined {
  const http = client.connectionProvider?.options;
  if (http === undefined || client.backend === undefined) {
    return undefined;
  }
  const options: DriverConnectOptions = { host: http.host, port: http.port, path: client.httpPath };
  const connection = new DriverConnection(client, options, http, undefined);
  connection.onConnecting();
  tracer.connect(client, connection);
  return connection;
}

function wrapConnect(original: Method<DriverClient>, tracer: DriverTracer): Method<DriverClient> {
  return function connect(this: DriverClient, ...args) {
    const connection = tracer.enabled ? openConnection(this, args, tracer) : undefined;
    if (connection === undefined) {
      return original.apply(this, args);
    }
    const attributes = () => ({ ...connection.baseTags(), [Tag.dbOperationName]: 'connect' });
    return tracer.traceCall(connection, 'connect', attributes, { operation: 'connect' }, () => {
      const promise = original.apply(this, driverArguments(args, connection, tracer)) as Promise<unknown>;
      tracer.guard(() => {
        connection.onConnecting();
        tracer.onHttpConnection?.(this.connectionProvider);
      });
      promise.then(undefined, () => {
        if (tracer.connectionOf(this) === connection) {
          tracer.disconnect(this);
        }
      });
      return promise;
    });
  };
}

function wrapOpenSession(original: Method<DriverClient>, tracer: DriverTracer): Method<DriverClient> {
  return function openSession(this: DriverClient, ...args) {
    const connection = tracer.enabled
      ? (tracer.connectionOf(this) ?? tracer.attempt(() => adoptConnectedClient(this, tracer)))
      : undefined;
    if (connection === undefined) {
      return original.apply(this, args);
    }
    const request = args[0] as { initialCatalog?: unknown; initialSchema?: unknown } | undefined;
    const namespace = namespaceOf(request?.initialCatalog, request?.initialSchema);
    const attributes = () => ({
      ...connection.baseTags(),
      ...tracer.connectionTags(this, connection),
      [Tag.dbOperationName]: 'openSession',
      [Tag.operationType]: 'CREATE_SESSION',
      ...(namespace === undefined ? {} : { [Tag.dbNamespace]: namespace }),
    });
    return tracer.traceCall(
      connection,
      'openSession',
      attributes,
      { operation: 'openSession', request },
      () => original.apply(this, args) as Promise<DriverSession>,
      (session, span) => {
        tracer.onSession?.(session);
        tracer.sessions.set(session, new SessionState(connection, session.id, namespace));
        span.setAttribute(Tag.sessionId, session.id);
      },
    );
  };
}

function wrapClose(original: Method<DriverClient>, tracer: DriverTracer): Method<DriverClient> {
  return function close(this: DriverClient, ...args) {
    const connection = tracer.connectionOf(this);
    const promise = original.apply(this, args);
    if (connection !== undefined) {
      (promise as Promise<unknown>).then(
        () => tracer.disconnect(this),
        // A session that would not close: the client stays as it is, and may be closed again.
        () => undefined,
      );
    }
    return promise;
  };
}

/** The connection of this `connect()`; an earlier one of the same client is over. */
function openConnection(
  client: DriverClient,
  args: readonly unknown[],
  tracer: DriverTracer,
): DriverConnection | undefined {
  try {
    if (typeof args[0] !== 'object' || args[0] === null) {
      return undefined;
    }
    const options: DriverConnectOptions = args[0];
    const http: DriverHttpOptions = client.getConnectionOptions?.(options) ?? { https: false };
    const connection = new DriverConnection(client, options, http, args[1]);
    tracer.connect(client, connection);
    return connection;
  } catch {
    // Options that the driver itself will refuse, with its own words.
    return undefined;
  }
}

/**
 * What the driver's `connect` gets. The processor has met the span's start by now: if it serves the
 * connection, the driver's own telemetry is off in a copy of the options.
 */
function driverArguments(
  args: readonly unknown[],
  connection: DriverConnection,
  tracer: DriverTracer,
): unknown[] {
  const [options, ...rest] = args;
  if (connection.handle.served === undefined || tracer.config.driverTelemetry === 'keep') {
    return [...args];
  }
  return [
    Object.assign(Object.create(Object.getPrototypeOf(options)), options, { telemetryEnabled: false }),
    ...rest,
  ];
}
