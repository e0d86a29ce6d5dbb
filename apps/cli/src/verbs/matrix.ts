import { fail, ok, type Result } from '@pagewright/core';
import type { Command } from 'commander';
import { allBackends } from '../backends.js';
import { KERNEL_OPTION } from '../forms.js';
import { capabilitiesDocument } from '../matrix/capabilities.js';
import { rulesDocument } from '../matrix/rules.js';
import type { AnswerDocument } from '../outputs/output.js';
import { type Answer, examples, type Reply } from '../verb.js';

interface MatrixOptions {
  readonly rules?: boolean;
  readonly flips?: string;
  readonly insert?: string;
  readonly kernel?: string;
  readonly memory?: string;
}

/** `pagewright matrix`. */
export function define(command: Command, reply: Reply): void {
  command
    .option('--rules', 'what vm_normal_page*() answers, by class of architecture and by kernel')
    .option('--flips <form>', 'what each kernel makes of every flipped bit of an entry')
    .option('--insert <form>', 'what each way to insert an entry answers for a slot that is taken')
    .option(
      KERNEL_OPTION[0],
      'one revision, or `all` (default: every release for --rules, else all)',
    )
    .option('--memory <ranges>', 'with --flips: where memory lies (default: 0-3G,4G-17G)')
    .addHelpText(
      'after',
      examples(
        ['pagewright matrix', 'What each form can do'],
        ['pagewright matrix --rules', 'What the releases answer'],
        ['pagewright matrix --rules --kernel all --json', 'Every patch of every series, as JSON'],
        ['pagewright matrix --flips x86_64', 'What a flipped bit does, kernel by kernel'],
        [
          'pagewright matrix --flips arm64 --kernel v6.18 --memory 1G-9G,device:32G-48G',
          'The same with memory laid out otherwise, of one kernel',
        ],
        ['pagewright matrix --insert x86_64', 'What insertion answers for a slot that is taken'],
      ),
    )
    .action((options: MatrixOptions) => reply(matrix(options)));
}

/** The table that was asked for: one of them, by default that of forms. */
export async function matrix(options: MatrixOptions): Promise<Result<Answer>> {
  const refused = misuse(options);
  if (refused !== undefined) return fail('bad-usage', refused);
  const document = await documentOf(options);
  return document.ok ? ok({ document: document.value, exitCode: 0 }) : document;
}

function misuse({ rules, flips, insert, kernel, memory }: MatrixOptions): string | undefined {
  const tables = [rules, flips, insert].filter((each) => each !== undefined).length;
  if (tables > 1) return 'one of --rules, --flips and --insert at a time';
  if (tables === 0 && kernel !== undefined) {
    return '--kernel goes with --rules, --flips or --insert; without them, every generation is shown';
  }
  return memory !== undefined && flips === undefined ? '--memory goes with --flips' : undefined;
}

async function documentOf(options: MatrixOptions): Promise<Result<AnswerDocument>> {
  if (options.rules === true) return rulesDocument(options.kernel);
  if (options.flips !== undefined) {
    const { flipsDocument } = await import('../matrix/flips.js');
    return flipsDocument(options.flips, options);
  }
  if (options.insert !== undefined) {
    const { insertionDocument } = await import('../matrix/insertion.js');
    return insertionDocument(options.insert, options.kernel);
  }
  return capabilitiesDocument(await allBackends());
}
