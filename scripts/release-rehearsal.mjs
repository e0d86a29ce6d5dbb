// A release as it will be, on a registry of this machine's own: what stands in the last commit is
// published with the real release command, and used as its users will use it, in empty folders
// outside the repository. Nothing stays behind, neither here nor in the working tree.
//
//   node scripts/release-rehearsal.mjs [--port <number>]
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { temporaryFolder } from './release/leaving.mjs';
import { orRefused } from './release/refusal.mjs';
import { alone } from './release-rehearsal/alone.mjs';
import {
  clonedAndBuilt,
  developedFurther,
  uncommittedPaths,
  versioned,
} from './release-rehearsal/clone.mjs';
import { commandLineAnswers, globalProgram } from './release-rehearsal/command-line.mjs';
import { figures } from './release-rehearsal/figures.mjs';
import { monthsApart } from './release-rehearsal/months-apart.mjs';
import { npmSettings, startRegistry } from './release-rehearsal/registry.mjs';
import { publishedSize, released } from './release-rehearsal/release.mjs';
import { backendsJudged, compiledBackends } from './release-rehearsal/third-party.mjs';
import { workspacePackages } from './workspace.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DUMPS = join(ROOT, 'fixtures/dumps/x86_64-6.12');
/** What is used without anything but core and, for xen-gntdev, an architecture. */
const SMALL = /\/(core|arch-|xen-)/;
const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });

const seconds = (since) => ((performance.now() - since) / 1000).toFixed(1);
/** Does one step, and says that it went well. */
async function step(what, task) {
  const started = performance.now();
  const result = await task;
  console.log(`ok  ${what(result)} (${seconds(started)} s)`);
  return result;
}

await orRefused('release-rehearsal', async () => {
  const started = performance.now();
  const folder = temporaryFolder('pagewright-rehearsal');
  const place = (name) => join(folder, name);
  const registry = await startRegistry(place('registry'), Number(values.port));
  const env = npmSettings(registry.address, place('npm-cache'));
  console.log(`registry at ${registry.address}, all else in ${folder}`);

  const left = await uncommittedPaths(ROOT);
  if (left > 0) console.log(`not rehearsed: ${left} paths that are not committed`);

  const clone = place('clone');
  await step(() => 'cloned and built', clonedAndBuilt(ROOT, clone));
  process.chdir(clone);
  await versioned(clone);
  const first = await step((all) => `published ${all.length} packages`, released(clone, env));
  const sizes = await Promise.all(first.map((each) => publishedSize(registry.address, each)));
  const versionOf = (name) => first.find((each) => each.name === name).version;

  const small = workspacePackages()
    .filter(({ manifest }) => SMALL.test(manifest.name))
    .map(({ folder: own, manifest: { name } }) => ({
      name,
      readme: readFileSync(join(own, 'README.md'), 'utf8'),
    }));
  const architectures = small.filter(({ name }) => name.includes('/arch-'));
  const useAlone = (each) =>
    step(
      ({ name, packages, promises, bundled }) =>
        `${name} as its README says: ${packages} packages, ${promises} promises kept, ` +
        `${bundled} bytes in a web page`,
      alone(each, place(`alone-${each.name.split('/')[1]}`), env),
    );
  // One by itself, so that the time of its installation is not that of all the others.
  const timed = await useAlone(architectures[0]);
  const program = globalProgram(place('global'), env);
  await Promise.all([
    ...small.filter((each) => each !== architectures[0]).map(useAlone),
    step(
      ({ forms, processes }) =>
        `pagewright, installed globally: decodes, ${forms} forms conform, ${processes} processes ` +
        'of the dump are what their kernel said',
      program.then((run) => commandLineAnswers(run, versionOf('@pagewright/cli'), DUMPS)),
    ),
    step(
      () => 'a backend of somebody else compiles against the types, is judged, and a mistake found',
      Promise.all([program, compiledBackends(place('third-party'), env)]).then((both) =>
        backendsJudged(...both),
      ),
    ),
  ]);

  const [newer, older] = [architectures[0].name, architectures.at(-1).name];
  await developedFurther(clone, newer.split('/')[1]);
  await versioned(clone);
  const second = await step(
    (all) => `later published ${all.map(({ name, version }) => `${name} ${version}`).join(', ')}`,
    released(clone, env),
  );
  if (second.some(({ name }) => name === older)) throw new Error(`${older} was released again`);
  await step(
    (all) => `released months apart, and at work together: ${all.join(', ')}`,
    monthsApart(
      { name: older, version: versionOf(older) },
      { name: newer },
      place('months-apart'),
      env,
    ),
  );

  process.chdir(ROOT);
  await registry.stop();
  console.log(figures({ published: first, sizes, timed, seconds: seconds(started) }));
});
