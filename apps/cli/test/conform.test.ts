import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT, runCli } from './run-cli.js';

interface Counts {
  readonly compared: number;
  readonly notCompared: Readonly<Record<string, number>>;
  readonly mismatchCount: number;
  readonly mismatches: readonly {
    file: string;
    line: number;
    key: string;
    expected: unknown;
    got: unknown;
  }[];
}
interface Conform {
  readonly schema: string;
  readonly forms: readonly {
    readonly form: string;
    readonly headers: string;
    readonly folder: string | null;
    readonly laws: { readonly held: number; readonly failed: readonly { law: string }[] };
    readonly vectors: Counts;
    readonly facts: Counts;
  }[];
  readonly decisions?: Counts;
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pagewright-conform-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A folder of vectors for m68k with the first rows of the real ones, which `edit` may change. */
function madeFolder(
  name: string,
  edit: (line: string, i: number) => string = (line) => line,
): string {
  const directory = join(folder, name, 'm68k');
  mkdirSync(directory, { recursive: true });
  const from = join(ROOT, 'fixtures/golden/m68k');
  cpSync(join(from, 'facts.json'), join(directory, 'facts.json'));
  const lines = gunzipSync(readFileSync(join(from, 'pte.vectors.jsonl.gz')))
    .toString()
    .split('\n');
  writeFileSync(join(directory, 'pte.vectors.jsonl'), lines.slice(0, 40).map(edit).join('\n'));
  return join(folder, name);
}

const conform = (...args: string[]) => {
  const run = runCli(['conform', '--json', '--arch', 'm68k', ...args]);
  return { run, data: run.stdout === '' ? undefined : (JSON.parse(run.stdout) as Conform) };
};

describe('conform --golden', () => {
  it('compares a part of a folder, reached through a link', () => {
    const linked = join(folder, 'linked');
    mkdirSync(linked);
    symlinkSync(join(madeFolder('plain'), 'm68k'), join(linked, 'm68k'));
    const { run, data } = conform('--golden', linked);
    expect(run.stderr).toBe('');
    expect(run.exitCode).toBe(0);
    expect(data?.schema).toBe('pagewright/conform/1');
    expect(data?.decisions).toBeUndefined();
    const compared = data?.forms.find(({ headers }) => headers === '6.12');
    expect(compared).toMatchObject({ form: 'm68k', folder: 'm68k', laws: { failed: [] } });
    expect(compared?.vectors).toMatchObject({ notCompared: {}, mismatches: [] });
    expect(compared?.vectors.compared).toBeGreaterThan(1000);
    expect(compared?.laws.held).toBeGreaterThan(40);
    const without = data?.forms.find(({ headers }) => headers === '7.2');
    expect(without).toMatchObject({ folder: null, vectors: { compared: 0, mismatches: [] } });
  });

  it('counts a key that nobody knows, and does not call it a mismatch', () => {
    const named = madeFolder('unknown-key', (line) => line.replace('{', '{"frobnicated":true,'));
    const { run, data } = conform('--golden', named);
    expect(run.exitCode).toBe(0);
    const vectors = data?.forms.find((form) => form.folder !== null)?.vectors;
    expect(vectors?.notCompared).toEqual({ 'pte.frobnicated': 40 });
  });

  it('finds a wrong answer, and says where it stands', () => {
    const wrong = madeFolder('wrong', (line, i) =>
      i === 6
        ? line.replace(/"young":(true|false)/, (_, was) => `"young":${was !== 'true'}`)
        : line,
    );
    const { run, data } = conform('--golden', wrong);
    expect(run.exitCode).toBe(1);
    const vectors = data?.forms.find((form) => form.folder !== null)?.vectors;
    expect(vectors?.mismatchCount).toBe(1);
    expect(vectors?.mismatches[0]).toMatchObject({
      file: 'm68k/pte.vectors.jsonl',
      line: 7,
      key: 'pte.young',
    });
    const text = runCli(['conform', '--arch', 'm68k', '--golden', wrong]);
    expect(text.exitCode).toBe(1);
    expect(text.stdout).toContain('m68k/pte.vectors.jsonl:7  pte.young');
  });

  it.each([
    [
      'a row that is no object',
      (line: string, i: number) => (i === 3 ? '[1]' : line),
      /:4: not a JSON object/,
    ],
    [
      'a row that ends early',
      (line: string, i: number) => (i === 39 ? line.slice(0, 50) : line),
      /:40: /,
    ],
  ])('refuses %s', (what, edit, message) => {
    const { run } = conform('--golden', madeFolder(what, edit));
    expect(run.exitCode).toBe(2);
    expect(run.stdout).toBe('');
    expect(run.stderr).toMatch(/^pagewright: [^\n]+\n$/);
    expect(run.stderr).toMatch(message);
  });

  it.each([
    ['facts that are no JSON', 'facts.json', Buffer.from('{')],
    ['facts that are no object', 'facts.json', Buffer.from('[]')],
    [
      'compressed rows that end early',
      'pmd.vectors.jsonl.gz',
      gzipSync('{}'.repeat(999)).subarray(0, 20),
    ],
  ])('refuses %s', (what, file, bytes) => {
    const made = madeFolder(what);
    writeFileSync(join(made, 'm68k', file), bytes);
    const { run } = conform('--golden', made);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toMatch(/^pagewright: [^\n]+\n$/);
    expect(run.stderr).toContain(join('m68k', file));
  });

  it.each([
    ['levels', { pte: null }, 'levels: pte: not a JSON object'],
    ['levels', { pte: { shift: [12] } }, 'levels: pte: shift: not a single value'],
    ['protection_map', 5, 'protection_map: not a list'],
    ['protection_map', [null], 'protection_map: 0: not a JSON object'],
    ['prot_ops', {}, 'prot_ops: not a list'],
    ['config', [], 'config: not a JSON object'],
    ['vm_flags', { VM_READ: {} }, 'vm_flags: VM_READ: not a single value'],
    ['swap', { constants: 'x' }, 'swap: constants: not a JSON object'],
  ])('refuses facts whose %s are %j', (member, value, says) => {
    const made = madeFolder(`facts-${member}-${JSON.stringify(value).length}`);
    const path = join(made, 'm68k', 'facts.json');
    const facts = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...facts, [member]: value }));
    const { run } = conform('--golden', made);
    expect(run).toEqual({ stdout: '', stderr: `pagewright: ${path}: ${says}\n`, exitCode: 2 });
  });

  it('takes names in facts that every object inherits for names that nobody knows', () => {
    const made = madeFolder('inherited');
    const path = join(made, 'm68k', 'facts.json');
    const odd = '{"constructor": 1, "__proto__": 1, "toString": "0x1"}';
    const kernel = JSON.parse(readFileSync(path, 'utf8')).kernel;
    writeFileSync(
      path,
      `{"kernel": "${kernel}", "holds": ${odd}, "pgprots": ${odd}, "vm_flags": ${odd}, "swap": {"constants": ${odd}}}`,
    );
    const { run, data } = conform('--golden', made);
    expect(run.exitCode).toBe(0);
    const facts = data?.forms.find((form) => form.folder !== null)?.facts;
    expect(Object.keys(facts?.notCompared ?? {})).toHaveLength(12);
  });

  it('takes operations and keys that every object inherits for ones that nobody knows', () => {
    const made = madeFolder('inherited-rows', (line, i) => (i === 0 ? line : ''));
    const row = { op: 'constructor', pfn: '0x0', toString: '0x1', out: '0x1' };
    writeFileSync(join(made, 'm68k', 'build.vectors.jsonl'), JSON.stringify(row));
    const { run, data } = conform('--golden', made);
    expect([run.stderr, run.exitCode]).toEqual(['', 0]);
    const vectors = data?.forms.find((form) => form.folder !== null)?.vectors;
    expect(vectors?.notCompared).toEqual({ constructor: 2 });
  });

  it('prints the beginning of an answer that is absurdly long, and ends soon', () => {
    const long = madeFolder('long', (line, i) =>
      i === 6 ? line.replace(/"young":(true|false)/, `"young":"${'a'.repeat(2_000_000)}"`) : line,
    );
    const { stdout, exitCode } = runCli(['conform', '--arch', 'm68k', '--golden', long]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('aaa...');
    expect(stdout.length).toBeLessThan(10_000);
  });

  it('says so when the folder has nothing for the architecture', () => {
    const { run } = conform('--golden', join(ROOT, 'fixtures/golden/x86_64'));
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toMatch(/^pagewright: [^\n]*holds no vectors of the forms of m68k\n$/);
  });
});

describe('conform --decisions', () => {
  const made = (edit: (text: string) => string): string => {
    const directory = join(folder, `decisions-${Math.random()}`);
    mkdirSync(directory);
    const from = join(ROOT, 'fixtures/decisions/vm_normal_page.6.12.jsonl.gz');
    const text = gunzipSync(readFileSync(from)).toString();
    writeFileSync(join(directory, 'vm_normal_page.6.12.jsonl.gz'), gzipSync(edit(text)));
    writeFileSync(join(directory, 'gup.6.12.jsonl'), '{"fn":"frobnicate_pte","out":"0011"}\n');
    return directory;
  };

  it('compares what it has a function for, and lists the functions that it has not', () => {
    const { run, data } = conform(
      '--decisions',
      made((text) => text),
    );
    expect(run.exitCode).toBe(0);
    expect(data?.decisions).toMatchObject({
      notCompared: { 'gup/frobnicate_pte': 4 },
      files: [
        { group: 'gup', revision: 'v6.12', compared: 0, notCompared: 4 },
        { group: 'vm_normal_page', revision: 'v6.12', mismatchCount: 0, notCompared: 0 },
      ],
      mismatches: [],
    });
    expect(data?.decisions?.compared).toBeGreaterThan(10_000);
    expect(data?.forms.every(({ vectors }) => vectors.compared === 0)).toBe(true);
  });

  it('finds a wrong answer', () => {
    const { run, data } = conform(
      '--decisions',
      made((text) => text.replace(/"anon":"N/, '"anon":"0')),
    );
    expect(run.exitCode).toBe(1);
    expect(data?.decisions?.mismatchCount).toBe(1);
  });
});

describe('conform --backend', () => {
  /** A module that exports m68k with the dirty bit lost by wrprotect. */
  const module = (name: string, source: string): string => {
    const path = join(folder, name);
    writeFileSync(path, source);
    return path;
  };
  const real = pathToFileURL(join(ROOT, 'packages/arch-nopte-special/dist/index.js')).href;

  it('tests it in the place of ours', () => {
    const source = `import { nopteSpecial } from '${real}';
      export default { ...nopteSpecial, arch: 'mine', forms: nopteSpecial.forms.filter((f) => f.name === 'm68k') };`;
    const run = runCli([
      'conform',
      '--json',
      '--backend',
      module('own.mjs', source),
      '--golden',
      madeFolder('own'),
    ]);
    expect(run.stderr).toBe('');
    expect(run.exitCode).toBe(0);
    const { forms } = JSON.parse(run.stdout) as Conform;
    expect(new Set(forms.map(({ form }) => form))).toEqual(new Set(['m68k']));
  });

  it('compares no decisions, which the model makes on architectures of ours', () => {
    const source = `import { nopteSpecial } from '${real}';
      export default { ...nopteSpecial, forms: nopteSpecial.forms.filter((f) => f.name === 'm68k') };`;
    const run = runCli(['conform', '--json', '--backend', module('alone.mjs', source)]);
    expect(run.exitCode).toBe(0);
    const found = JSON.parse(run.stdout) as Conform;
    expect(found.decisions).toBeUndefined();
    expect(found.forms.some(({ vectors }) => vectors.compared > 0)).toBe(true);
  });

  it('finds a planted fault by laws and by vectors', () => {
    const source = `import { nopteSpecial } from '${real}';
      export const mine = { ...nopteSpecial, forms: nopteSpecial.forms.filter((f) => f.name === 'm68k'), form(name, options) {
        const made = nopteSpecial.form(name, options);
        if (!made.ok) return made;
        const { helpers } = made.value.definition;
        const pte = { ...helpers.pte, wrprotect: helpers.pte.mkclean };
        return { ok: true, value: made.value.with({ helpers: { ...helpers, pte } }) };
      } };`;
    const run = runCli([
      'conform',
      '--json',
      '--backend',
      module('bad.mjs', source),
      '--golden',
      madeFolder('bad'),
    ]);
    expect(run.exitCode).toBe(1);
    const { forms } = JSON.parse(run.stdout) as Conform;
    expect(forms.every(({ laws }) => laws.failed.length > 0)).toBe(true);
    expect(forms.find((form) => form.folder !== null)?.vectors.mismatchCount).toBeGreaterThan(0);
  });

  it.each([
    ['throws.mjs', 'throw new Error("no\\nway")'],
    ['wrong.mjs', 'this is no module'],
    ['empty.mjs', 'export const x = 1;'],
    [
      'lies.mjs',
      `export const b = { arch: 'b', forms: [{ name: 'b', summary: '', headers: ['7.2'] }], form: () => ({ ok: false, problem: { code: 'x', message: 'no' } }), formFromDump() {} };`,
    ],
  ])('refuses %s in one line', (name, source) => {
    const run = runCli(['conform', '--backend', module(name, source)]);
    expect(run.exitCode).toBe(2);
    expect(run.stdout).toBe('');
    expect(run.stderr).toMatch(/^pagewright: [^\n]+\n$/);
  });
});
