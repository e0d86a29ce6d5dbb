// Core with any one architecture, minified and gzipped, stays small; and a package from which
// nothing is used leaves nothing behind, so that bundlers can drop what a program does not need.
import { bundledBytes, LIMIT_BYTES } from './bundled-bytes.mjs';
import { libraries } from './workspace.mjs';

/** One name of core brings in at most this share of all of it. */
const SHAKEN_SHARE = 0.5;
const CORE = 'packages/core';

const nothing = await bundledBytes('', CORE);
let failures = 0;
function check(what, bytes, limitBytes) {
  const ok = bytes <= limitBytes;
  if (!ok) failures += 1;
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${what}: ${bytes} bytes (at most ${limitBytes})`);
}

const OWN = './dist/index.js';
for (const { folder, manifest } of libraries()) {
  const { name, peerDependencies = {} } = manifest;
  if (/\/(core|arch-|xen-)/.test(name)) {
    const parts = [...Object.keys(peerDependencies), OWN];
    const source = parts.map((part, i) => `export * as p${i} from '${part}';`).join('\n');
    check(`${name} with core`, await bundledBytes(source, folder), LIMIT_BYTES);
  }
  check(`${name}, nothing used`, await bundledBytes(`import '${OWN}';`, folder), nothing);
}

const whole = await bundledBytes(`export * from '${OWN}';`, CORE);
const core = Object.keys(await import('../packages/core/dist/index.js'));
const each = [];
for (const name of core) each.push(await bundledBytes(`export { ${name} } from '${OWN}';`, CORE));
const smallest = Math.min(...each);
if (core.length > 0) check('one name of core', smallest, Math.round(whole * SHAKEN_SHARE));
if (failures > 0) process.exitCode = 1;
