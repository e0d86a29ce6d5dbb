// Holds the dependency rules over every source file. A cruise that saw fewer modules than there
// are files proves nothing, so that fails as well.
import { cruise } from 'dependency-cruiser';
import { forbidden } from './dependency-rules.mjs';
import { filesBelow, sourceAliases, workspacePackages } from './workspace.mjs';

const folders = workspacePackages().map(({ folder }) => `${folder}/src`);
const { output } = await cruise(
  folders,
  {
    ruleSet: { forbidden },
    validate: true,
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  },
  { alias: sourceAliases(), conditionNames: ['import', 'types', 'default'] },
);

const seen = new Set(output.modules.map((module) => module.source));
const unseen = folders
  .flatMap(filesBelow)
  .filter((file) => file.endsWith('.ts') && !seen.has(file));
for (const file of unseen) console.log(`not cruised: ${file}`);
for (const { rule, from, to } of output.summary.violations) {
  const comment = forbidden.find(({ name }) => name === rule.name)?.comment;
  console.log(`${rule.name}: ${from} -> ${to} (${comment})`);
}
const sources = output.modules.filter((module) => /^(packages|apps)\//.test(module.source));
console.log(`${sources.length} modules, ${output.summary.violations.length} violations`);
if (sources.length === 0 || unseen.length > 0 || output.summary.violations.length > 0) {
  process.exitCode = 1;
}
