import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { type Bump, ThrowAwayWorkspace } from './throw-away-workspace.js';

const BEFORE = '1.2.0';
const workspace = new ThrowAwayWorkspace(BEFORE);
beforeEach(() => workspace.reset());
afterAll(() => workspace.remove());

/** A release: what changed, and each package that gets another version with it. */
interface Release {
  readonly what: string;
  readonly changes: Record<string, Bump>;
  readonly bumps: Record<string, string>;
}

const PATCHED_CLI = { cli: '1.2.1' };
const RELEASES: Release[] = [
  {
    what: 'a patch of one architecture moves the program, which pins it, and nothing else',
    changes: { 'arch-x86': 'patch' },
    bumps: { 'arch-x86': '1.2.1', ...PATCHED_CLI },
  },
  {
    what: 'a new feature of one architecture',
    changes: { 'arch-arm64': 'minor' },
    bumps: { 'arch-arm64': '1.3.0', ...PATCHED_CLI },
  },
  {
    what: 'a break of one architecture is no break of the program, nor of what is tested with it',
    changes: { 'arch-x86': 'major' },
    bumps: { 'arch-x86': '2.0.0', ...PATCHED_CLI },
  },
  {
    what: 'a patch of core',
    changes: { core: 'patch' },
    bumps: { core: '1.2.1', ...PATCHED_CLI },
  },
  {
    what: 'a new feature of core leaves what works with it as it is',
    changes: { core: 'minor' },
    bumps: { core: '1.3.0', ...PATCHED_CLI },
  },
  {
    what: 'a break of core is one of everything that hands core on to its callers',
    changes: { core: 'major' },
    bumps: {
      ...Object.fromEntries(workspace.names.map((name) => [name, '2.0.0'])),
      report: BEFORE,
      ...PATCHED_CLI,
    },
  },
  {
    what: 'a new feature of a package in the middle',
    changes: { scenario: 'minor' },
    bumps: { scenario: '1.3.0', ...PATCHED_CLI },
  },
  {
    what: 'a break of a package in the middle goes on to its callers',
    changes: { mm: 'major' },
    bumps: { mm: '2.0.0', scenario: '2.0.0', explore: '2.0.0', ...PATCHED_CLI },
  },
  {
    what: 'a break of dumps is one of what reads them, not of what reads logs',
    changes: { dump: 'major' },
    bumps: { dump: '2.0.0', inspect: '2.0.0', ...PATCHED_CLI },
  },
  {
    what: 'a new feature of the program moves the program alone',
    changes: { cli: 'minor' },
    bumps: { cli: '1.3.0' },
  },
];

describe('a release bumps', () => {
  test.each(RELEASES)('$what', ({ changes, bumps }) => {
    const moved = Object.entries(bumps).filter(([, version]) => version !== BEFORE);
    expect(workspace.release(changes)).toEqual(Object.fromEntries(moved));
  });
});

test('what is released next has no version below 1.0.0, where ranges would be narrow', () => {
  const next = new ThrowAwayWorkspace();
  try {
    next.release({});
    expect(Object.entries(next.versions()).filter(([, version]) => /^0/.test(version))).toEqual([]);
  } finally {
    next.remove();
  }
});

test('the program is published with one version of each package', () => {
  workspace.release({ 'arch-x86': 'patch' });
  const { version, dependencies = {} } = workspace.packedManifest(workspace.pack('cli'));
  const own = Object.entries(dependencies).filter(([name]) => name.startsWith('@pagewright/'));
  expect(version).toBe('1.2.1');
  expect(Object.fromEntries(own)).toMatchObject({
    '@pagewright/arch-x86': '1.2.1',
    '@pagewright/core': '1.2.0',
  });
  for (const [, range] of own) expect(range).toMatch(/^\d+\.\d+\.\d+$/);
});

describe('packages released months apart', () => {
  const coreOf = (archive: string) =>
    workspace.packedManifest(archive).peerDependencies?.['@pagewright/core'];

  test('install together with one core', () => {
    const oldX86 = workspace.pack('arch-x86');
    workspace.release({ core: 'minor', 'arch-arm64': 'minor' });
    const newArm64 = workspace.pack('arch-arm64');
    expect([oldX86, newArm64].map(coreOf)).toEqual(['^1.2.0', '^1.3.0']);
    const installed = workspace.install([workspace.pack('core'), oldX86, newArm64]);
    expect(installed).toMatchObject({ exitCode: 0, said: '' });
    expect(installed.packages).toEqual([
      '@pagewright/arch-arm64@1.3.0',
      '@pagewright/arch-x86@1.2.0',
      '@pagewright/core@1.3.0',
    ]);
  });

  test('are refused together where a break of core lies between them', () => {
    const oldX86 = workspace.pack('arch-x86');
    workspace.release({ core: 'major' });
    const installed = workspace.install([workspace.pack('core'), oldX86]);
    expect(installed.exitCode).not.toBe(0);
    expect(installed.said).toContain('ERESOLVE');
    expect(installed.said).toContain('peer @pagewright/core@"^1.2.0"');
  });
});

describe('a change without a changeset', () => {
  const SEEN = ['packages/core/src/new.ts'];

  test('is refused where users can see it', () => {
    const { exitCode, said } = workspace.statusOfBranch(SEEN);
    expect(exitCode).toBe(1);
    expect(said).toContain('Some packages have been changed but no changesets were found');
  });

  test('is fine with one', () => {
    expect(workspace.statusOfBranch(SEEN, { core: 'patch' }).exitCode).toBe(0);
  });

  test('is fine in tests and documents', () => {
    const unseen = ['packages/core/test/new.test.ts', 'packages/core/NEW.md', 'docs/new.md'];
    expect(workspace.statusOfBranch(unseen).exitCode).toBe(0);
  });
});
