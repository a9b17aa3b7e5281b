import type { Socket } from 'node:net';

/**
 * Resolves at the event; rejects if the socket fails or closes first. Its listener for errors stays, so
 * that a later error of a socket that nobody waits for is not an uncaught exception.
 */
export function happened(socket: Socket, event: 'connect' | 'secureConnect' | 'readable'): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, () => resolve());
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the socket was closed')));
  });
}
