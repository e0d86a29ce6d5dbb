// What must not stay behind when a process ends: by itself, by a mistake, or by Ctrl-C.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Refusal } from './refusal.mjs';

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };
const steps = [];

process.on('exit', () => {
  for (const step of steps.splice(0)) step();
});
for (const [signal, number] of Object.entries(SIGNALS)) {
  process.on(signal, () => process.exit(128 + number));
}

/** Has `step` done when this process ends. Steps cannot wait; they are done in the order named. */
export function whenLeaving(step) {
  steps.push(step);
}

/** A new folder that goes away with this process. Refuses where none can be made. */
export function temporaryFolder(name) {
  try {
    const folder = mkdtempSync(join(tmpdir(), `${name}-`));
    whenLeaving(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
    return folder;
  } catch (error) {
    throw new Refusal(`no folder can be made in ${tmpdir()}: ${error.code}`);
  }
}
