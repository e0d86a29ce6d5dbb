// A backend of somebody else's, written in TypeScript against what was published.
import { deepStrictEqual } from 'node:assert';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { output } from '../release/command.mjs';
import { installed } from './installed.mjs';

const SOURCES = fileURLToPath(new URL('third-party', import.meta.url));
const TSC = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));

/** Both ways in which TypeScript finds packages by their `exports`. */
const RESOLUTIONS = [
  { module: 'NodeNext', moduleResolution: 'NodeNext', outDir: 'compiled' },
  { module: 'ESNext', moduleResolution: 'bundler', noEmit: true },
];

/** Compiles the backends of `third-party/` in a folder where core alone is installed. */
export async function compiledBackends(folder, env) {
  await installed(folder, ['@pagewright/core'], env);
  cpSync(SOURCES, folder, { recursive: true });
  for (const resolution of RESOLUTIONS) {
    const compilerOptions = {
      ...resolution,
      target: 'ES2023',
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      verbatimModuleSyntax: true,
      // Published declarations must hold without those of Node, too.
      skipLibCheck: false,
      types: [],
      rootDir: '.',
    };
    const config = JSON.stringify({ compilerOptions, include: ['*.ts'] });
    writeFileSync(join(folder, 'tsconfig.json'), config);
    await output(process.execPath, [TSC, '--project', folder]);
  }
  return join(folder, 'compiled');
}

/** Has an installed program judge both backends: the right one passes, the mistake is named. */
export async function backendsJudged(pagewright, compiled) {
  const judged = async (file) => {
    const args = ['conform', '--json', '--backend', join(compiled, file)];
    const { status, stdout, stderr } = await pagewright(...args);
    const [{ form, laws }] = stderr === '' ? JSON.parse(stdout).forms : [{ laws: {} }];
    const broken = laws.failed?.map(({ law }) => law);
    return { status, stderr, form, held: laws.held > 50, broken };
  };
  const right = { status: 0, stderr: '', form: 'tiny', held: true, broken: [] };
  deepStrictEqual(await judged('tiny-backend.js'), right);
  const wrong = await judged('mistaken-backend.js');
  deepStrictEqual(
    { ...wrong, broken: wrong.broken.includes('!pte_write(pte_wrprotect(e))') },
    { ...right, status: 1, broken: true },
  );
}
