import { fail, ok, type Result } from '@pagewright/core';
import type { Command } from 'commander';
import { allBackends } from '../backends.js';
import { KERNEL_OPTION } from '../forms.js';
import { capabilitiesDocument } from '../matrix/capabilities.js';
import { rulesDocument } from '../matrix/rules.js';
import { type Answer, examples, type Reply } from '../verb.js';

interface MatrixOptions {
  readonly rules?: boolean;
  readonly kernel?: string;
}

/** `pagewright matrix`. */
export function define(command: Command, reply: Reply): void {
  command
    .option('--rules', 'what vm_normal_page*() answers, by class of architecture and by kernel')
    .option(KERNEL_OPTION[0], 'with --rules: one revision, or `all` (default: every release)')
    .addHelpText(
      'after',
      examples(
        ['pagewright matrix', 'What each form can do'],
        ['pagewright matrix --rules', 'What the releases answer'],
        ['pagewright matrix --rules --kernel all --json', 'Every patch of every series, as JSON'],
      ),
    )
    .action((options: MatrixOptions) => reply(matrix(options)));
}

/** The table of forms, or that of rules. */
export async function matrix(options: MatrixOptions): Promise<Result<Answer>> {
  if (options.rules === true) {
    const rules = rulesDocument(options.kernel);
    return rules.ok ? ok({ document: rules.value, exitCode: 0 }) : rules;
  }
  if (options.kernel !== undefined) {
    return fail('bad-usage', '--kernel goes with --rules; without it, every generation is shown');
  }
  const forms = capabilitiesDocument(await allBackends());
  return forms.ok ? ok({ document: forms.value, exitCode: 0 }) : forms;
}
