// How much of a web page a package costs.
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** Core with one architecture, minified and gzipped, has at most this many bytes. */
export const LIMIT_BYTES = 25_000;

/**
 * Size, minified and gzipped, of the bundle that `source`, a module in `folder`, makes of built
 * packages. A module that only Node has is an error in a bundle for browsers.
 */
export async function bundledBytes(source, folder) {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: folder },
    bundle: true,
    minify: true,
    treeShaking: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    logLevel: 'silent',
  });
  return gzipSync(outputFiles[0].contents).length;
}
