import type { DriverHttpConnection, DriverWire } from './driverShapes.js';
import type { DriverTracer } from './driverTracer.js';
import type { Method, MethodPatches } from './methodPatches.js';

/** Patches `HttpConnection.prototype`: which wire a connection has. */
export function patchHttpConnection(prototype: object, patches: MethodPatches, tracer: DriverTracer): void {
  patches.wrap<DriverHttpConnection>(prototype, 'getThriftConnection', (original) => {
    return function getThriftConnection(this: DriverHttpConnection, ...args) {
      const promise = original.apply(this, args) as Promise<DriverWire>;
      // Whoever called goes on after this: the wire is known before anything is sent by it.
      promise.then(
        (wire) =>
          tracer.guard(() => {
            tracer.onWire?.(wire);
            tracer.connections.onWire(this, wire);
          }),
        () => undefined,
      );
      return promise;
    };
  });
}

/** Patches `ThriftHttpConnection.prototype`: what is sent, and that it was accepted. */
export function patchWire(prototype: object, patches: MethodPatches, tracer: DriverTracer): void {
  patches.wrap<DriverWire>(prototype, 'write', (original) => wrapWrite(original, tracer));
  patches.wrap<DriverWire>(prototype, 'handleThriftResponse', (original) => wrapResponse(original, tracer));
}

function wrapWrite(original: Method<DriverWire>, tracer: DriverTracer): Method<DriverWire> {
  return function write(this: DriverWire, ...args) {
    try {
      tracer.connections.witnessOf(this)?.onWrite(this, args[1]);
    } catch (error) {
      tracer.onInternalError(error);
    }
    return original.apply(this, args);
  };
}

/** Called only for HTTP status 200. */
function wrapResponse(original: Method<DriverWire>, tracer: DriverTracer): Method<DriverWire> {
  return function handleThriftResponse(this: DriverWire, ...args) {
    try {
      tracer.connections.witnessOf(this)?.onAnswer(args[0]);
    } catch (error) {
      tracer.onInternalError(error);
    }
    return original.apply(this, args);
  };
}
