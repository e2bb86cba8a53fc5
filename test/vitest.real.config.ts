import { defineConfig } from 'vitest/config';

// The suite on real servers. One file at a time: besides the shared Keycloak each may start one of its own on a two-core machine.
export default defineConfig({
  test: {
    include: ['test/**/*.real.test.{ts,tsx}'],
    globalSetup: ['test/harness/globalSetup.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 600_000,
    // What is polled for comes from controllers of others; a second, as by default, is not theirs to keep.
    expect: { poll: { timeout: 60_000 } },
    bail: 0,
  },
});
