import { bits, LEVELS, ok, type Result } from '@pagewright/core';
import type { Section } from '@pagewright/report';
import type { Command } from 'commander';
import { type EntryData, readEntry } from '../decode/entry-data.js';
import { entrySection } from '../decode/entry-section.js';
import { checkedEntry, parseLevel } from '../entry-level.js';
import { type FormChoice, HEADERS_OPTION, KERNEL_OPTION, openForms } from '../forms.js';
import { readEntries } from '../input/entries.js';
import type { DecodeOutput } from '../outputs/decode.js';
import { type Answer, examples, type Reply } from '../verb.js';

interface DecodeOptions extends FormChoice {
  readonly level?: string;
}

/** `pagewright decode`. */
export function define(command: Command, reply: Reply): void {
  command
    .argument('<form>', 'paging form, such as x86_64, arm64-16k, s390x, um')
    .argument('<entry...>', 'words in hexadecimal, or - for standard input')
    .option('--level <level>', `level of the entries: ${LEVELS.join(', ')} (default: pte)`)
    .option(...HEADERS_OPTION)
    .option(...KERNEL_OPTION)
    .addHelpText(
      'after',
      examples(
        ['pagewright decode x86_64 0x8000000123456b67', 'A word, bit by bit'],
        [
          "pagewright decode x86_64 'pmd:80000001234008e7'",
          'A level and a word out of a kernel log',
        ],
        ["pagewright decode arm64 --level pmd '0060 0000 8000 0f41'", 'Digits in groups'],
        ['pagewright decode x86_64 0x840000000b800a25 --kernel all', 'In every header generation'],
        ["echo '0x13f 0x400' | pagewright decode s390x - --json", 'Words from a pipe, as JSON'],
      ),
    )
    .action((form: string, entries: string[], options: DecodeOptions) =>
      reply(decode(form, entries, options)),
    );
}

/** Says what entries mean. */
export async function decode(
  name: string,
  args: readonly string[],
  options: DecodeOptions,
): Promise<Result<Answer>> {
  const forms = await openForms(name, options);
  if (!forms.ok) return forms;
  const level = parseLevel(options.level);
  if (!level.ok) return level;
  const words = await readEntries(args);
  if (!words.ok) return words;
  const sections: Section[] = [];
  const entries: EntryData[] = [];
  for (const word of words.value) {
    for (const form of forms.value) {
      const at = checkedEntry(form, word, level.value);
      if (!at.ok) return at;
      const entry = readEntry(form, at.value, bits(word.raw));
      entries.push(entry.data);
      sections.push(entrySection(entry, form.definition.wordBits));
    }
  }
  const data: DecodeOutput = { schema: 'pagewright/decode/1', entries };
  return ok({ document: { blocks: sections, data }, exitCode: 0 });
}
