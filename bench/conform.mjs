// How long the laws and the vectors take, form by form, in one process. Needs a build.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const main = join(import.meta.dirname, '..', 'apps', 'cli', 'dist', 'main.js');
const from = process.hrtime.bigint();
const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'conform', '--json'], {
  maxBuffer: 1 << 28,
});
if (status !== 0) throw new Error(`conform: exit ${status}: ${stderr}`);
const { forms } = JSON.parse(stdout.toString());
const compared = forms.reduce((sum, form) => sum + form.vectors.compared, 0);
const held = forms.reduce((sum, form) => sum + form.laws.held, 0);
const seconds = Number(process.hrtime.bigint() - from) / 1e9;
console.log(
  `${forms.length} forms, ${held} laws held, ${compared} answers compared: ${seconds.toFixed(1)} s`,
);
