import { describe, expect, test } from 'vitest';
import { architectureDrawing, arrows } from '../architecture-drawing.mjs';
import { workspacePackages } from '../workspace.mjs';

interface Package {
  readonly folder: string;
  readonly manifest: {
    readonly name: string;
    readonly dependencies?: Readonly<Record<string, string>>;
    readonly peerDependencies?: Readonly<Record<string, string>>;
  };
}

const packages: readonly Package[] = workspacePackages();
const folders = packages.map(({ folder }) => folder);
const drawn: readonly (readonly [string, string])[] = arrows(folders);

/** Everything that arrows lead to from a package. */
function reached(from: string): Set<string> {
  const found = new Set<string>();
  const follow = (at: string): void => {
    for (const [tail, head] of drawn) {
      if (tail !== at || found.has(head)) continue;
      found.add(head);
      follow(head);
    }
  };
  follow(from);
  return found;
}

describe('the arrows of the drawing', () => {
  test.each(packages)('lead to all that $folder depends on', ({ folder, manifest }) => {
    const needed = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    const inside = packages.filter((each) => needed.includes(each.manifest.name));
    const lost = inside.filter((each) => !reached(folder).has(each.folder));
    expect(lost.map((each) => each.folder)).toEqual([]);
  });

  test('point down only', () => {
    expect(reached('packages/core')).toEqual(new Set());
    expect(reached('packages/report')).toEqual(new Set());
    for (const folder of folders) expect(reached(folder).has(folder)).toBe(false);
  });

  test('lead to an architecture from apps alone, and none stands for two others', () => {
    const architectures = drawn.filter(([, head]) => /arch-|xen-/.test(head));
    expect(new Set(architectures.map(([tail]) => tail))).toEqual(new Set(['apps/cli']));
    expect(drawn).not.toContainEqual(['packages/explore', 'packages/core']);
    expect(drawn).toContainEqual(['packages/scenario', 'packages/mm']);
  });
});

test('the drawing names every package, and has no background of its own', async () => {
  const svg = (await architectureDrawing()).replaceAll('&#45;', '-');
  for (const folder of folders) expect(svg).toContain(folder.replace('packages/', ''));
  expect(svg).not.toMatch(/<polygon fill="(white|#ffffff)"/);
});
