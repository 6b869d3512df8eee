import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: [
      "src/**/*.test.ts",
      "test/**/*.test.ts",
      "scripts/**/*.test.ts",
      "proofs/**/*.test.ts",
      "bench/**/*.test.ts",
    ],
    // Training in a test takes seconds, and CI's machines are slow.
    testTimeout: 60_000,
    // Two cores: more workers only wait for each other.
    maxWorkers: 2,
    // A test that lacks data skips; it never downloads them.
    env: { GANYMEDE_OFFLINE: "1" },
  },
});
