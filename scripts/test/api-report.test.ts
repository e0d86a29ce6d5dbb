import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { count, withoutKnown } from '../api-report/report-text.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const WARNED = `// Warning: (ae-forgotten-export) The symbol "Form" needs to be exported by the entry point scan.d.ts
// Warning: (ae-forgotten-export) The symbol "Gone" needs to be exported by the entry point scan.d.ts
//
// @public
export function scan(form: Form): Gone;

// @public (undocumented)
export interface Scanned {
    // Warning: (ae-forgotten-export) The symbol "Form" needs to be exported by the entry point scan.d.ts
    //
    // (undocumented)
    readonly form: Form;
}
`;

describe('the text of a report', () => {
  const main = '// @public\nexport class Form {\n}\n';
  const text = withoutKnown(WARNED, [main, WARNED]);

  test('does not ask for what another entry point exports', () => {
    expect(text).not.toContain('"Form"');
    expect(text).toContain('"Gone"');
    expect(text).toContain('export interface Scanned {\n    // (undocumented)\n');
  });

  test('is counted', () => {
    expect(count([main, text])).toEqual({
      exports: 3,
      undocumented: ['Scanned'],
      members: 1,
      forgotten: 1,
    });
  });
});

describe('node scripts/api-report.mjs --check', { timeout: 120_000 }, () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pagewright-api-test-'));
    for (const name of ['packages', 'apps', 'node_modules', 'tsconfig.base.json']) {
      symlinkSync(join(ROOT, name), join(folder, name));
    }
    cpSync(join(ROOT, 'api'), join(folder, 'api'), { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('names what is stale and what is left over, and how to renew it', () => {
    const changed = join(folder, 'api', 'core.api.md');
    const before = readFileSync(changed, 'utf8');
    writeFileSync(changed, before.replace('export const hex', 'export const hexadecimal'));
    writeFileSync(join(folder, 'api', 'no-such-package.api.md'), before);
    const script = join(ROOT, 'scripts/api-report.mjs');
    const run = spawnSync(process.execPath, [script, '--check'], { cwd: folder, encoding: 'utf8' });
    const renew = 'run `node scripts/api-report.mjs` after a build, and read the diff';
    expect(run.stdout).toContain(`api/core.api.md: stale; ${renew}\n`);
    expect(run.stdout).toContain(`api/no-such-package.api.md: of no entry point; ${renew}\n`);
    expect(run.stdout).not.toContain('api/report.api.md');
    expect(run.status).toBe(1);
    expect(readFileSync(changed, 'utf8')).not.toBe(before);
  });
});
