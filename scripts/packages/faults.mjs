// What is wrong with a package as it is packed: each a line that says what, and where.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

const HOME = 'https://github.com/pagewright/pagewright';
/** A line of an example that says what it answers. */
const ANSWER = / \/\/ => /;

/**
 * All faults of the package unpacked in `unpacked`.
 * @param folder where the package lies in the repository
 * @param licence text of the repository's licence
 */
export function packageFaults(unpacked, folder, licence) {
  const text = (file) =>
    existsSync(join(unpacked, file)) ? readFileSync(join(unpacked, file), 'utf8') : '';
  const manifest = JSON.parse(text('package.json'));
  return [
    ...fileFaults(manifest, text, licence),
    ...shownFaults(manifest, folder),
    ...entryFaults(manifest, unpacked),
    ...rangeFaults(manifest),
    ...mapFaults(unpacked),
  ];
}

/** A package that is run, not imported. */
const isProgram = (manifest) => manifest.bin !== undefined;

function fileFaults(manifest, text, licence) {
  const readme = text('README.md');
  const faults = [];
  for (const file of ['README.md', 'CHANGELOG.md']) {
    if (!text(file).startsWith(`# ${manifest.name}\n`)) {
      faults.push(`${file}: missing, or its heading is not "# ${manifest.name}"`);
    }
  }
  if (text('LICENSE') !== licence) faults.push("LICENSE: not the repository's");
  const install = isProgram(manifest) ? 'npm i -g' : 'npm i';
  const wanted = [manifest.name, ...Object.keys(manifest.peerDependencies ?? {})].filter(
    (name) => !manifest.peerDependenciesMeta?.[name]?.optional,
  );
  const installing = readme.split('\n').find((line) => line.startsWith(install)) ?? '';
  for (const name of wanted) {
    if (!installing.split(' ').includes(name)) {
      faults.push(`README.md: no "${install} ..." line names ${name}`);
    }
  }
  const language = isProgram(manifest) ? 'console' : 'ts';
  const blocks = [...readme.matchAll(/```(\w+)\n([\s\S]*?)```/g)].filter((m) => m[1] === language);
  const says = isProgram(manifest) ? /^\$ .+\n[^$]/m : ANSWER;
  if (!blocks.some((block) => says.test(block[2]))) {
    faults.push(`README.md: no worked example (\`\`\`${language}) that says what it answers`);
  }
  return faults;
}

/** What a registry's page shows. */
function shownFaults(manifest, folder) {
  const expected = {
    license: 'MIT',
    homepage: `${HOME}/tree/main/${folder}#readme`,
    bugs: `${HOME}/issues`,
    repository: { type: 'git', url: `git+${HOME}.git`, directory: folder },
    // Where a release comes from is said by the workflow that makes it: a provenance here would
    // refuse every other way of publishing.
    publishConfig: { access: 'public' },
    type: 'module',
  };
  const faults = Object.entries(expected)
    .filter(([key, value]) => JSON.stringify(manifest[key]) !== JSON.stringify(value))
    .map(([key, value]) => `package.json: ${key} is not ${JSON.stringify(value)}`);
  if (!(manifest.keywords?.length > 0)) faults.push('package.json: no keywords');
  if (!manifest.description) faults.push('package.json: no description');
  if (!manifest.engines?.node) faults.push('package.json: no engines.node');
  return faults;
}

function entryFaults(manifest, unpacked) {
  const faults = [];
  const packed = (path, what) => {
    // Of a pattern, the folder is looked for.
    if (!existsSync(join(unpacked, path.split('*')[0])))
      faults.push(`${what}: ${path} is not packed`);
  };
  for (const [subPath, target] of Object.entries(manifest.exports ?? {})) {
    const what = `exports["${subPath}"]`;
    if (typeof target === 'string') {
      if (/\.[cm]?js$/.test(target)) faults.push(`${what}: without types`);
      packed(target, what);
      continue;
    }
    if (Object.keys(target)[0] !== 'types') faults.push(`${what}: types do not come first`);
    for (const path of Object.values(target)) packed(path, what);
  }
  const programs = Object.values(manifest.bin ?? {});
  for (const path of programs) packed(path, 'bin');
  // A library's modules do nothing when they are loaded; of a program's, those that are listed do.
  const { sideEffects } = manifest;
  if (programs.length === 0 && sideEffects !== false) {
    faults.push('package.json: sideEffects is not false');
  }
  for (const path of programs) {
    if (!sideEffects?.includes?.(path)) faults.push(`package.json: sideEffects without ${path}`);
  }
  return faults;
}

/** Ranges of the packages of this repository. */
function rangeFaults(manifest) {
  const faults = [];
  for (const kind of ['dependencies', 'peerDependencies', 'optionalDependencies']) {
    for (const [name, range] of Object.entries(manifest[kind] ?? {})) {
      if (/^(workspace|file|link):/.test(range)) faults.push(`${kind}: ${name} is ${range}`);
      if (!name.startsWith('@pagewright/')) continue;
      const [right, form] = isProgram(manifest)
        ? ['dependencies', /^\d+\.\d+\.\d+$/]
        : ['peerDependencies', /^\^\d+\.\d+\.\d+$/];
      if (kind !== right || !form.test(range)) {
        faults.push(`${kind}: ${name} is ${range}, not ${form.source} of ${right}`);
      }
    }
  }
  return faults;
}

/** Every script has its map, and every map the sources that it names: those are not packed. */
function mapFaults(unpacked) {
  const faults = [];
  const scripts = readdirSync(unpacked, { recursive: true })
    .map(String)
    .filter((path) => path.endsWith('.js'));
  for (const script of scripts) {
    const comment = /\/\/# sourceMappingURL=(\S+)\s*$/;
    const named = comment.exec(readFileSync(join(unpacked, script), 'utf8'))?.[1];
    const map = named && posix.join(posix.dirname(script), named);
    if (!map || !existsSync(join(unpacked, map))) {
      faults.push(`${script}: no source map`);
      continue;
    }
    const { sources, sourcesContent = [] } = JSON.parse(readFileSync(join(unpacked, map), 'utf8'));
    const without = sources.filter((_, i) => typeof sourcesContent[i] !== 'string');
    for (const source of without) faults.push(`${map}: without the content of ${source}`);
  }
  return faults;
}
