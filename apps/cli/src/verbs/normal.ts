import {
  type ArchBackend,
  bits,
  type ConfigChoice,
  FRAME_KINDS,
  fail,
  hex,
  type Level,
  type MappingLevel,
  makeKernel,
  mappedEntry,
  normalPage,
  ok,
  parseConfig,
  REVISIONS,
  type Result,
  type Revision,
} from '@pagewright/core';
import type { Block } from '@pagewright/report';
import type { Command } from 'commander';
import { backendOfForm } from '../backends.js';
import { checkedEntry, parseLevel } from '../entry-level.js';
import {
  type FormChoice,
  formOfRevision,
  HEADERS_OPTION,
  KERNEL_OPTION,
  openForm,
  revisionsOf,
} from '../forms.js';
import { readEntries } from '../input/entries.js';
import type { EntryWord } from '../input/entry-words.js';
import { HOOKS, type Place, type PlaceOptions, readPlace, surround } from '../normal/question.js';
import { type VerdictData, verdictData } from '../normal/verdict-data.js';
import { verdictSections } from '../normal/verdict-sections.js';
import type { NormalOutput } from '../outputs/normal.js';
import { type Answer, examples, type Reply } from '../verb.js';

interface NormalOptions extends FormChoice, PlaceOptions {
  readonly level?: string;
  readonly config?: readonly string[];
}

/** `pagewright normal`. */
export function define(command: Command, reply: Reply): void {
  const collect = (setting: string, before: readonly string[] = []) => [...before, setting];
  command
    .argument('<form>', 'paging form, such as x86_64, arm64-16k, s390x, um')
    .argument('<entry>', 'a present entry in hexadecimal, or - for standard input')
    .requiredOption('--vma <flags>', 'VMA flags: a number, VM_ names or letters of smaps')
    .option('--level <level>', 'level of the entry: pte, pmd, pud (default: pte)')
    .option('--at <address>', 'virtual address of the entry')
    .option('--start <address>', 'where the VMA begins')
    .option('--pgoff <pages>', 'vm_pgoff of the VMA')
    .option('--frame <kind>', `what the frame is: ${Object.keys(FRAME_KINDS).join(', ')}`)
    .option('--highest-pfn <pfn>', 'highest_memmap_pfn')
    .option('--hook <answer>', `find_normal_page() of the VMA: ${HOOKS.join(', ')} (default: none)`)
    .option(...HEADERS_OPTION)
    .option(...KERNEL_OPTION)
    .option('--config <NAME=y|n>', 'a CONFIG_ option, again for each', collect)
    .addHelpText(
      'after',
      examples(
        [
          "pagewright normal x86_64 0x8000000123456b67 --vma 'rd wr mr mw me ac'",
          'A special entry in ordinary memory',
        ],
        [
          'pagewright normal x86_64 pmd:0x80000000400008e7 --vma VM_READ,VM_MAYREAD \\\n' +
            '      --frame hz_head --kernel all',
          'A huge zero page, in every kernel',
        ],
        [
          'pagewright normal um 0x5003065 --vma VM_PFNMAP,VM_MAYWRITE \\\n' +
            '      --start 0x10000000 --at 0x10003000 --pgoff 0x5000',
          'A private mapping of device memory, without a special mark',
        ],
      ),
    )
    .action((form: string, entry: string, options: NormalOptions) =>
      reply(normal(form, entry, options)),
    );
}

/** Says whether an entry maps a normal page, in one kernel or in all. */
export async function normal(
  name: string,
  written: string,
  options: NormalOptions,
): Promise<Result<Answer>> {
  const backend = await backendOfForm(name);
  if (!backend.ok) return backend;
  const config = parseConfig(options.config ?? []);
  if (!config.ok) return config;
  const place = readPlace(options);
  if (!place.ok) return place;
  const level = parseLevel(options.level);
  if (!level.ok) return level;
  const kernels = await askedKernels(name, options);
  if (!kernels.ok) return kernels;
  const words = await readEntries([written]);
  if (!words.ok) return words;
  const [word, ...more] = words.value;
  if (word === undefined || more.length > 0) {
    return fail('bad-entry', `one entry is needed, and ${words.value.length} are given`);
  }
  const asked = { name, backend: backend.value, config: config.value, place: place.value, options };
  const judged = kernels.value.map((revision) => judge(asked, word, level.value, revision));
  return answerOf(name, word, judged);
}

/** The revisions of `--kernel`; without it, the newest one whose headers are meant. */
async function askedKernels(
  name: string,
  options: NormalOptions,
): Promise<Result<readonly Revision[]>> {
  if (options.kernel !== undefined) return revisionsOf(options.kernel);
  const form = await openForm(name, options);
  if (!form.ok) return form;
  const { headers } = form.value;
  const newest = REVISIONS.findLast((revision) => revision.headers === headers);
  return newest === undefined
    ? fail('unknown-revision', `no kernel revision with headers ${headers} is known`)
    : ok([newest]);
}

interface Asked {
  readonly name: string;
  readonly backend: ArchBackend;
  readonly config: ConfigChoice;
  readonly place: Place;
  readonly options: NormalOptions;
}

/** One kernel's verdict, or why there is none in it. */
interface Judged {
  readonly revision: Revision;
  readonly level: MappingLevel | undefined;
  readonly result: Result<{ data: VerdictData; assumed: readonly string[] }>;
}

function judge(
  { name, backend, config, place, options }: Asked,
  word: EntryWord,
  askedLevel: Level | undefined,
  revision: Revision,
): Judged {
  const failed = (result: Result<never>): Judged => ({ revision, level: undefined, result });
  const { DEVICE_PRIVATE: devicePrivate } = config;
  const choice = devicePrivate === undefined ? options : { ...options, devicePrivate };
  const form = formOfRevision(backend, name, revision, choice);
  if (!form.ok) return failed(form);
  const at = checkedEntry(form.value, word, askedLevel);
  if (!at.ok) return failed(at);
  const level = at.value;
  if (level !== 'pte' && level !== 'pmd' && level !== 'pud') {
    return failed(
      fail('no-such-level', `vm_normal_page*() exists for pte, pmd and pud, not ${level}`),
    );
  }
  const entry = mappedEntry(form.value, level, bits(word.raw));
  if (!entry.ok) return { revision, level, result: entry };
  const around = surround(form.value, level, entry.value, place);
  if (!around.ok) return { revision, level, result: around };
  const kernel = makeKernel({ revision, form: form.value.definition, config });
  if (!kernel.ok) return { revision, level, result: kernel };
  const { assumed, ...rest } = around.value;
  const verdict = normalPage({ kernel: kernel.value, level, entry: entry.value, ...rest });
  const data = verdictData(revision, entry.value, verdict);
  return { revision, level, result: ok({ data, assumed }) };
}

function answerOf(name: string, word: EntryWord, judged: readonly Judged[]): Result<Answer> {
  const verdicts: VerdictData[] = [];
  const assumed = new Set<string>();
  const skipped: { kernel: string; why: string }[] = [];
  for (const { revision, result } of judged) {
    if (result.ok) {
      verdicts.push(result.value.data);
      for (const sentence of result.value.assumed) assumed.add(sentence);
    } else skipped.push({ kernel: revision.id, why: result.problem.message });
  }
  const [first] = judged;
  if (verdicts.length === 0 && first !== undefined && !first.result.ok) return first.result;
  const level = judged.find((each) => each.level !== undefined)?.level ?? 'pte';
  const entry = hex(word.raw);
  const blocks: Block[] = [...verdictSections(verdicts)];
  const notes: [string, readonly string[]][] = [
    ['assumed', [...assumed]],
    ['not asked', skipped.map(({ kernel, why }) => `${kernel}: ${why}`)],
  ];
  for (const [role, lines] of notes) {
    if (lines.length === 0) continue;
    blocks.push({ kind: 'key-values', pairs: lines.map((line) => [role, line]) });
  }
  const data: NormalOutput = {
    schema: 'pagewright/normal/1',
    form: name,
    level,
    entry,
    assumed: [...assumed],
    verdicts,
    skipped,
  };
  return ok({ document: { title: `${name} ${level} ${entry}`, blocks, data }, exitCode: 0 });
}
