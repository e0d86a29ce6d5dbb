import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { npmSettings, startRegistry } from '../release-rehearsal/registry.mjs';
import { TinyWorkspace } from './tiny-workspace.js';

/** Every release starts several other programs. */
const TIMEOUT_MS = 120_000;

let workspace: TinyWorkspace;
let folder: string;
let storage: string;
let registry: Awaited<ReturnType<typeof startRegistry>>;
let env: object;

/** A workspace, and an empty registry. */
async function setUp(): Promise<void> {
  workspace = new TinyWorkspace();
  folder = mkdtempSync(join(tmpdir(), 'pagewright-release-test-'));
  storage = join(folder, 'storage');
  registry = await startRegistry(storage);
  const settings = npmSettings(registry.address, join(folder, 'cache'));
  env = { ...settings, npm_config_fetch_retries: '0', TMPDIR: folder };
}

async function takeDown(): Promise<void> {
  await registry.stop();
  rmSync(folder, { recursive: true });
  workspace.remove();
}

/** The release command takes with it whatever it puts where temporary folders are. */
afterEach(() => {
  const left = readdirSync(folder).filter((name) => !/^(storage|cache)$/.test(name));
  expect(left).toEqual([]);
});

/** Archives in the storage of the registry. */
const published = (): string[] => {
  const scope = join(storage, '@pagewright');
  const files = existsSync(scope) ? readdirSync(scope, { encoding: 'utf8', recursive: true }) : [];
  return files.filter((file) => file.endsWith('.tgz')).sort();
};

/** A release that must be refused, with one line. */
async function refusal(): Promise<string> {
  const { status, stdout, stderr } = await workspace.release(env);
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  return stderr.trim();
}

describe('one release after the other', { timeout: TIMEOUT_MS }, () => {
  beforeAll(setUp);
  afterAll(takeDown);

  test('a dry run publishes nothing', async () => {
    const { stdout } = await workspace.release(env, '--dry-run');
    expect(stdout.match(/^would publish \S+/gm)).toHaveLength(2);
    expect([published(), workspace.git('tag')]).toEqual([[], '']);
  });

  test('what others need is published before them, and all is tagged', async () => {
    const { status, stdout, stderr } = await workspace.release(env);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout.match(/^published \S+ \S+/gm)).toEqual([
      'published @pagewright/below 1.0.0',
      'published @pagewright/above 1.0.0',
    ]);
    expect(published()).toEqual(['above/above-1.0.0.tgz', 'below/below-1.0.0.tgz']);
    // What changesets looks for to push tags.
    expect(stdout.match(/New tag: +@pagewright\/\w+@1\.0\.0/g)).toHaveLength(2);
    expect(workspace.git('tag').trim().split('\n')).toHaveLength(2);
  });

  test('a package that changed under its published version is refused, before any other', async () => {
    workspace.write('packages/above/dist/index.js', 'export const changed = true;\n');
    workspace.package('below', { version: '1.1.0' });
    workspace.commit();
    expect(await refusal()).toBe(
      'release: @pagewright/above 1.0.0 is published with another dist/index.js: ' +
        'a changeset is missing',
    );
    expect(published()).toHaveLength(2);
  });

  test('a package is the same when only what it was built with has moved on', async () => {
    workspace.package('above', { peerDependencies: { '@pagewright/below': 'workspace:^' } });
    workspace.commit();
    const { stdout } = await workspace.release(env);
    // Packed today it asks for ^1.1.0; in the registry it asks for ^1.0.0.
    expect(stdout).toContain('skipped @pagewright/above 1.0.0: published before, and the same');
    expect(stdout).toContain('published @pagewright/below 1.1.0');
    expect(published()).toHaveLength(3);
  });
});

describe('refuses in one line, and publishes nothing:', { timeout: TIMEOUT_MS }, () => {
  beforeAll(setUp);
  afterAll(takeDown);
  afterEach(() => {
    expect(published()).toEqual([]);
    workspace.git(
      'reset',
      '-q',
      '--hard',
      workspace.git('rev-list', '--max-parents=0', 'HEAD').trim(),
    );
    workspace.git('clean', '-qfd');
  });

  test('a dirty tree', async () => {
    workspace.write('packages/below/new.js', '');
    expect(await refusal()).toBe('release: the tree is dirty: commit packages/below/new.js first');
  });

  test('changesets that wait, also when they are the first of a package', async () => {
    workspace.package('below', { version: '0.0.0' });
    workspace.write('.changeset/a-fix.md', "---\n'@pagewright/below': patch\n---\n\nA fix.\n");
    workspace.commit();
    expect(await refusal()).toBe(
      'release: changesets wait (a-fix.md): run `npx changeset version` and commit first',
    );
  });

  test('a package that no changeset ever named', async () => {
    workspace.package('below', { version: '0.0.0' });
    workspace.commit();
    expect(await refusal()).toBe(
      'release: @pagewright/below was never given a version: a changeset is missing',
    );
  });

  test('a package that is not built', async () => {
    workspace.git('rm', '-q', 'packages/below/dist/index.js');
    workspace.commit();
    expect(await refusal()).toBe(
      'release: @pagewright/below is not built: dist/index.js is missing',
    );
  });

  test('archives that cannot be written', async () => {
    env = { ...env, TMPDIR: '/dev/null/nowhere' };
    expect(await refusal()).toBe('release: no folder can be made in /dev/null/nowhere: ENOTDIR');
    env = { ...env, TMPDIR: folder };
  });

  test('a registry whose storage cannot be written', async () => {
    const scope = join(storage, '@pagewright');
    symlinkSync('/dev/null/nowhere', scope);
    expect(await refusal()).toMatch(/^release: the registry does not answer: 500 /);
    unlinkSync(scope);
    symlinkSync(join(folder, 'nowhere'), scope);
    expect(await refusal()).toMatch(
      /^release: @pagewright\/below 1\.0\.0 was not published: .+; nothing was published$/,
    );
    unlinkSync(scope);
  });

  test('a registry that is not there', async () => {
    await registry.stop();
    expect(await refusal()).toMatch(/^release: the registry does not answer: /);
  });

  test('a folder that is no repository', async () => {
    rmSync(join(workspace.folder, '.git'), { recursive: true });
    expect(await refusal()).toMatch(/^release: this folder is no git repository/);
  });
});

describe('a registry that fails half-way', { timeout: TIMEOUT_MS }, () => {
  beforeAll(setUp);
  afterAll(takeDown);

  test('has only what is complete, and the next run goes on', async () => {
    const obstacle = join(storage, '@pagewright/above');
    mkdirSync(join(storage, '@pagewright'));
    symlinkSync(join(folder, 'nowhere'), obstacle);
    const { status, stdout, stderr } = await workspace.release(env);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^published @pagewright\/below 1\.0\.0 .*\n$/);
    expect(stderr).toMatch(
      /^release: @pagewright\/above 1\.0\.0 was not published: .+; published before it: @pagewright\/below 1\.0\.0; run this again to go on\n$/,
    );
    expect(workspace.git('tag')).toBe('');

    unlinkSync(obstacle);
    const again = await workspace.release(env);
    expect(again.stdout.match(/^(published|skipped) \S+/gm)).toEqual([
      'skipped @pagewright/below',
      'published @pagewright/above',
    ]);
  });
});
