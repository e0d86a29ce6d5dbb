import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const RELEASE = fileURLToPath(new URL('../release.mjs', import.meta.url));

/** What a run of the release command left behind. */
export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A workspace of two libraries, of which the first by name needs the other, built and committed, in a temporary folder. */
export class TinyWorkspace {
  readonly folder = mkdtempSync(join(tmpdir(), 'pagewright-tiny-'));

  constructor() {
    this.write('package.json', '{"name":"tiny","private":true}');
    this.write('pnpm-workspace.yaml', 'packages:\n  - packages/*\n  - apps/*\n');
    this.write('.changeset/config.json', '{"access":"public"}');
    this.package('below');
    this.package('above', {
      peerDependencies: { '@pagewright/below': 'workspace:^' },
    });
    mkdirSync(join(this.folder, 'linked/@pagewright'), { recursive: true });
    for (const name of ['below', 'above']) {
      const folder = join(this.folder, 'packages', name);
      symlinkSync(folder, join(this.folder, 'linked/@pagewright', name));
      symlinkSync(join(this.folder, 'linked'), join(folder, 'node_modules'));
    }
    this.write('apps/README.md', 'No programs here.');
    this.write('.gitignore', 'node_modules\nlinked\n');
    this.git('init', '-q');
    this.git('config', 'user.name', 'tests');
    this.git('config', 'user.email', 'tests@example.invalid');
    this.commit();
  }

  write(path: string, text: string): void {
    const full = join(this.folder, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
  }

  /** Writes the manifest of a package, and what was built of it. */
  package(name: string, more: object = {}): void {
    const own = { name: `@pagewright/${name}`, version: '1.0.0', license: 'MIT' };
    const manifest = { ...own, exports: './dist/index.js', ...more };
    this.write(`packages/${name}/package.json`, JSON.stringify(manifest));
    this.write(`packages/${name}/dist/index.js`, `export const name = '${name}';\n`);
  }

  git(...args: readonly string[]): string {
    return spawnSync('git', args, { cwd: this.folder, encoding: 'utf8' }).stdout;
  }

  commit(): void {
    this.git('add', '-A');
    this.git('commit', '-q', '--no-verify', '-m', 'state');
  }

  /** Runs the release command here. */
  release(env: object, ...args: readonly string[]): Promise<Run> {
    const child = spawn(process.execPath, [RELEASE, ...args], {
      cwd: this.folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (text) => {
      stdout += text;
    });
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    return new Promise((resolve) => {
      child.on('close', (status) => resolve({ status, stdout, stderr }));
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
