// What of the working tree stands against a release.
import { existsSync, readdirSync } from 'node:fs';
import { run } from './command.mjs';

/** One line for each thing that must be done first; none when the tree can be released. */
export async function obstaclesInTree(packages) {
  const waiting = unapplied();
  // What has no version yet may get one from them.
  const unversioned = waiting.length > 0 ? [] : packages.flatMap(neverVersioned);
  return [...(await uncommitted()), ...waiting, ...unversioned];
}

/** A release is what a commit says, so that it can be made again. */
async function uncommitted() {
  const { status, stdout } = await run('git', ['status', '--porcelain']);
  if (status !== 0) return ['this folder is no git repository: there is no commit to release'];
  const paths = stdout.split('\n').filter(Boolean);
  if (paths.length === 0) return [];
  const more = paths.length > 1 ? ` and ${paths.length - 1} more` : '';
  return [`the tree is dirty: commit ${paths[0].slice(3)}${more} first`];
}

/** Changesets that wait would be released under the numbers of the release before. */
function unapplied() {
  if (!existsSync('.changeset')) return [];
  const files = readdirSync('.changeset').filter((name) => /(?<!^README)\.md$/.test(name));
  if (files.length === 0) return [];
  return [`changesets wait (${files.join(', ')}): run \`npx changeset version\` and commit first`];
}

/** Packages begin with 0.0.0, and the first changeset that names one gives it a version. */
function neverVersioned({ manifest: { name, version } }) {
  return version === '0.0.0' ? [`${name} was never given a version: a changeset is missing`] : [];
}
