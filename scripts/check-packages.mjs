// What npm users get: every package is packed as it is released, and what was packed is looked
// through here and by publint and attw. (attw does not do programs.)
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageFaults } from './packages/faults.mjs';
import { pack, run } from './packages/pack.mjs';
import { workspacePackages } from './workspace.mjs';

const licence = readFileSync('LICENSE', 'utf8');
const into = mkdtempSync(join(tmpdir(), 'pagewright-packed-'));
process.on('exit', () => rmSync(into, { recursive: true, force: true }));

async function faultsOf({ folder, manifest }) {
  const { archive, unpacked } = await pack(folder, into);
  const linters = [['publint', [archive, '--strict']]];
  if (manifest.exports?.['.']) linters.push(['attw', [archive, '--profile', 'esm-only']]);
  const faults = packageFaults(unpacked, folder, licence);
  for (const [linter, args] of linters) {
    const { status, said } = await run(linter, args);
    if (status !== 0) faults.push(`${linter} ended with ${status}\n${said}`);
  }
  return faults.map((fault) => `${folder}: ${fault}`);
}

const packages = workspacePackages();
const left = packages.values();
const faults = [];
async function work() {
  for (const each of left) faults.push(...(await faultsOf(each)));
}
await Promise.all(Array.from({ length: availableParallelism() }, work));
for (const fault of faults) console.log(fault);
console.log(`${packages.length} packages, ${faults.length} faults`);
if (packages.length === 0 || faults.length > 0) process.exitCode = 1;
