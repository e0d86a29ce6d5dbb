// The architectures of the workspace, as they are built.
import { readdirSync } from 'node:fs';

const packages = new URL('../packages/', import.meta.url);

/** Every backend that a package `arch-*` exports, in the order of the packages' names. */
export async function builtBackends() {
  const folders = readdirSync(packages).filter((name) => name.startsWith('arch-'));
  const backends = [];
  for (const folder of folders.sort()) {
    const module = await import(new URL(`${folder}/dist/index.js`, packages).href);
    backends.push(...Object.values(module).filter((value) => Array.isArray(value?.forms)));
  }
  return backends;
}
