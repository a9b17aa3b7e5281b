import { closeSync, constants, fstatSync, openSync, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

const OWNER_ONLY = 0o600;
const OTHERS = 0o077;

// A symbolic link is not followed; a pipe that nobody reads is not waited for. Windows knows neither.
const APPEND =
  constants.O_WRONLY | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const CREATE = APPEND | constants.O_CREAT | constants.O_EXCL;

/**
 * Creates a file for its owner only, or checks the one that is there.
 *
 * @throws Error with the path, if the file can't be written or is not its owner's alone
 */
export function prepareOwnedFile(path: string): void {
  try {
    prepare(path);
  } catch (error) {
    throw new Error(`'${path}' can't be used: ${reasonOf(error)}`, { cause: error });
  }
}

/** Opens such a file for appending, and checks it: it may have been exchanged for another. */
export async function openOwnedFile(path: string): Promise<FileHandle> {
  const file = await open(path, APPEND | constants.O_CREAT, OWNER_ONLY);
  try {
    checkOwn(await file.stat());
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

function prepare(path: string): void {
  const descriptor = openNew(path) ?? openSync(path, APPEND);
  try {
    checkOwn(fstatSync(descriptor));
  } finally {
    closeSync(descriptor);
  }
}

/** @returns `undefined` if there is a file already */
function openNew(path: string): number | undefined {
  try {
    return openSync(path, CREATE, OWNER_ONLY);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      return undefined;
    }
    throw error;
  }
}

/** @throws Error if others may read or write the file, or own it */
function checkOwn(stats: Stats): void {
  if (!stats.isFile()) {
    throw new Error('it is no regular file');
  }
  // Windows has neither.
  if (process.getuid === undefined) {
    return;
  }
  if (stats.uid !== process.getuid()) {
    throw new Error('it belongs to another user');
  }
  if ((stats.mode & OTHERS) !== 0) {
    throw new Error(`others have access to it (mode ${(stats.mode & 0o777).toString(8)}, allowed is 600)`);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ELOOP: 'it is a symbolic link',
  EMLINK: 'it is a symbolic link',
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'its folder is no folder',
  EISDIR: 'it is a folder',
  ENXIO: 'it is no regular file',
  EACCES: 'access is denied',
  EPERM: 'access is denied',
  EROFS: 'the file system is read-only',
};

/** For people. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined ? message : (REASONS[code] ?? code);
}
