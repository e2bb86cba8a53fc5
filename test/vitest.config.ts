import { defineConfig } from 'vitest/config';

// The quick suite: no network, no Java. What needs a real server lives in *.real.test.ts and *.long.test.ts.
export default defineConfig({
  test: { include: ['test/**/*.test.{ts,tsx}'], exclude: ['test/**/*.{real,long}.test.{ts,tsx}', '**/node_modules/**'], testTimeout: 120_000, hookTimeout: 120_000 },
});
