import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The examples import the package by its name, as their users do.
  resolve: {
    alias: [
      { find: /^opentelemetry-databricks-sql$/, replacement: join(import.meta.dirname, 'src/index.ts') },
      {
        find: /^opentelemetry-databricks-sql\/driver$/,
        replacement: join(import.meta.dirname, 'src/driver.ts'),
      },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Only what hangs takes so long, also where other work keeps the machine busy.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    // Another order every time, but in CI: what it says of a change is not to depend on the day.
    sequence: { shuffle: { tests: true }, ...(process.env['CI'] !== undefined && { seed: 2026 }) },
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'text', 'json-summary'],
      thresholds: { lines: 95 },
    },
  },
});
