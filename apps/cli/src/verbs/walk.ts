import {
  type ArchBackend,
  type EntryForm,
  fail,
  hex,
  ok,
  type Result,
  type Span,
} from '@pagewright/core';
import type { Dump } from '@pagewright/dump';
import type { Command } from 'commander';
import { backendOfForm } from '../backends.js';
import { type FormChoice, HEADERS_OPTION, KERNEL_OPTION, openForm } from '../forms.js';
import { parseNumber } from '../input/numbers.js';
import { BASE_OPTION, openBased } from '../input/open-based.js';
import type { WalkHead } from '../outputs/walk.js';
import { type Answer, examples, type Reply } from '../verb.js';
import { walkAt } from '../walk/at-answer.js';
import { checkedRoot, fittingForms } from '../walk/open-root.js';
import { parseSpan } from '../walk/parse-span.js';
import { walkSpan } from '../walk/span-answer.js';

interface WalkOptions extends FormChoice {
  readonly form: string;
  readonly root: string;
  readonly at?: string;
  readonly span?: string;
  readonly base?: string;
}

/** `pagewright walk`. */
export function define(command: Command, reply: Reply): void {
  command
    .argument('<dump...>', 'ELF core, kdump (all its parts), LiME file, or raw image of memory')
    .requiredOption('--form <form>', 'paging form, such as x86_64, arm64-16k, s390x, um')
    .requiredOption('--root <paddr>', 'physical address of the root table')
    .option('--at <address>', 'show every step of translating this address')
    .option('--span <start-end>', 'show the ranges from START up to END')
    .option(...BASE_OPTION)
    .option(...HEADERS_OPTION)
    .option(KERNEL_OPTION[0], 'kernel revision, which implies the headers')
    .addHelpText(
      'after',
      examples(
        [
          'pagewright walk fixtures/processes/x86_64-6.12/tables.elf --form x86_64 \\\n' +
            '      --headers 6.12 --root 0x56ee000 --at 0x1100a00123',
          'One address, step by step',
        ],
        [
          'pagewright walk fixtures/processes/x86_64-6.12/tables.elf --form x86_64 \\\n' +
            '      --headers 6.12 --root 0x56ee000 --span 0x1000000000-0x1200000000',
          'A span, range by range',
        ],
        [
          'pagewright walk memory.raw --base 0x80000000 --form arm64 \\\n' +
            '      --root 0x80401000 --at 0',
          'A raw image whose first byte is physical 0x80000000',
        ],
      ),
    )
    .action((dump: readonly string[], options: WalkOptions) => reply(walkDump(dump, options)));
}

/** Walks page tables in a dump: one address, or a span. */
export async function walkDump(
  paths: readonly string[],
  options: WalkOptions,
): Promise<Result<Answer>> {
  if (options.kernel === 'all') {
    return fail('bad-usage', '--kernel all: the tables of a dump are those of one kernel');
  }
  const backend = await backendOfForm(options.form);
  if (!backend.ok) return backend;
  const form = await openForm(options.form, options);
  if (!form.ok) return form;
  const root = parseNumber(options.root, '--root');
  if (!root.ok) return root;
  const target = parseTarget(options);
  if (!target.ok) return target;
  const dump = await openBased(paths, options.base);
  if (!dump.ok) return dump;
  try {
    const asked = {
      path: paths.join(' '),
      dump: dump.value,
      root: root.value,
      target: target.value,
    };
    return walkTarget(asked, form.value, backend.value);
  } finally {
    dump.value.close();
  }
}

type Target = { readonly at: bigint } | { readonly span: Span };

function parseTarget({ at, span }: WalkOptions): Result<Target> {
  if ((at === undefined) === (span === undefined)) {
    return fail('bad-usage', 'either --at or --span must say what to walk, and not both');
  }
  if (at !== undefined) {
    const address = parseNumber(at, '--at');
    return address.ok ? ok({ at: address.value }) : address;
  }
  const parsed = parseSpan(span ?? '', '--span');
  return parsed.ok ? ok({ span: parsed.value }) : parsed;
}

interface Asked {
  readonly path: string;
  readonly dump: Dump;
  readonly root: bigint;
  readonly target: Target;
}

function walkTarget(asked: Asked, form: EntryForm, backend: ArchBackend): Result<Answer> {
  const { memory, container } = asked.dump;
  const root = checkedRoot(form, memory, asked.root);
  if (!root.ok) return root;
  const fits = fittingForms(backend, form, memory, root.value);
  const head: WalkHead = {
    schema: 'pagewright/walk/1',
    dump: asked.path,
    container,
    form: form.name,
    headers: form.headers,
    root: hex(root.value),
    fits,
  };
  const { target } = asked;
  const answer =
    'at' in target
      ? walkAt(form, memory, root.value, target.at, head)
      : walkSpan(form, memory, root.value, target.span, head);
  return answer.ok && fits.length > 0 ? ok(withAdvice(answer.value, form, fits)) : answer;
}

/** Says below an answer as which other forms the root table makes sense. */
function withAdvice(answer: Answer, form: EntryForm, fits: readonly string[]): Answer {
  const text = `The root table makes no sense as ${form.name}, but it does as ${fits.join(' or ')}.`;
  const { document } = answer;
  const blocks = [...document.blocks, { kind: 'note', tone: 'warning', text } as const];
  return { ...answer, exitCode: 1, document: { ...document, blocks } };
}
