import { sep } from 'node:path';
import { pathOf, requireOf } from '../builtinModules.js';
import { INSTRUMENTATION_SCOPE } from '../version.js';

/** This file, as a path or a URL: CommonJS knows it by one name, ESM by another, and a bundler by none. */
export const ownFile: string | undefined = typeof __filename === 'string' ? __filename : import.meta.url;

/** Whether this code runs from somewhere else than from the package's own folder. */
export function isBundled(file: string | undefined = ownFile): boolean {
  if (file === undefined) {
    return true;
  }
  try {
    const path = pathOf(file);
    const manifest = requireOf(path).resolve(`${INSTRUMENTATION_SCOPE}/package.json`);
    return !path.startsWith(manifest.slice(0, manifest.lastIndexOf(sep) + 1));
  } catch {
    return true;
  }
}
