// `npm start` and `npm test` on a machine that has only Node: install what the lockfile says when
// it changed, build what the sources say when they changed, then run the task (`setup`: nothing
// more). Set-up output goes to standard error, because standard output belongs to the task.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const rootManifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const INSTALL = ['install', '--frozen-lockfile', '--prefer-offline'];
const TASKS = {
  setup: undefined,
  start: ['apps/cli/dist/main.js'],
  test: ['node_modules/vitest/vitest.mjs', 'run'],
};
const stampFile = join(root, 'node_modules', '.pagewright-stamp');
const [task, ...args] = process.argv.slice(2);
if (!(task in TASKS)) fail(`no task '${task}', but ${Object.keys(TASKS).join(', ')}.`);

const oldest = rootManifest.engines.node.replace('>=', '').split('.').map(Number);
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
  fail(`Node ${rootManifest.engines.node} is needed, and this is ${process.versions.node}.`);
}

if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp()) {
  const pnpm = rootManifest.packageManager.split('+')[0];
  await setUp('installing', 'npx', ['--yes', pnpm, ...INSTALL]);
  writeFileSync(stampFile, stamp());
}
await setUp('building', 'turbo', ['run', 'build', '--output-logs=errors-only']);

if (TASKS[task]) {
  const [file, ...first] = TASKS[task];
  // A path that the user types is meant from where the user stands, not from the root.
  const cwd = task === 'start' ? (process.env.INIT_CWD ?? process.cwd()) : root;
  const child = spawn(process.execPath, [join(root, file), ...first, ...args], {
    cwd,
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => child.kill(signal));
  }
  child.on('exit', (code) => process.exit(code ?? 2));
}

/** What an installation depends on: if this is unchanged, `node_modules` is as it should be. */
function stamp() {
  const hash = createHash('sha256');
  hash.update(`${process.versions.modules} ${process.platform} ${process.arch}\n`);
  const manifests = ['packages', 'apps'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .sort()
      .map((name) => join(folder, name, 'package.json')),
  );
  for (const path of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...manifests]) {
    if (existsSync(join(root, path))) hash.update(path).update(readFileSync(join(root, path)));
  }
  return hash.digest('hex');
}

/** Runs one step; says so when it takes more than a moment, and shows its output when it fails. */
function setUp(doing, command, commandArgs) {
  return new Promise((resolve) => {
    const notice = setTimeout(() => console.error(`pagewright: ${doing} ...`), 1000);
    const step = spawn(command, commandArgs, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
        CI: 'true',
        TURBO_TELEMETRY_DISABLED: '1',
        npm_config_loglevel: 'warn',
      },
    });
    const output = [];
    step.stdout.on('data', (chunk) => output.push(chunk));
    step.stderr.on('data', (chunk) => output.push(chunk));
    step.on('error', (error) => fail(`${doing} failed: ${error.message}`));
    step.on('close', (code) => {
      clearTimeout(notice);
      if (code === 0) return resolve();
      process.stderr.write(Buffer.concat(output));
      fail(`${doing} failed: \`${command} ${commandArgs.join(' ')}\` ended with ${code}.`);
    });
  });
}

function fail(message) {
  console.error(`pagewright: ${message}`);
  process.exit(2);
}
