import { defineConfig } from 'vitest/config';

// The suite on real servers. One file at a time: each may start a Keycloak of its own on a two-core machine.
export default defineConfig({
  test: { include: ['test/**/*.real.test.{ts,tsx}'], fileParallelism: false, testTimeout: 300_000, hookTimeout: 600_000, bail: 0 },
});
