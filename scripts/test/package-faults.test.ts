import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { packageFaults } from '../packages/faults.mjs';

const HOME = 'https://github.com/pagewright/pagewright';
const LICENCE = 'The licence.\n';
const temporary = mkdtempSync(join(tmpdir(), 'pagewright-faults-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

type Json = Record<string, unknown>;

const LIBRARY: Json = {
  name: '@pagewright/arch-vax',
  description: 'VAX.',
  keywords: ['vax'],
  homepage: `${HOME}/tree/main/packages/arch-vax#readme`,
  bugs: `${HOME}/issues`,
  license: 'MIT',
  repository: { type: 'git', url: `git+${HOME}.git`, directory: 'packages/arch-vax' },
  type: 'module',
  sideEffects: false,
  exports: {
    '.': { types: './dist/index.d.ts', default: './dist/index.js' },
    './package.json': './package.json',
  },
  engines: { node: '>=20.19' },
  publishConfig: { access: 'public' },
  peerDependencies: { '@pagewright/core': '^1.0.0' },
};
const { peerDependencies: _, ...alone } = LIBRARY;
const PROGRAM: Json = {
  ...alone,
  bin: { vax: './dist/index.js' },
  sideEffects: ['./dist/index.js'],
  dependencies: { '@pagewright/core': '1.0.0' },
};
const MAP = JSON.stringify({ sources: ['../src/index.ts'], sourcesContent: ['the source'] });

/** Faults of a package that is right but for the changed files and manifest (undefined: missing). */
function faultsWith(
  manifest: Json,
  files: Readonly<Record<string, string | undefined>> = {},
): string[] {
  const folder = mkdtempSync(join(temporary, 'package-'));
  const all = {
    'package.json': JSON.stringify(manifest),
    'README.md':
      '# @pagewright/arch-vax\nnpm i @pagewright/core @pagewright/arch-vax\n```ts\n1 + 1; // => 2\n```\n',
    'CHANGELOG.md': '# @pagewright/arch-vax\n',
    LICENSE: LICENCE,
    'dist/index.d.ts': 'export {};\n',
    'dist/index.js': 'export {};\n//# sourceMappingURL=index.js.map\n',
    'dist/index.js.map': MAP,
    ...files,
  };
  for (const [file, text] of Object.entries(all)) {
    if (text === undefined) continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return packageFaults(folder, 'packages/arch-vax', LICENCE);
}

const PROGRAM_README = {
  'README.md':
    '# @pagewright/arch-vax\nnpm i -g @pagewright/arch-vax\n```console\n$ vax 1\none\n```\n',
};

test('a package that has all has no fault', () => {
  expect(faultsWith(LIBRARY)).toEqual([]);
  expect(faultsWith(PROGRAM, PROGRAM_README)).toEqual([]);
});

describe('a library is refused', () => {
  const defaultFirst = { default: './dist/index.js', types: './dist/index.d.ts' };
  const manifests: [string, Json][] = [
    ['package.json: license is not "MIT"', { license: 'ISC' }],
    ['package.json: homepage is not', { homepage: undefined }],
    ['package.json: bugs is not', { bugs: undefined }],
    ['package.json: repository is not', { repository: { type: 'git', url: HOME } }],
    [
      'package.json: publishConfig is not',
      { publishConfig: { access: 'public', provenance: true } },
    ],
    ['package.json: type is not "module"', { type: undefined }],
    ['package.json: no keywords', { keywords: [] }],
    ['package.json: no description', { description: '' }],
    ['package.json: no engines.node', { engines: undefined }],
    ['package.json: sideEffects is not false', { sideEffects: undefined }],
    ['package.json: sideEffects is not false', { sideEffects: ['./dist/index.js'] }],
    ['exports["."]: types do not come first', { exports: { '.': defaultFirst } }],
    ['exports["."]: without types', { exports: { '.': './dist/index.js' } }],
    [
      'exports["."]: ./dist/x.js is not packed',
      { exports: { '.': { types: './dist/index.d.ts', default: './dist/x.js' } } },
    ],
    [
      'peerDependencies: @pagewright/core is workspace:^',
      { peerDependencies: { '@pagewright/core': 'workspace:^' } },
    ],
    [
      'peerDependencies: @pagewright/core is >=1.0.0, not',
      { peerDependencies: { '@pagewright/core': '>=1.0.0' } },
    ],
    [
      'dependencies: @pagewright/mm is ^1.0.0, not',
      { dependencies: { '@pagewright/mm': '^1.0.0' } },
    ],
  ];
  test.each(manifests)('%s', (fault, changed) => {
    expect(faultsWith({ ...LIBRARY, ...changed })[0]).toContain(fault);
  });

  const files: [string, Record<string, string | undefined>][] = [
    ['README.md: missing', { 'README.md': undefined }],
    [
      'README.md: no "npm i ..." line names @pagewright/core',
      {
        'README.md': '# @pagewright/arch-vax\nnpm i @pagewright/arch-vax\n```ts\n1; // => 1\n```\n',
      },
    ],
    [
      'README.md: no worked example',
      { 'README.md': '# @pagewright/arch-vax\nnpm i @pagewright/core @pagewright/arch-vax\n' },
    ],
    ['CHANGELOG.md: missing', { 'CHANGELOG.md': undefined }],
    ["LICENSE: not the repository's", { LICENSE: undefined }],
    ['dist/index.js: no source map', { 'dist/index.js.map': undefined }],
    ['dist/index.js: no source map', { 'dist/index.js': 'export {};\n' }],
    [
      'dist/index.js.map: without the content of ../src/index.ts',
      { 'dist/index.js.map': '{"sources":["../src/index.ts"]}' },
    ],
  ];
  test.each(files)('%s (file)', (fault, changed) => {
    expect(faultsWith(LIBRARY, changed)[0]).toContain(fault);
  });
});

test('a program is refused that does not pin what it is made of, or whose entry would be dropped', () => {
  const dependencies = { '@pagewright/core': '^1.0.0' };
  const faults = faultsWith({ ...PROGRAM, dependencies, sideEffects: [] }, PROGRAM_README);
  expect(faults).toEqual([
    'package.json: sideEffects without ./dist/index.js',
    expect.stringContaining('dependencies: @pagewright/core is ^1.0.0, not'),
  ]);
});
