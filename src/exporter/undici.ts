import { withoutTracing } from '../suppressTracing.js';

export type Undici = typeof import('undici');

/**
 * Begins to load undici, which takes longer than all the rest of this package: in the background, when an
 * exporter is made, so that only who sends pays for it, and not while a query waits.
 */
export function loadUndici(): Promise<Undici> {
  const undici = withoutTracing(() => import('undici'));
  // Whoever sends hears of a failure; until then it is nobody's.
  undici.catch(() => undefined);
  return undici;
}
