import { defineConfig } from 'vitest/config';

// Longer than CI has time for: many seeds, older servers, a kill at every line of a journal. Each file starts the servers that it needs.
export default defineConfig({
  test: {
    include: ['test/**/*.long.test.{ts,tsx}'],
    fileParallelism: false,
    testTimeout: 900_000,
    hookTimeout: 900_000,
    // What is polled for comes from controllers of others; a second, as by default, is not theirs to keep.
    expect: { poll: { timeout: 60_000 } },
    bail: 0,
  },
});
