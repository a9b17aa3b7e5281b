import { useEffect, useState } from 'preact/hooks';

/** The views, as they stand in the address after `#`. */
export const VIEWS = ['state', 'operations', 'table', 'export'] as const;
export type View = (typeof VIEWS)[number];

export interface Route {
  readonly view: View;
  /** Of the operation that is shown. */
  readonly operation: number | undefined;
}

export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const onChange = (): void => setHash(location.hash);
    addEventListener('hashchange', onChange);
    return () => removeEventListener('hashchange', onChange);
  }, []);
  return parseRoute(hash);
}

export function parseRoute(hash: string): Route {
  const [name, id] = hash.replace(/^#/, '').split('/');
  const view = VIEWS.find((known) => known === name) ?? 'operations';
  const isOperation = view === 'operations' && id !== undefined && /^\d+$/.test(id);
  return { view, operation: isOperation ? Number(id) : undefined };
}
