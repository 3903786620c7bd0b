import { defineConfig } from 'vitest/config';

/** `npm run fuzz`: the searches run until their time is over, which is no business of the ordinary tests. */
export default defineConfig({
  test: { include: ['test/fuzz/**/*.fuzz.ts'], testTimeout: 0, fileParallelism: false, passWithNoTests: false },
});
