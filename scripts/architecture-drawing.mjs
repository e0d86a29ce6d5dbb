// The drawing of the house: which package may import which, asked of the dependency rules
// themselves, laid out by Graphviz. Colours are readable on a light and on a dark page.
import { instance } from '@viz-js/viz';
import { forbidden } from './dependency-rules.mjs';
import { workspacePackages } from './workspace.mjs';

const COLOURS = {
  box: '#e6edf5',
  core: '#cfe3d4',
  arch: '#f3e6cc',
  line: '#6e7b8b',
  text: '#1c2430',
};

/** Whether the rules let the sources of one folder import those of another. */
function mayImport(from, to) {
  return !forbidden.some((rule) => forbids(rule, `${from}/src/index.ts`, `${to}/src/index.ts`));
}

/** Rules about more than the two paths (node modules, cycles) say nothing about packages. */
function forbids({ from, to }, importer, imported) {
  if (!Object.keys(to).every((key) => key === 'path' || key === 'pathNot')) return false;
  const [match] = matches(from.path, importer);
  if (!match || matches(from.pathNot, importer).length > 0) return false;
  const filled = (patterns) =>
    [patterns ?? []].flat().map((p) => p.replace(/\$(\d)/g, (_, n) => match[n]));
  return (
    matches(filled(to.path), imported).length > 0 &&
    matches(filled(to.pathNot), imported).length === 0
  );
}

const matches = (patterns, path) =>
  [patterns ?? []].flat().flatMap((pattern) => path.match(new RegExp(pattern)) ?? []);

/**
 * Arrows that no way over other packages stands for, so that the drawing stays readable. It says
 * that what a way leads to may be imported: rules of which that is not true are not drawn.
 */
export function arrows(folders) {
  const targets = (from) => folders.filter((to) => to !== from && mayImport(from, to));
  for (const from of folders) {
    const further = targets(from).flatMap(targets);
    const not = further.find((to) => !targets(from).includes(to));
    if (not) throw new Error(`${from} must not import ${not}, but arrows lead there`);
  }
  return folders.flatMap((from) =>
    targets(from)
      .filter((to) => !targets(from).some((over) => over !== to && targets(over).includes(to)))
      .map((to) => [from, to]),
  );
}

/** Packages that only apps may name stand together in one box. */
const ARCHITECTURES = new RegExp(
  forbidden.find(({ name }) => name === 'shared-knows-no-arch').to.path,
);
const isArchitecture = (folder) => ARCHITECTURES.test(`${folder}/src/index.ts`);
const boxOf = (folder) => (isArchitecture(folder) ? 'architectures' : folder);

const lineOf = ({ folder, manifest }) =>
  `${folder.replace('packages/', '')}${manifest.exports['./node'] ? '\nwith ./node' : ''}`;

function boxes(packages) {
  const architectures = packages.filter(({ folder }) => isArchitecture(folder));
  return [
    ...packages
      .filter(({ folder }) => !isArchitecture(folder))
      .map((one) => ({
        name: one.folder,
        attributes: {
          label: lineOf(one),
          fillcolor: one.folder === 'packages/core' ? COLOURS.core : COLOURS.box,
        },
      })),
    {
      name: 'architectures',
      attributes: { label: architectures.map(lineOf).join('\n'), fillcolor: COLOURS.arch },
    },
  ];
}

/** The drawing as SVG. */
export async function architectureDrawing() {
  const packages = workspacePackages();
  const pairs = arrows(packages.map(({ folder }) => folder)).map((pair) => pair.map(boxOf));
  const edges = [...new Set(pairs.map((pair) => pair.join(' ')))].map((pair) => {
    const [tail, head] = pair.split(' ');
    return { tail, head };
  });
  const viz = await instance();
  return viz.renderString(
    {
      graphAttributes: { bgcolor: 'transparent', ranksep: 0.5, nodesep: 0.25 },
      nodeAttributes: {
        shape: 'box',
        // Room for readers whose font is wider than Graphviz takes it to be.
        margin: '0.25,0.08',
        style: 'filled,rounded',
        color: COLOURS.line,
        fontcolor: COLOURS.text,
        fontname: 'Helvetica,Arial,sans-serif',
        fontsize: 13,
      },
      edgeAttributes: { color: COLOURS.line, arrowsize: 0.7 },
      nodes: boxes(packages),
      edges,
    },
    { format: 'svg' },
  );
}
