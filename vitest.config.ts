import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    // Many tests watch a real driver, in part native, in real time: a loaded machine gets a second try.
    retry: process.env['CI'] === undefined ? 0 : 2,
    hookTimeout: 20_000,
    sequence: { shuffle: { tests: true } },
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'text', 'json-summary'],
      thresholds: { lines: 95 },
    },
  },
});
