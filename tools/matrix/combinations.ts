export type SdkLine = 2 | 3;
export type Install = 'at once' | 'into an existing application';

export interface Combination {
  readonly sdk: SdkLine;
  readonly node: number;
  readonly install: Install;
}

/** The versions of Node.js that each line of the SDK runs on, the smallest first. */
const NODES: Readonly<Record<SdkLine, readonly number[]>> = { 2: [20, 22, 24, 26], 3: [22, 24, 26] };
const INSTALLS: readonly Install[] = ['at once', 'into an existing application'];

export function combinations(ci: boolean): readonly Combination[] {
  return ([2, 3] as const).flatMap((sdk) => {
    const nodes = ci ? NODES[sdk].slice(0, 1) : NODES[sdk];
    return nodes.flatMap((node) => INSTALLS.map((install) => ({ sdk, node, install })));
  });
}

/** What an application has besides this package, as ranges of npm. */
export const APPLICATION_PACKAGES: Readonly<Record<SdkLine, readonly string[]>> = {
  2: [
    '@opentelemetry/api@<1.10',
    '@opentelemetry/sdk-node@<0.300',
    '@opentelemetry/sdk-trace-base@2',
    '@opentelemetry/exporter-trace-otlp-http@<0.300',
    '@opentelemetry/context-async-hooks@2',
  ],
  3: [
    '@opentelemetry/api@1.10',
    '@opentelemetry/sdk-node@<0.400',
    '@opentelemetry/sdk-trace@3',
    '@opentelemetry/exporter-trace-otlp-http@<0.400',
    '@opentelemetry/context-async-hooks@3',
  ],
};

export const DRIVER_PACKAGE = '@databricks/sql@2';

/** For the type check: the driver's declarations need types that it does not bring along. */
export const TYPE_PACKAGES: readonly string[] = [
  'typescript@5',
  '@types/node@20',
  '@types/node-fetch@2',
  '@types/node-int64',
  '@types/thrift',
];
