import {
  type ArchBackend,
  type ConfigName,
  hex,
  makeKernel,
  mappedEntry,
  normalPage,
  REVISIONS,
  type Revision,
  type Verdict,
} from '@pagewright/core';
import { type Json, type Section, span, type Text } from '@pagewright/report';
import { formOfRevision } from '../forms.js';
import { kernelRun } from '../kernel-run.js';
import { type JudgedLeaf, judgeVma } from '../process/judge.js';
import type { OpenProcess } from '../process/open-process.js';
import { Legend } from './legend.js';

/** Neighbouring revisions that answer the same for the same reasons. */
interface Stretch {
  readonly kernels: Revision[];
  readonly headers: string;
  readonly verdict: Verdict;
}

/** A kind of entry whose verdict changed in the course of time. */
interface Telling {
  readonly what: string;
  /** What kernels write into such an entry since, and what they answer then. */
  readonly since: string;
  readonly is: (leaf: JudgedLeaf, opened: OpenProcess) => boolean;
}

const TELLING: readonly Telling[] = [
  {
    what: 'a page of persistent memory, mapped by fsdax',
    since:
      'From v6.17 on fsdax sets neither mark: the page is counted and normal (SPEC 2.3, 11.10).',
    is: ({ level, raw }, { form }) => {
      const entry = mappedEntry(form, level, raw);
      return level === 'pte' && entry.ok && entry.value.devmap;
    },
  },
  {
    what: 'the huge zero folio, read through a PMD',
    since:
      'From v6.18 on such a PMD is marked special, and the answer stays NULL (SPEC 2.8, 10.4).',
    is: ({ level, decoded }, { frames }) => level === 'pmd' && frames.isHugeZeroHead(decoded.pfn),
  },
];

/**
 * How the verdict on one word changes over the revisions. The process supplies the words; undefined
 * when it has none that tells.
 */
export function revisionsSection(
  opened: OpenProcess,
  backend: ArchBackend,
): { readonly section: Section; readonly data: Json } | undefined {
  const legend = new Legend();
  const found = TELLING.flatMap(({ is, ...telling }) => {
    const leaf = findLeaf(opened, (each) => is(each, opened));
    return leaf === undefined
      ? []
      : [{ ...telling, leaf, stretches: stretchesOf(opened, backend, leaf) }];
  });
  const tables = found.map(
    ({ what, since, leaf, stretches }): Section => ({
      kind: 'section',
      title: `${leaf.level} ${hex(leaf.raw)} at ${hex(leaf.start)}: ${what}`,
      blocks: [
        {
          kind: 'table',
          columns: [
            { title: 'kernels' },
            { title: 'headers' },
            { title: 'answer' },
            { title: 'why' },
          ],
          rows: stretches.map(({ kernels, headers, verdict }) => [
            kernelRun(kernels.map(({ id }) => id)),
            headers,
            answerText(verdict),
            legend.letterOf([...verdict.because, ...verdict.warns]),
          ]),
        },
        { kind: 'note', tone: 'dim', text: since },
      ],
    }),
  );
  if (found.length === 0) return undefined;
  const intro = 'The same word, read with the headers of each kernel and judged by its rules.';
  const section: Section = {
    kind: 'section',
    title: 'One entry, many kernels',
    blocks: [{ kind: 'paragraph', text: intro }, ...tables, legend.block()],
  };
  const data = found.map(({ leaf, stretches }) => ({
    level: leaf.level,
    entry: hex(leaf.raw),
    at: hex(leaf.start),
    verdicts: stretches.flatMap(({ kernels, headers, verdict }) =>
      kernels.map(({ id }) => ({
        kernel: id,
        headers,
        answer: verdict.answer,
        because: [...verdict.because, ...verdict.warns].map((rule) => rule.id),
      })),
    ),
  }));
  return { section, data };
}

function findLeaf(
  opened: OpenProcess,
  wanted: (leaf: JudgedLeaf) => boolean,
): JudgedLeaf | undefined {
  for (const vma of opened.vmas) {
    for (const found of judgeVma(opened, vma)) {
      if (found.verdict !== null && wanted(found)) return found;
    }
  }
  return undefined;
}

function stretchesOf(opened: OpenProcess, backend: ArchBackend, leaf: JudgedLeaf): Stretch[] {
  const stretches: Stretch[] = [];
  for (const revision of REVISIONS) {
    const verdict = verdictIn(opened, backend, revision, leaf);
    if (verdict === undefined) continue;
    const last = stretches.at(-1);
    if (last !== undefined && last.headers === revision.headers && alike(last.verdict, verdict)) {
      last.kernels.push(revision);
    } else stretches.push({ kernels: [revision], headers: revision.headers, verdict });
  }
  return stretches;
}

/** The verdict of one kernel; undefined where its headers do not read the word as a mapping. */
function verdictIn(
  { form, described, frames }: OpenProcess,
  backend: ArchBackend,
  revision: Revision,
  { level, raw, start, vma }: JudgedLeaf,
): Verdict | undefined {
  const devicePrivate = described.config.DEVICE_PRIVATE === true;
  const itsForm = formOfRevision(backend, form.name, revision, { devicePrivate });
  if (!itsForm.ok) return undefined;
  const config = described.config as Partial<Record<ConfigName, boolean>>;
  const kernel = makeKernel({
    revision,
    form: itsForm.value.definition,
    // The guests were built without it, and the warnings are part of the story.
    config: { ...config, DEBUG_VM: true },
  });
  const entry = mappedEntry(itsForm.value, level, raw);
  if (!kernel.ok || !entry.ok) return undefined;
  return normalPage({
    kernel: kernel.value,
    level,
    vma,
    addr: start,
    entry: entry.value,
    frames,
  });
}

const reasonsOf = ({ because, warns }: Verdict): string =>
  [...because, ...warns].map(({ id }) => id).join(' ');

const alike = (a: Verdict, b: Verdict): boolean =>
  a.answer === b.answer && reasonsOf(a) === reasonsOf(b);

function answerText({ answer, warns }: Verdict): Text {
  if (answer === 'bad') return span('NULL, and a "Bad page map" report', 'problem');
  if (answer === 'none') return span('NULL', 'warning');
  if (answer === 'absent') return span('no such function', 'dim');
  return warns.length > 0 ? span('page, with a warning', 'problem') : span('page', 'good');
}
