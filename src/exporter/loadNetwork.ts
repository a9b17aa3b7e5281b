import { withoutTracing } from '../suppressTracing.js';

export type Network = typeof import('./network.js');

/** Begins to load it in the background, when an exporter is made: not while a query waits. */
export function loadNetwork(): Promise<Network> {
  const network = withoutTracing(() => import('./network.js'));
  // The first request reports a failure. Until then the rejection is nobody's.
  network.catch(() => undefined);
  return network;
}
