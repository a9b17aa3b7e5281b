/** What is mutated in a room, and the tests that should notice: fast ones, without a driver. */
export interface MutatedRoom {
  readonly mutate: readonly string[];
  readonly tests: readonly string[];
}

export const ROOMS: Readonly<Record<string, MutatedRoom>> = {
  tags: {
    // Rows, names and closed lists are data: the reference page, which a test compares, has every cell of them.
    mutate: ['src/tags/{kinds,errorCodes,table,withhold}.ts', 'src/nearestName.ts'],
    tests: ['test/tags'],
  },
  encoding: {
    mutate: ['src/exporter/encode*.ts', 'src/exporter/batchPieces.ts', 'src/exporter/jsonMembers.ts'],
    tests: ['test/exporter/encode.test.ts'],
  },
  processor: {
    mutate: ['src/processor/**/*.ts'],
    tests: ['test/processor'],
  },
  exporter: {
    mutate: ['src/exporter/{circuitBreaker,retry,retryAfter,judge}.ts'],
    tests: [
      'test/exporter/circuitBreaker.test.ts',
      'test/exporter/retry.test.ts',
      'test/exporter/retryAfter.test.ts',
      'test/exporter/judge.test.ts',
    ],
  },
  gate: {
    mutate: ['src/gate/{gate,featureFlag,flagTimes,flag}.ts'],
    tests: ['test/hosts/gate.test.ts', 'test/hosts/flagUnits.test.ts', 'test/hosts/featureFlag.test.ts'],
  },
};
