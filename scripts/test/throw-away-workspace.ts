import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SCOPE = '@pagewright/';
const CHANGESET = join(ROOT, 'node_modules/@changesets/cli/bin.js');

/** What of a manifest these tests look at. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** How big a change is, as a changeset says it. */
export type Bump = 'patch' | 'minor' | 'major';

/** How a command ended. */
export interface Status {
  readonly exitCode: number | null;
  readonly said: string;
}

/** What an installation ended with: `name@version` of every package, copies counted. */
export interface Installed extends Status {
  readonly packages: readonly string[];
}

/**
 * The manifests of the workspace as they lie here, in a git repository of their own in a temporary
 * folder: with every package at `version` and no pending changeset, or as they are, with all of them.
 */
export class ThrowAwayWorkspace {
  /** Names of all packages, without the scope. */
  readonly names: readonly string[];
  private readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'pagewright-versions-')));
  private readonly folderOf = new Map<string, string>();

  constructor(private readonly version?: string) {
    const changesets = version === undefined ? '.changeset' : '.changeset/config.json';
    for (const path of ['package.json', 'pnpm-workspace.yaml', changesets]) {
      cpSync(join(ROOT, path), join(this.folder, path), { recursive: true });
    }
    symlinkSync(join(ROOT, 'node_modules'), join(this.folder, 'node_modules'));
    for (const parent of ['packages', 'apps']) {
      for (const name of readdirSync(join(ROOT, parent))) this.take(`${parent}/${name}`);
    }
    this.names = [...this.folderOf.keys()].sort();
    this.linkPackages();
    this.run('git', ['init', '-q', '-b', 'main']);
    this.commit();
  }

  /** Puts one package here: its manifest and what it is to be packed with, no code. */
  private take(folder: string): void {
    const manifest: Manifest = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
    this.folderOf.set(manifest.name.slice(SCOPE.length), folder);
    mkdirSync(join(this.folder, folder), { recursive: true });
    const versioned = { ...manifest, version: this.version ?? manifest.version };
    writeFileSync(join(this.folder, folder, 'package.json'), JSON.stringify(versioned, null, 2));
  }

  /** Packages see each other, as pnpm links them: packing asks a linked package for its version. */
  private linkPackages(): void {
    const scope = join(this.folder, 'linked', SCOPE);
    mkdirSync(scope, { recursive: true });
    for (const [name, folder] of this.folderOf) {
      symlinkSync(join(this.folder, folder), join(scope, name));
      symlinkSync(join(this.folder, 'linked'), join(this.folder, folder, 'node_modules'));
    }
    writeFileSync(join(this.folder, '.gitignore'), 'node_modules\nlinked\n');
  }

  /**
   * Releases `changes` and what is pending as `changeset version` does, and answers each version
   * that is another now.
   */
  release(changes: Readonly<Record<string, Bump>>): Record<string, string> {
    const before = this.versions();
    if (Object.keys(changes).length > 0) this.write(changes);
    this.run(process.execPath, [CHANGESET, 'version']);
    this.commit();
    const after = Object.entries(this.versions());
    return Object.fromEntries(after.filter(([name, version]) => before[name] !== version));
  }

  private write(changes: Readonly<Record<string, Bump>>): void {
    const lines = Object.entries(changes).map(([name, bump]) => `'${SCOPE}${name}': ${bump}`);
    const text = ['---', ...lines, '---', '', 'A change.', ''].join('\n');
    writeFileSync(join(this.folder, '.changeset/change.md'), text);
    this.commit();
  }

  /**
   * What the check of pull requests says of a branch with new files at `paths` and a changeset of
   * `changes`.
   */
  statusOfBranch(paths: readonly string[], changes: Readonly<Record<string, Bump>> = {}): Status {
    this.run('git', ['checkout', '-q', '-b', 'branch']);
    for (const path of paths) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      writeFileSync(join(this.folder, path), '');
    }
    this.commit();
    if (Object.keys(changes).length > 0) this.write(changes);
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [CHANGESET, 'status', '--since=main'],
      { cwd: this.folder, encoding: 'utf8' },
    );
    this.run('git', ['checkout', '-q', 'main']);
    this.run('git', ['branch', '-q', '-D', 'branch']);
    return { exitCode: status, said: stdout + stderr };
  }

  /** Takes back all releases. */
  reset(): void {
    const first = this.run('git', ['rev-list', '--max-parents=0', 'HEAD']).trim();
    this.run('git', ['reset', '-q', '--hard', first]);
  }

  /** Packs a package as its release does, and answers the path of the archive. */
  pack(name: string): string {
    const folder = join(this.folder, this.folderOf.get(name) ?? '');
    const pnpm = join(ROOT, 'node_modules/pnpm/bin/pnpm.cjs');
    const args = [pnpm, 'pack', '--json', '--pack-destination', join(this.folder, 'linked')];
    return JSON.parse(this.run(process.execPath, args, folder)).filename;
  }

  /** The manifest in an archive, in which ranges are those that a registry sees. */
  packedManifest(archive: string): Manifest {
    return JSON.parse(this.run('tar', ['-xzOf', archive, 'package/package.json']));
  }

  /** Installs archives together into an empty folder, and answers all that lies there afterwards. */
  install(archives: readonly string[]): Installed {
    const folder = mkdtempSync(join(this.folder, 'linked', 'installed-'));
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    const npm = (args: readonly string[]) =>
      spawnSync('npm', [...args, '--loglevel=error'], { cwd: folder, encoding: 'utf8' });
    const offline = ['--offline', '--no-audit', '--no-fund'];
    const { status, stderr } = npm(['install', ...offline, ...archives]);
    const listed = npm(['ls', '--all', '--parseable', '--long']).stdout.trim().split('\n').slice(1);
    const packages = listed.map((line) => line.split(':')[1] ?? '');
    return { exitCode: status, said: stderr, packages };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The version of each package. */
  versions(): Record<string, string> {
    const entries = [...this.folderOf].map(([name, folder]) => {
      const text = readFileSync(join(this.folder, folder, 'package.json'), 'utf8');
      return [name, (JSON.parse(text) as Manifest).version];
    });
    return Object.fromEntries(entries);
  }

  private commit(): void {
    this.run('git', ['add', '-A']);
    const author = ['-c', 'user.name=tests', '-c', 'user.email=tests@example.invalid'];
    this.run('git', [...author, 'commit', '-q', '--allow-empty', '--no-verify', '-m', 'state']);
  }

  private run(command: string, args: readonly string[], cwd = this.folder): string {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stdout}${stderr}`);
    return stdout;
  }
}
