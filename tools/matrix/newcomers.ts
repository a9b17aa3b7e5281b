import type { SetUp, SetUpName } from './readme.js';

export const PACKAGE_MANAGERS = ['npm', 'pnpm', 'yarn'] as const;
export type PackageManager = (typeof PACKAGE_MANAGERS)[number];

/** Somebody who sets the package up for the first time. */
export interface Newcomer {
  readonly setUp: SetUp;
  readonly node: number;
  readonly packageManager: PackageManager;
}

const NODES = [20, 22, 24, 26];
const OLDEST_NODE: Readonly<Partial<Record<SetUpName, number>>> = { 'SDK 3.x': 22 };

/**
 * @param all every set-up on every Node.js with every package manager; else a part, in which every two of these
 *   three meet
 */
export function newcomers(setUps: readonly SetUp[], all: boolean): readonly Newcomer[] {
  return setUps.flatMap((setUp, row) =>
    NODES.flatMap((node, column) => {
      const managers = all
        ? PACKAGE_MANAGERS
        : PACKAGE_MANAGERS.filter((_, index) => index === (row + column) % PACKAGE_MANAGERS.length);
      return node < (OLDEST_NODE[setUp.name] ?? 0)
        ? []
        : managers.map((packageManager) => ({ setUp, node, packageManager }));
    }),
  );
}

export function nameOf({ setUp, node, packageManager }: Newcomer): string {
  return `newcomer: ${setUp.name}, Node.js ${node}, ${packageManager}`;
}
