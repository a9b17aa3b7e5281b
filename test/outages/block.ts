import { subscribe } from 'node:diagnostics_channel';
import type { Block, Stage } from './cases.js';

interface Message {
  readonly request?: { readonly method?: string };
}

/** What undici, which only telemetry uses, says at the stage, and of which request. */
const CHANNELS: Readonly<Record<Stage, readonly [channel: string, method: string | undefined]>> = {
  'the connection': ['undici:client:beforeConnect', undefined],
  "the flag's headers": ['undici:client:sendHeaders', 'GET'],
  "the flag's body": ['undici:request:headers', 'GET'],
  "the export's headers": ['undici:client:sendHeaders', 'POST'],
  "the export's body": ['undici:request:headers', 'POST'],
};

/** Blocks the event loop once, as soon as a request of telemetry's is at that stage. @returns for how long it was */
export function blockAt({ stage, durationMs }: Block): () => number {
  const [channel, method] = CHANNELS[stage];
  let hasBegun = false;
  let blockedMs = 0;
  subscribe(channel, (message) => {
    if (!hasBegun && (method === undefined || (message as Message).request?.method === method)) {
      hasBegun = true;
      // After what is on its way now has left.
      setImmediate(() => {
        const before = performance.now();
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, durationMs);
        blockedMs = performance.now() - before;
      });
    }
  });
  return () => blockedMs;
}
