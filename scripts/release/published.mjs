// What a registry has of a package, and whether it is what would be published.
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { output, run } from './command.mjs';
import { Refusal } from './refusal.mjs';

// This repository silences npm, and here it is to be heard.
const JSON_ONLY = ['--json', '--loglevel=silent'];

/**
 * Compares a packed package with the registry: `new`, `same`, or the paths that differ. The ranges
 * of the workspace are left out: they follow what others released since.
 */
export async function comparedWithRegistry({ manifest, archive }, folder) {
  const spec = `${manifest.name}@${manifest.version}`;
  const { status, stdout } = await run('npm', ['view', spec, 'dist.integrity', ...JSON_ONLY]);
  const answer = stdout.trim() === '' ? undefined : JSON.parse(stdout);
  if (answer === undefined || answer.error?.code === 'E404') return { state: 'new' };
  if (status !== 0) throw new Refusal(`the registry does not answer: ${npmError(stdout)}`);
  const integrity = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (answer === integrity) return { state: 'same' };

  const place = mkdtempSync(join(folder, 'published-'));
  const args = ['pack', spec, '--pack-destination', place, ...JSON_ONLY];
  const [{ filename }] = Object.values(JSON.parse(await output('npm', args)));
  const [ours, theirs] = [
    await unpacked(archive, folder),
    await unpacked(join(place, filename), folder),
  ];
  const paths = [...new Set([...ours.keys(), ...theirs.keys()])].filter(
    (path) => !isDeepStrictEqual(part(path, ours, manifest), part(path, theirs, manifest)),
  );
  return paths.length === 0 ? { state: 'same' } : { state: 'other', paths: paths.sort() };
}

/** The one line of npm's account of what went wrong. */
export function npmError(stdout) {
  const { error } = JSON.parse(stdout.slice(stdout.indexOf('{')));
  return `${error.summary || error.code}`.trim().split('\n')[0];
}

/** The files of an archive by their paths. */
async function unpacked(archive, folder) {
  const place = mkdtempSync(join(folder, 'unpacked-'));
  await output('tar', ['-xzf', archive, '-C', place, '--strip-components=1']);
  const paths = readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.map((path) => [path.slice(place.length + 1), readFileSync(path)]));
}

function part(path, files, manifest) {
  const bytes = files.get(path);
  if (path !== 'package.json' || bytes === undefined) return bytes;
  const packed = JSON.parse(bytes.toString());
  for (const kind of ['dependencies', 'peerDependencies', 'devDependencies']) {
    for (const [name, range] of Object.entries(manifest[kind] ?? {})) {
      if (range.startsWith('workspace:') && packed[kind]?.[name]) packed[kind][name] = range;
    }
  }
  return packed;
}
