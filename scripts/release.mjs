// `npm run release [-- --dry-run]`, after a build: publishes the public packages of a workspace whose
// version the registry does not have, each after those that it needs, and tags them for changesets.
// A registry has no transactions, so whatever can be known to go wrong is looked at before anything
// is published; if the registry itself fails half-way, all that it has is complete, and another run
// goes on from there.
import { fileURLToPath } from 'node:url';
import { output, run } from './release/command.mjs';
import { temporaryFolder } from './release/leaving.mjs';
import { packedInOrder } from './release/packed.mjs';
import { comparedWithRegistry, npmError } from './release/published.mjs';
import { orRefused, Refusal } from './release/refusal.mjs';
import { obstaclesInTree } from './release/tree.mjs';
import { workspacePackages } from './workspace.mjs';

const CHANGESET = fileURLToPath(new URL('../node_modules/@changesets/cli/bin.js', import.meta.url));
const DRY_RUN = process.argv.includes('--dry-run');
const label = ({ manifest: { name, version } }) => `${name} ${version}`;

await orRefused('release', async () => {
  const packages = workspacePackages().filter(({ manifest }) => !manifest.private);
  const obstacles = await obstaclesInTree(packages);
  if (obstacles.length > 0) throw new Refusal(...obstacles);

  const folder = temporaryFolder('pagewright-release');
  const packed = await packedInOrder(packages, folder);
  const compared = await Promise.all(
    packed.map(async (each) => ({ each, ...(await comparedWithRegistry(each, folder)) })),
  );
  const changed = compared.filter(({ state }) => state === 'other');
  if (changed.length > 0) throw new Refusal(...changed.map(differs));

  for (const { each, state } of compared) {
    if (state === 'same') console.log(`skipped ${label(each)}: published before, and the same`);
  }
  await publish(compared.filter(({ state }) => state === 'new').map(({ each }) => each));
  if (!DRY_RUN) process.stdout.write(await output(process.execPath, [CHANGESET, 'tag']));
});

function differs({ each, paths }) {
  const more = paths.length > 1 ? ` and ${paths.length - 1} more` : '';
  return `${label(each)} is published with another ${paths[0]}${more}: a changeset is missing`;
}

async function publish(packed) {
  for (const [i, each] of packed.entries()) {
    if (!DRY_RUN) await publishOne(each, packed.slice(0, i));
    console.log(`${DRY_RUN ? 'would publish' : 'published'} ${label(each)} (${each.bytes} bytes)`);
  }
}

async function publishOne(each, before) {
  const args = ['publish', each.archive, '--json', '--loglevel=silent'];
  const { status, stdout } = await run('npm', args);
  if (status === 0) return;
  const done =
    before.length === 0
      ? 'nothing was published'
      : `published before it: ${before.map(label).join(', ')}; run this again to go on`;
  throw new Refusal(`${label(each)} was not published: ${npmError(stdout)}; ${done}`);
}
