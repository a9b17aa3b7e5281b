import type { Socket } from 'node:net';

/**
 * Resolves at the event; rejects if the socket fails or closes first. The listener for errors stays: a
 * socket may fail again when nobody waits for it any more (TLS over a socket that failed does), and an
 * error without a listener is an uncaught exception.
 */
export function happened(socket: Socket, event: 'connect' | 'secureConnect' | 'readable'): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, () => resolve());
    socket.on('error', reject);
    socket.once('close', () => reject(new Error('the socket was closed')));
  });
}
