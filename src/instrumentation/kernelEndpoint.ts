import type { ConnectionEndpoint, ConnectionRoute, CredentialHeaders } from '../connectionHandle.js';
import type { DriverKernelOptions } from './driverShapes.js';
import { type EndpointHeaders, orgIdOfPath } from './endpointHeaders.js';
import { endpointAt, unservable } from './wireEndpoint.js';
import { parseProxy } from './wireRoute.js';

interface KernelProxy {
  readonly url?: unknown;
  readonly username?: unknown;
  readonly password?: unknown;
  readonly bypassHosts?: unknown;
}

const HTTPS_PORT = 443;
const HOST = /^([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)(?::(\d{1,5}))?$/;

/** Where the kernel's requests go. */
export function endpointOfKernel(options: DriverKernelOptions, headers: EndpointHeaders): ConnectionEndpoint {
  const address = HOST.exec(typeof options.hostName === 'string' ? options.hostName : '');
  const host = address?.[1];
  if (host === undefined) {
    return unservable();
  }
  return endpointAt(host, Number(address?.[2] ?? HTTPS_PORT), routeOf(options), {
    orgId: headers.orgId ?? orgIdOfPath(options.httpPath),
    customHeaders: headers.customHeaders,
  });
}

/** Its static token as a header; none if it authenticates by anything else. */
export function credentialsOfKernel(options: DriverKernelOptions): CredentialHeaders {
  const { authMode, token, identityFederationClientId } = options;
  return authMode === 'Pat' && typeof token === 'string' && !identityFederationClientId
    ? { Authorization: `Bearer ${token}` }
    : {};
}

function routeOf(options: DriverKernelOptions): ConnectionRoute | undefined {
  const { checkServerCertificate, customCaCert, clientCertPem, clientKeyPem } = options;
  const proxy = options.proxy === undefined ? undefined : proxyOf(options.proxy as KernelProxy);
  if (options.proxy !== undefined && proxy === undefined) {
    return undefined;
  }
  return {
    https: true,
    rejectUnauthorized: checkServerCertificate !== false,
    ...(proxy !== undefined && { proxy }),
    // The kernel trusts it beside the public ones.
    ...(Buffer.isBuffer(customCaCert) && {
      ca: [...process.getBuiltinModule('node:tls').rootCertificates, customCaCert],
    }),
    ...(Buffer.isBuffer(clientCertPem) && { clientCert: clientCertPem }),
    ...(Buffer.isBuffer(clientKeyPem) && { clientKey: clientKeyPem }),
  };
}

function proxyOf({ url, username, password, bypassHosts }: KernelProxy) {
  const proxy = bypassHosts === undefined ? parseProxy(url) : undefined;
  return (
    proxy && {
      ...proxy,
      ...(typeof username === 'string' && { username }),
      ...(typeof password === 'string' && { password }),
    }
  );
}
