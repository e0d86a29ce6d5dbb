import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type ArchBackend, fail, ok, type Result } from '@pagewright/core';
import { allBackends, backendOf } from '../backends.js';

/** Loads the backend of a module of somebody's own; code `bad-backend`. */
async function loadBackend(path: string): Promise<Result<ArchBackend>> {
  let module: object;
  if (!existsSync(path)) return fail('bad-backend', `${path}: no such file`, { path });
  try {
    module = await import(pathToFileURL(resolve(path)).href);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return fail('bad-backend', `${path}: cannot be loaded: ${why}`, { path });
  }
  const backend = backendOf(module);
  if (backend !== undefined) return ok(backend);
  const message = `${path}: exports no backend (an object with arch, forms, form, formFromDump)`;
  return fail('bad-backend', message, { path });
}

/**
 * The backends to test: the one of a module, those of an architecture (or the part that has a form
 * of that name), all when nothing is said. Code `unknown-arch`.
 */
export async function chooseBackends(
  arch: string | undefined,
  path: string | undefined,
): Promise<Result<readonly ArchBackend[]>> {
  if (path !== undefined) {
    const own = await loadBackend(path);
    return own.ok ? ok([own.value]) : own;
  }
  const all = await allBackends();
  if (arch === undefined) return ok(all);
  const named = all.filter((backend) => backend.arch === arch);
  const chosen = named.length > 0 ? named : all.flatMap((backend) => partOf(backend, arch));
  if (chosen.length > 0) return ok(chosen);
  const known = all.map((backend) => backend.arch).join(', ');
  const shown = arch.slice(0, 40);
  return fail('unknown-arch', `unknown architecture "${shown}"; known: ${known}`, { arch: shown });
}

/** The backend with nothing but the form of a name. */
function partOf(backend: ArchBackend, name: string): ArchBackend[] {
  const forms = backend.forms.filter((form) => form.name === name);
  return forms.length === 0 ? [] : [{ ...backend, forms }];
}
