// The workflows of the public CI are run there alone, so here they are at least linted.
import { readdirSync, readFileSync } from 'node:fs';
import { workflowFaults } from './workflow-faults.mjs';

const FOLDER = '.github/workflows';

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
const paths = readdirSync(FOLDER).map((name) => `${FOLDER}/${name}`);
const faults = [];
for (const path of paths) {
  faults.push(...(await workflowFaults(readFileSync(path, 'utf8'), path, scripts)));
}
for (const fault of faults) console.log(fault);
console.log(`${paths.length} workflows, ${faults.length} faults`);
if (paths.length === 0 || faults.length > 0) process.exitCode = 1;
