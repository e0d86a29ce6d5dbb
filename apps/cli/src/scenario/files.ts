import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fail, ok, type Result } from '@pagewright/core';
import { parseScenario, type Scenario } from '@pagewright/scenario';

const isScenario = (name: string): boolean => /\.ya?ml$/.test(name);

/** Longest file that is read, in bytes. */
const LONGEST = 4 << 20;

/** The scenario files that a path means: itself, or those of a folder by name. */
export function scenarioPaths(path: string): Result<readonly string[]> {
  try {
    if (!statSync(path).isDirectory()) return ok([path]);
    const names = readdirSync(path).filter(isScenario).sort();
    if (names.length > 0) return ok(names.map((name) => join(path, name)));
    return fail('no-scenarios', `${path}: holds no .yaml files`);
  } catch (error) {
    return unreadable(path, error);
  }
}

/** Reads a scenario. Codes: `unreadable`, and those of `parseScenario`. */
export function readScenario(path: string): Result<Scenario> {
  const text = readText(path);
  return text.ok ? parseScenario(text.value, path) : text;
}

/** The text of a file that is no larger than such files are. Code `unreadable`. */
export function readText(path: string): Result<string> {
  try {
    if (statSync(path).size > LONGEST) {
      return fail('unreadable', `${path}: larger than ${LONGEST} bytes`);
    }
    return ok(readFileSync(path, 'utf8'));
  } catch (error) {
    return unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): Result<never> {
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code !== 'string') throw error;
  return fail('unreadable', `${path}: cannot be read (${code})`, { path });
}
