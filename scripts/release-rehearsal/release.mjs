// The release command as the rehearsal runs it.
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { run } from '../release/command.mjs';
import { Refusal } from '../release/refusal.mjs';

/** Releases what stands in `clone`, and answers name and version of what was published. */
export async function released(clone, env) {
  const args = [join(clone, 'scripts/release.mjs')];
  const { status, stdout, stderr } = await run(process.execPath, args, { cwd: clone, env });
  if (status !== 0) throw new Refusal(...stderr.trim().split('\n'));
  return [...stdout.matchAll(/^published (\S+) (\S+)/gm)].map(([, name, version]) => ({
    name,
    version,
  }));
}

/** The size of something published: as one archive, and compressed. */
export async function publishedSize(address, { name, version }) {
  const file = `${name.split('/')[1]}-${version}.tgz`;
  const answer = await fetch(`http://${address}/${name}/-/${file}`);
  const gzipped = Buffer.from(await answer.arrayBuffer());
  return { packed: gunzipSync(gzipped).length, gzipped: gzipped.length };
}
