import { readFileSync } from 'node:fs';
import { defineConfig } from 'tsup';

/**
 * The build of every package: run in a package's folder, it bundles what that package's
 * `exports` and `bin` name (`./dist/X.js` is made from `src/X.ts`). Declarations come from `tsc`.
 */
export default defineConfig(() => {
  const manifest = readFileSync('package.json', 'utf8');
  const names = [...manifest.matchAll(/"\.\/dist\/([\w/-]+)\.js"/g)].map((match) => match[1]);
  return {
    entry: [...new Set(names)].map((name) => `src/${name}.ts`),
    format: 'esm',
    target: 'node20.19',
    sourcemap: true,
    splitting: true,
    treeshake: true,
    clean: true,
    silent: true,
  };
});
