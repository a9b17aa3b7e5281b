import { defineConfig } from 'vitest/config';

/** Only the tests that `run.ts` asks for. */
const asked = (process.env['MUTANTS_TESTS'] ?? 'test').split(',');

export default defineConfig({
  test: {
    include: asked.map((path) => (path.endsWith('.ts') ? path : `${path}/**/*.test.ts`)),
    testTimeout: 20_000,
  },
});
