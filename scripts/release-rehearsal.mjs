// A release as it will be, on a registry of this machine's own: what stands in the last commit is
// published with the real release command, and used as its users will use it, in empty folders
// outside the repository. Nothing stays behind, neither here nor in the working tree.
//
//   node scripts/release-rehearsal.mjs [--port <number>]
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { temporaryFolder } from './release/leaving.mjs';
import { orRefused } from './release/refusal.mjs';
import {
  clonedAndBuilt,
  developedFurther,
  uncommittedPaths,
  versioned,
} from './release-rehearsal/clone.mjs';
import { figures } from './release-rehearsal/figures.mjs';
import { monthsApart } from './release-rehearsal/months-apart.mjs';
import { npmSettings, startRegistry } from './release-rehearsal/registry.mjs';
import { publishedSize, released } from './release-rehearsal/release.mjs';
import { secondsSince, step } from './release-rehearsal/step.mjs';
import { smallPackages, usedAlone, usedFromAnywhere } from './release-rehearsal/users.mjs';
import { workspacePackages } from './workspace.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DUMPS = join(ROOT, 'fixtures/dumps/x86_64-6.12');
const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });

await orRefused('release-rehearsal', async () => {
  const started = performance.now();
  const folder = temporaryFolder('pagewright-rehearsal');
  const place = (name) => join(folder, name);
  const registry = await startRegistry(place('registry'), values.port);
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

  const { architectures, others } = smallPackages(workspacePackages());
  // One by itself, so that the time of its installation is not that of all the others.
  const timed = await usedAlone(architectures[0], { place, env });
  const [newer, older] = [architectures[0].name, architectures.at(-1).name];
  await Promise.all([
    ...[...architectures.slice(1), ...others].map((each) => usedAlone(each, { place, env })),
    usedFromAnywhere({ place, env }, versionOf('@pagewright/cli'), DUMPS),
    // Meanwhile, months go by.
    developedFurther(clone, newer.split('/')[1]).then(() => versioned(clone)),
  ]);

  const second = await step(
    (all) => `later published ${all.map(({ name, version }) => `${name} ${version}`).join(', ')}`,
    released(clone, env),
  );
  if (second.some(({ name }) => name === older)) throw new Error(`${older} was released again`);
  const old = { name: older, version: versionOf(older) };
  await step(
    (all) => `released months apart, and at work together: ${all.join(', ')}`,
    monthsApart(old, { name: newer }, place('months-apart'), env),
  );

  process.chdir(ROOT);
  await registry.stop();
  console.log(figures({ published: first, sizes, timed, seconds: secondsSince(started) }));
});
