import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Every TCP connection of a server. TLS hides the raw socket, and only that one can send a real RST; the
 * remote port finds it again.
 */
export class Sockets {
  readonly #byRemotePort = new Map<number, Socket>();

  watch(server: Pick<Server, 'on'>): void {
    server.on('connection', (socket: Socket) => {
      const port = socket.remotePort;
      if (port === undefined) return;
      this.#byRemotePort.set(port, socket);
      socket.once('close', () => this.#byRemotePort.delete(port));
      // Whatever becomes of a connection is the client's to notice.
      socket.on('error', () => {});
    });
  }

  /** Resets the connection of a request: the client sees ECONNRESET. */
  reset(request: IncomingMessage): void {
    const port = request.socket.remotePort;
    const raw = port === undefined ? undefined : this.#byRemotePort.get(port);
    raw?.resetAndDestroy();
    request.socket.destroy();
  }

  destroyAll(): void {
    for (const socket of this.#byRemotePort.values()) socket.destroy();
    this.#byRemotePort.clear();
  }
}
