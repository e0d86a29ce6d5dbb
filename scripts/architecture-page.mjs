// The overview of the packages: what each is for, as its manifest says it, and the rules between
// them, as the lint has them. `architecture-drawing.mjs` makes the drawing that the page shows.
import { forbidden } from './dependency-rules.mjs';
import { workspacePackages } from './workspace.mjs';

const HEAD = `# Architecture

Generated from the packages' manifests and \`scripts/dependency-rules.mjs\` by \`node scripts/docs.mjs\`; do not edit.

![Which package may import which](architecture.svg)

An arrow leads from a package to one that it may import. What can be reached over several arrows may be imported
directly, too. A package "with ./node" has a second entry point that reads files or starts threads; everything else
runs in a browser as well. The packages in the box of the architectures know nothing of each other.

## What a question passes through

- **An entry** (\`decode\`, \`normal\`): the command line picks the architecture by the name of the form, the architecture
  gives its bits and helpers as data, \`core\` decodes and decides.
- **A dump** (\`walk\`, \`inspect\`, \`smaps\`, \`check\`): \`dump\` makes physical memory of a file and finds symbols and types in
  it, \`inspect\` reads tasks and mappings, \`core\` walks the tables and judges each entry.
- **A scenario or a search** (\`scenario\`, \`bisect\`, \`explore\`): \`scenario\` reads the steps, \`mm\` carries them out on a state
  whose entries are words of the chosen architecture, \`explore\` does so in every order.
- **A kernel log** (\`triage\`): \`triage\` finds the entries in the text and says what may have happened.

Every verb makes a document value of its answer; \`report\` renders it.

## Packages

| package | what it is for |
|---|---|
`;

/** The page: a row for each package, a line for each rule. */
export function architecturePage() {
  const rows = workspacePackages().map(
    ({ folder, manifest }) => `| [\`${folder}\`](../${folder}) | ${manifest.description} |\n`,
  );
  const rules = forbidden.map(({ name, comment }) => `- \`${name}\`: ${comment}.\n`);
  return `${HEAD}${rows.join('')}
## Rules

\`node scripts/check-arrows.mjs\` holds them over every source file.

${rules.join('')}`;
}
