import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const packages = fileURLToPath(new URL('packages', import.meta.url));

/** One configuration for all packages; tests see the sources of the workspace, not its builds. */
export default defineConfig({
  resolve: {
    alias: [
      { find: /^@pagewright\/([^/]+)$/, replacement: `${packages}/$1/src/index.ts` },
      { find: /^@pagewright\/([^/]+)\/(.+)$/, replacement: `${packages}/$1/src/$2.ts` },
    ],
  },
  test: {
    include: ['{packages,apps}/*/test/**/*.test.ts', 'scripts/test/**/*.test.ts'],
    // Sweeps are long on a slow machine with all its cores busy.
    testTimeout: 30_000,
    coverage: { include: ['{packages,apps}/*/src/**/*.ts'] },
  },
});
