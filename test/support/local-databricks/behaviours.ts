import { type Exchange, respond, respondJson } from './exchange.js';
import type { Pauses } from './pauses.js';
import type { Sockets } from './sockets.js';
import type { EndpointBehaviour } from './types.js';

/** What an endpoint does next: first whatever was asked for a number of times, then the standing behaviour. */
export class BehaviourQueue {
  readonly #queue: { behaviour: EndpointBehaviour; left: number }[] = [];
  #standing: EndpointBehaviour = 'ok';

  answer(behaviour: EndpointBehaviour, times?: number): void {
    if (times === undefined) this.#standing = behaviour;
    else if (times > 0) this.#queue.push({ behaviour, left: times });
  }

  take(): EndpointBehaviour {
    const [first] = this.#queue;
    if (first === undefined) return this.#standing;
    first.left -= 1;
    if (first.left <= 0) this.#queue.shift();
    return first.behaviour;
  }

  clear(): void {
    this.#queue.length = 0;
    this.#standing = 'ok';
  }
}

type StatusBehaviour = Extract<EndpointBehaviour, { readonly status: number }>;

const HALF_BODY = '{"errors": [';
const CHUNK = Buffer.alloc(16 * 1024, ' ');
const CHUNK_PAUSE_MS = 2;

/** Acts out a behaviour; `answerOk` writes the endpoint's own good answer. */
export async function perform(
  behaviour: EndpointBehaviour,
  exchange: Exchange,
  answerOk: () => object,
  { pauses, sockets }: { readonly pauses: Pauses; readonly sockets: Sockets },
): Promise<void> {
  switch (behaviour) {
    case 'ok':
      return respondJson(exchange, answerOk());
    case 'hang':
      return;
    case 'hang-in-body':
      return halfAnswer(exchange);
    case 'reset':
      return sockets.reset(exchange.request);
    case 'reset-in-body':
      return halfAnswer(exchange, () => sockets.reset(exchange.request));
    case 'garbage':
      return respond(exchange, 200, '<html>not what you expect</html>', { 'content-type': 'text/html' });
    case 'endless-body':
      return endlessAnswer(exchange, pauses);
    default:
      if ('partial' in behaviour) return respondJson(exchange, answerOk());
      await pauses.pause(behaviour.delayMs);
      return respondStatus(exchange, behaviour, answerOk, pauses);
  }
}

async function respondStatus(
  exchange: Exchange,
  { status, retryAfter, location, body, bodyDelayMs }: StatusBehaviour,
  answerOk: () => object,
  pauses: Pauses,
): Promise<void> {
  const headers = {
    'content-type': 'application/json',
    ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
    ...(location === undefined ? {} : { location }),
  };
  const text = body ?? (status === 200 ? JSON.stringify(answerOk()) : JSON.stringify({ status }));
  if (bodyDelayMs !== undefined) {
    exchange.response.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(text)) });
    exchange.response.flushHeaders();
    await pauses.pause(bodyDelayMs);
    exchange.response.end(text);
    return;
  }
  respond(exchange, status, status === 204 || status === 304 ? '' : text, headers);
}

/** Headers that promise more than ever comes. */
function halfAnswer({ response }: Exchange, afterwards?: () => void): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write(HALF_BODY, afterwards);
}

/** Valid JSON so far, for ever: chunk after chunk until the client goes away. */
async function endlessAnswer({ response }: Exchange, pauses: Pauses): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json' });
  while (!response.destroyed && !response.closed) {
    if (!response.writableNeedDrain) response.write(CHUNK);
    await pauses.pause(CHUNK_PAUSE_MS);
  }
}
