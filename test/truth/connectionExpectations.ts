import { release } from 'node:os';
import type { Backend, Reason } from './scenario.js';

export interface ConnectionExpectation {
  readonly fits: (value: unknown) => boolean;
  readonly unknowable?: Reason;
}

const is = (expected: unknown): ConnectionExpectation => ({ fits: (value) => value === expected });
const matches = (pattern: RegExp): ConnectionExpectation => ({
  fits: (value) => typeof value === 'string' && pattern.test(value),
});

/** What a true description of the connection says. */
export function connectionExpectations(
  backend: Backend,
  usesProxy: boolean,
): Readonly<Record<string, ConnectionExpectation>> {
  const isKernel = backend === 'kernel';
  const system = {
    driver_name: is('nodejs-sql-driver'),
    driver_version: is('2.1.0'),
    runtime_name: is('Node.js'),
    runtime_version: matches(new RegExp(`^v?${process.versions.node}$`)),
    runtime_vendor: is('Node.js Foundation'),
    os_name: is(process.platform),
    // The release may name its builder: its numbers are enough.
    os_version: {
      fits: (value: unknown) => typeof value === 'string' && value !== '' && release().startsWith(value),
    },
    os_arch: is(process.arch),
    locale_name: matches(/^[a-z]{2,3}_[A-Z]{2}$/),
    char_set_encoding: is('UTF-8'),
  };
  const parameters = {
    http_path: is('/sql/1.0/warehouses/0123456789abcdef'),
    mode: is(isKernel ? 'SEA' : 'THRIFT'),
    auth_mech: is('PAT'),
    auth_flow: is('TOKEN_PASSTHROUGH'),
    use_proxy: is(usesProxy),
    enable_arrow: is(true),
    enable_direct_results: is(true),
    enable_metric_view_metadata: is(false),
    socket_timeout: is(900),
    async_poll_interval_millis: isKernel ? { ...is(100), unknowable: 'kernel-inside' as const } : is(100),
  };
  return {
    auth_type: is('pat'),
    ...prefixed('system_configuration', system),
    ...prefixed('driver_connection_params', parameters),
  };
}

function prefixed(
  prefix: string,
  fields: Readonly<Record<string, ConnectionExpectation>>,
): Record<string, ConnectionExpectation> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [`${prefix}.${name}`, field]));
}
