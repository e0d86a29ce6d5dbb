// The command line, installed globally, from a folder that has nothing to do with it.
import { deepStrictEqual, match } from 'node:assert';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { output, run } from '../release/command.mjs';

/** Installs the program below `folder`; answers a function that runs it there, in an empty folder. */
export async function globalProgram(folder, env) {
  const [prefix, elsewhere] = [join(folder, 'prefix'), join(folder, 'elsewhere')];
  for (const each of [prefix, elsewhere]) mkdirSync(each, { recursive: true });
  await output('npm', ['install', '--global', '--prefix', prefix, '@pagewright/cli'], { env });
  const program = join(prefix, 'bin/pagewright');
  return (...args) => run(program, args, { cwd: elsewhere, env: { NO_COLOR: '1' } });
}

/**
 * Asks an installed program what its README does.
 * @param pagewright runs it
 * @param version the one that it must be of
 * @param dumps folder of the demo's dump and of what its kernel said of itself
 */
export async function commandLineAnswers(pagewright, version, dumps) {
  const answers = async (...args) => {
    const { status, stdout, stderr } = await pagewright(...args);
    deepStrictEqual([args, status, stderr], [args, 0, '']);
    return stdout;
  };
  match(await answers('--version'), new RegExp(`^${version}\\n$`));

  const decoded = await answers('decode', 'x86_64', '0x8000000123456b67');
  match(decoded, /^x86_64 pte 0x8000000123456b67/);
  match(decoded, /pfn +0x123456\n/);
  match(decoded, /pte_\* true +special /);

  const laws = JSON.parse(await answers('conform', '--json'));
  deepStrictEqual(
    laws.forms.filter((form) => form.laws.failed.length > 0 || !form.laws.held),
    [],
  );

  const dump = join(dumps, 'dump.kdump');
  match(await answers('inspect', dump), /^Processes, and entries of their tables$/m);
  const { processes } = JSON.parse(await answers('inspect', dump, '--json'));
  const truth = JSON.parse(gunzipSync(readFileSync(join(dumps, 'truth.json.gz'))));
  const found = new Map(processes.map(({ pid, comm, vmas }) => [pid, [comm, vmas.length]]));
  for (const { pid, comm, vmas } of truth.processes) {
    deepStrictEqual(found.get(pid), [comm, vmas.length]);
  }
  return { forms: laws.forms.length, processes: truth.processes.length };
}
