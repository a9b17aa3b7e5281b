import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RecordedRequest } from './types.js';

/** One HTTP request with its body read, and its answer. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly body: Buffer;
}

export async function readExchange(request: IncomingMessage, response: ServerResponse): Promise<Exchange> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return { request, response, path: request.url ?? '/', body: Buffer.concat(chunks) };
}

export function respond(
  exchange: Exchange,
  status: number,
  body: Buffer | string,
  headers: Readonly<Record<string, string>> = {},
): void {
  exchange.response.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) });
  exchange.response.end(body);
}

export function respondJson(exchange: Exchange, value: unknown, status = 200): void {
  respond(exchange, status, JSON.stringify(value), { 'content-type': 'application/json' });
}

export function headersOf(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

export function recorded({ request, path, body }: Exchange): RecordedRequest {
  return {
    method: request.method ?? '',
    path,
    headers: headersOf(request),
    body,
    at: performance.now(),
  };
}

export function bearerOf(request: IncomingMessage): string {
  return (request.headers.authorization ?? '').replace(/^Bearer /i, '');
}

/** The server by the name under which this request reached it: links that it hands out keep to that. */
export function originOf(request: IncomingMessage): string {
  return `https://${request.headers.host ?? ''}`;
}
