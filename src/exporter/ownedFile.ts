import { closeSync, constants, fstatSync, openSync, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

const OWNER_ONLY = 0o600;
const OTHERS = 0o077;

// A symbolic link is not followed; a pipe that nobody reads is not waited for. Windows knows neither.
const APPEND =
  constants.O_WRONLY |
  constants.O_APPEND |
  constants.O_CREAT |
  (constants.O_NOFOLLOW ?? 0) |
  (constants.O_NONBLOCK ?? 0);

/**
 * Creates a file for its owner only, or checks the one that is there.
 *
 * @throws Error with the path, if it can't be written or others have access to it
 */
export function prepareOwnedFile(path: string): void {
  try {
    const descriptor = openSync(path, APPEND, OWNER_ONLY);
    try {
      checkOwned(fstatSync(descriptor));
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(`'${path}' can't be used: ${code ?? message}`, { cause: error });
  }
}

/** Opens such a file for appending. Rejects as `prepareOwnedFile` throws. */
export async function openOwnedFile(path: string): Promise<FileHandle> {
  const file = await open(path, APPEND, OWNER_ONLY);
  try {
    checkOwned(await file.stat());
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

function checkOwned(stats: Stats): void {
  if (!stats.isFile()) {
    throw new Error('it is no regular file');
  }
  // Windows has neither owners nor modes.
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
