/**
 * Node.js's `module` and `url`, asked for by a call. Imported, their names would stand at the top of a bundle,
 * where the usual banner of ES modules declares `createRequire`, `fileURLToPath` and `dirname` as well; and
 * webpack would take calls of an imported `createRequire` for imports that it has to follow.
 */

/** @returns a `require` as a file has it */
export function requireOf(file: string): NodeJS.Require {
  return moduleBuiltin().createRequire(file);
}

/** The files that `require` has loaded, by path. */
export function loadedFiles(): Readonly<Record<string, LoadedFile | undefined>> {
  return (moduleBuiltin() as unknown as { readonly _cache?: ReturnType<typeof loadedFiles> })._cache ?? {};
}

export interface LoadedFile {
  readonly exports?: unknown;
}

/** @param file as a path or a URL */
export function pathOf(file: string): string {
  return file.startsWith('file:') ? process.getBuiltinModule('node:url').fileURLToPath(file) : file;
}

function moduleBuiltin(): typeof import('node:module') {
  return process.getBuiltinModule('node:module');
}
