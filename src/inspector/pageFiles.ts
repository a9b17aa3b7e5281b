import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathOf } from '../builtinModules.js';

/** This file, as a path or a URL: CommonJS knows it by one name, ESM by another, and a bundler by none. */
const ownFile: string | undefined = typeof __filename === 'string' ? __filename : import.meta.url;

/** A file of the page, as it is served. */
export interface PageFile {
  readonly type: string;
  readonly content: Buffer;
}

const FILES: ReadonlyArray<readonly [resource: string, name: string, type: string]> = [
  ['', 'index.html', 'text/html; charset=utf-8'],
  ['app.js', 'app.js', 'text/javascript; charset=utf-8'],
  ['app.css', 'app.css', 'text/css; charset=utf-8'],
  ['icon.svg', 'icon.svg', 'image/svg+xml'],
];

/** Where the page is, as seen from this file: in the package, and in the repository. */
const FOLDERS = ['inspector', '../../dist/inspector'];

/**
 * Reads the page, by resource.
 *
 * @param folder default: where the package has it
 * @throws Error if it is not there, as in an application that a bundler made
 */
export function readPageFiles(folder?: string): ReadonlyMap<string, PageFile> {
  for (const candidate of folder === undefined ? defaultFolders() : [folder]) {
    const files = readFolder(candidate);
    if (files !== undefined) {
      return files;
    }
  }
  throw new Error("the inspector's page was not found beside its code; leave this package out of the bundle");
}

function defaultFolders(): string[] {
  if (ownFile === undefined) {
    return [];
  }
  const path = pathOf(ownFile);
  return FOLDERS.map((folder) => join(path, '..', folder));
}

function readFolder(folder: string): ReadonlyMap<string, PageFile> | undefined {
  try {
    return new Map(
      FILES.map(([resource, name, type]) => [resource, { type, content: readFileSync(join(folder, name)) }]),
    );
  } catch {
    return undefined;
  }
}
