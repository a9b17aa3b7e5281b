import { generate } from 'selfsigned';

export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** A server certificate and the authority that signed it. All PEM. */
export interface TestCertificate extends KeyPair {
  readonly ca: string;
  readonly caKey: string;
}

const EC = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;

/** A fresh authority and, signed by it, a certificate for the names under which tests reach the server. */
export async function makeTestCertificate(): Promise<TestCertificate> {
  const authority = await generate([{ name: 'commonName', value: 'Local Databricks test authority' }], {
    ...EC,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: 'localhost' }], {
    ...EC,
    ca: { cert: authority.cert, key: authority.private },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: '127.0.0.1' },
          { type: 2, value: 'localhost' },
          { type: 2, value: '*.cloud.databricks.test' },
        ],
      },
    ],
  });
  return { cert: server.cert, key: server.private, ca: authority.cert, caKey: authority.private };
}

/** A client certificate that a server with `requireClientCertificate` accepts: same authority. */
export async function makeClientCertificate(signer?: TestCertificate): Promise<KeyPair> {
  const { ca, caKey } = signer ?? (await defaultTestCertificate());
  const client = await generate([{ name: 'commonName', value: 'test client' }], {
    ...EC,
    ca: { cert: ca, key: caKey },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', clientAuth: true },
    ],
  });
  return { cert: client.cert, key: client.private };
}

let shared: Promise<TestCertificate> | undefined;

/** The certificate that all servers of this process share: one key generation is enough. */
export function defaultTestCertificate(): Promise<TestCertificate> {
  shared ??= makeTestCertificate();
  return shared;
}
