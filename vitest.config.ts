import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    // Vite would load graphql's index.mjs and Node its index.js: two copies, whose schemas do not know each other.
    alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
  },
  test: {
    include: ['test/**/*.test.ts', 'sdk/test/**/*.test.ts'],
    // Processes, as the server is one: drivers with native code do not share a heap.
    pool: 'forks',
    // More than the cores of a small machine: much of what is tested is waiting.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default', './scripts/skipped-reporter.mjs'],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts', 'sdk/src/**/*.ts'],
      exclude: ['**/generated/**'],
      reporter: ['text-summary', 'html', 'json-summary'],
    },
  },
});
