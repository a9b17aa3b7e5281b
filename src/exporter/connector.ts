import { connect, isIP, type Socket } from 'node:net';
import {
  createSecureContext,
  type SecureContext,
  type SecureContextOptions,
  type TLSSocket,
  connect as tlsConnect,
} from 'node:tls';
import type { buildConnector } from 'undici';
import type { ConnectionRoute } from '../connectionHandle.js';
import { type Runtime, startDeadline } from '../runtime.js';
import type { HostAddress } from './address.js';
import type { KnownAddresses } from './knownAddresses.js';
import { openTunnel } from './proxyTunnel.js';
import { happened } from './socketEvents.js';
import { onAbort } from './waiting.js';

export interface ConnectorOptions {
  readonly addresses: KnownAddresses;
  /** For all of it: TCP, the proxy's answer, TLS. */
  readonly connectTimeoutMs: number;
  readonly runtime: Runtime;
  /** Ends what is under way. */
  readonly signal: AbortSignal;
}

/**
 * Opens connections to one host by one route, for undici. It is not undici's own connector and ProxyAgent
 * because every socket here must leave the process free to end, those to and through a proxy included,
 * and because a ProxyAgent whose proxy hangs up tries again without end.
 */
export function createConnector(
  target: HostAddress,
  route: ConnectionRoute,
  options: ConnectorOptions,
): buildConnector.connector {
  const secureContext = lazily(() => createSecureContext(trustOf(route)));
  return (_options, callback) => {
    establish(target, route, secureContext, options).then(
      (socket) => callback(null, socket),
      (error: Error) => callback(error, null),
    );
  };
}

async function establish(
  target: HostAddress,
  route: ConnectionRoute,
  secureContext: () => SecureContext,
  { addresses, connectTimeoutMs, runtime, signal }: ConnectorOptions,
): Promise<Socket> {
  const next = route.proxy ?? target;
  const tcp = connect({ host: next.host, port: next.port, lookup: addresses.lookup });
  letProcessEnd(tcp);
  tcp.setNoDelay(true);
  tcp.setKeepAlive(true, 60_000);
  const end = (error: Error) => tcp.destroy(error);
  const deadline = startDeadline(runtime, connectTimeoutMs, () => end(new ConnectTimeoutError()));
  const close = () => end(new Error('closed'));
  const letGo = onAbort(signal, close);
  try {
    if (signal.aborted) {
      close();
    }
    await happened(tcp, 'connect');
    const tunnel = route.proxy === undefined ? tcp : await openTunnel(tcp, route.proxy, target, secure);
    return await secure(tunnel, target.host, route.rejectUnauthorized, secureContext());
  } catch (error) {
    addresses.forget(next.host);
    tcp.destroy();
    throw error;
  } finally {
    deadline.cancel();
    letGo();
  }
}

/** TLS over a connected socket. */
async function secure(
  socket: Socket,
  host: string,
  rejectUnauthorized = true,
  secureContext?: SecureContext,
): Promise<TLSSocket> {
  const tlsSocket = tlsConnect({
    socket,
    host,
    // An IP address is no server name; the certificate is held against `host` then.
    servername: isIP(host) === 0 ? host : '',
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized,
    ...(secureContext === undefined ? { minVersion: 'TLSv1.2' } : { secureContext }),
  });
  // An error of the socket below shows itself here; what is reported is the TLS socket's own.
  socket.on('error', (error) => tlsSocket.destroy(error));
  letProcessEnd(tlsSocket);
  await happened(tlsSocket, 'secureConnect');
  return tlsSocket;
}

function trustOf({ ca, clientCert, clientKey }: ConnectionRoute): SecureContextOptions {
  return {
    minVersion: 'TLSv1.2',
    ...(ca !== undefined && { ca: [...ca] }),
    ...(clientCert !== undefined && { cert: clientCert }),
    ...(clientKey !== undefined && { key: clientKey }),
  };
}

/** A socket that never holds the process: undici takes hold of it again with every request. */
function letProcessEnd(socket: Socket): void {
  socket.unref();
  socket.ref = () => socket;
  // Each further address of a name is tried by a new handle.
  socket.on('connectionAttempt', () => socket.unref());
}

class ConnectTimeoutError extends Error {
  readonly code = 'UND_ERR_CONNECT_TIMEOUT';
}

function lazily<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
