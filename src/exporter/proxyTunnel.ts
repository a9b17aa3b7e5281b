import type { Socket } from 'node:net';
import type { ProxyRoute } from '../connectionHandle.js';
import type { HostAddress } from './address.js';
import { happened } from './socketEvents.js';

/** The longest answer to CONNECT that is read. */
const MAX_ANSWER_BYTES = 16_384;
const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})(?: |$)/;

/** The proxy answered, but would not open the tunnel. */
class TunnelRefusedError extends Error {
  readonly code = 'ERR_PROXY_TUNNEL';
}

/**
 * Asks a proxy for a tunnel to the target.
 *
 * @param socket connected to the proxy
 * @param secure puts TLS around a socket, with Node.js's own trust: the driver speaks so to an `https:` proxy
 * @returns the socket whose other end is the target
 */
export async function openTunnel(
  socket: Socket,
  proxy: ProxyRoute,
  target: HostAddress,
  secure: (socket: Socket, host: string) => Promise<Socket>,
): Promise<Socket> {
  const tunnel = proxy.protocol === 'https' ? await secure(socket, proxy.host) : socket;
  tunnel.write(connectRequest(proxy, target));
  const answer = await readAnswer(tunnel);
  const status = STATUS_LINE.exec(answer)?.[1];
  if (status !== '200') {
    throw new TunnelRefusedError(`the proxy answered ${status ?? 'something else than HTTP'}`);
  }
  return tunnel;
}

function connectRequest(proxy: ProxyRoute, { authority }: HostAddress): string {
  const lines = [
    `CONNECT ${authority} HTTP/1.1`,
    `Host: ${authority}`,
    'Proxy-Connection: keep-alive',
    ...(proxy.username === undefined || proxy.username === '' ? [] : [authorization(proxy)]),
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function authorization({ username, password }: ProxyRoute): string {
  const credentials = Buffer.from(`${username}:${password ?? ''}`).toString('base64');
  return `Proxy-Authorization: Basic ${credentials}`;
}

/** The head of the proxy's answer. What comes after it belongs to the target, which waits for us to begin. */
async function readAnswer(socket: Socket): Promise<string> {
  let answer = '';
  while (!answer.endsWith('\r\n\r\n')) {
    const chunk: Buffer | null = socket.read();
    if (chunk === null) {
      await happened(socket, 'readable');
      if (socket.readableLength === 0) {
        throw new TunnelRefusedError('the proxy hung up');
      }
    } else {
      answer += chunk.toString('latin1');
    }
    if (answer.length > MAX_ANSWER_BYTES) {
      throw new TunnelRefusedError('the proxy said more than it was asked for');
    }
  }
  return answer;
}
