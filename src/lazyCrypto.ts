/** `node:crypto` takes a tenth of this package's time to load, and nothing needs it before the first connection. */
function crypto(): typeof import('node:crypto') {
  return process.getBuiltinModule('node:crypto');
}

export function randomUuid(): string {
  return crypto().randomUUID();
}

/** SHA-256 of all parts, each after its length: no two different lists of parts run together into one. */
export function digestOf(parts: ReadonlyArray<string | Buffer | undefined>): string {
  const hash = crypto().createHash('sha256');
  for (const part of parts) {
    hash.update(`${part === undefined ? '-' : Buffer.byteLength(part)};`).update(part ?? '');
  }
  return hash.digest('base64url');
}
