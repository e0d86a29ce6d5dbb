// What npm users get: publint and attw over every library as it is packed. (attw does not do
// programs, so the CLI gets publint alone.)
import { spawnSync } from 'node:child_process';
import { workspacePackages } from './workspace.mjs';

let failures = 0;
function run(command, args) {
  const { status, stdout, stderr } = spawnSync(`node_modules/.bin/${command}`, args, {
    encoding: 'utf8',
    // npm, which attw packs with, says what went wrong only when it is not silent.
    env: { ...process.env, npm_config_loglevel: 'error' },
  });
  if (status === 0) return;
  failures += 1;
  console.log(`${command} ${args.join(' ')} ended with ${status}\n${stdout}${stderr}`);
}

const packages = workspacePackages();
for (const { folder, manifest } of packages) {
  run('publint', [folder, '--strict']);
  if (manifest.exports) run('attw', ['--pack', folder, '--profile', 'esm-only']);
}
console.log(`${packages.length} packages, ${failures} failures`);
if (packages.length === 0 || failures > 0) process.exitCode = 1;
