import { type ArchBackend, type EntryForm, type Level, ok, type Result } from '@pagewright/core';
import { type Document, span } from '@pagewright/report';

/** What one form can do, as `--json` prints it. */
export type FormCapabilities = {
  readonly form: string;
  readonly arch: string;
  readonly headers: string;
  readonly summary: string;
  readonly wordBits: number;
  readonly byteOrder: string;
  readonly pageBytes: number;
  readonly addressBits: number;
  /** Levels that have tables, root first. */
  readonly levels: readonly Level[];
  /** Levels at which an entry may map memory. */
  readonly maps: readonly Level[];
  /** Levels at which the special mark works. */
  readonly special: readonly Level[];
  readonly supports: Readonly<Record<string, boolean>>;
};

/** Every form in every generation. */
export function capabilitiesOf(backends: readonly ArchBackend[]): Result<FormCapabilities[]> {
  const found: FormCapabilities[] = [];
  for (const backend of backends) {
    for (const { name, headers } of backend.forms) {
      for (const generation of headers) {
        const form = backend.form(name, { headers: generation });
        if (!form.ok) return form;
        found.push(capabilities(form.value));
      }
    }
  }
  return ok(found);
}

function capabilities({ definition }: EntryForm): FormCapabilities {
  const levels = definition.levels.filter(({ folded }) => !folded);
  const where = (has: 'mayMap' | 'hasSpecial'): Level[] =>
    definition.levels.filter((geometry) => geometry[has]).map(({ level }) => level);
  return {
    form: definition.name,
    arch: definition.arch,
    headers: definition.headers,
    summary: definition.summary,
    wordBits: definition.wordBits,
    byteOrder: definition.byteOrder,
    pageBytes: 2 ** definition.pageShift,
    addressBits: definition.addressBits,
    levels: levels.map(({ level }) => level),
    maps: where('mayMap'),
    special: where('hasSpecial'),
    supports: { ...definition.supports },
  };
}

/** Heads of the table's narrow columns, and what they stand for. */
const SHORT: Readonly<Record<string, readonly [head: string, meaning: string]>> = {
  softDirty: ['sd', 'soft-dirty'],
  uffdWp: ['wp', 'userfaultfd write protection'],
  devmap: ['dm', 'devmap'],
  protnone: ['pn', 'protnone is real (NUMA hints)'],
  transparentHugepage: ['th', 'transparent huge pages'],
  pudTransparentHugepage: ['tp', 'huge pages at PUD level'],
  thpMigration: ['mi', 'migration entries at PMD level'],
  gupFast: ['gf', 'GUP-fast'],
  shadowStack: ['ss', 'shadow stacks'],
  pgtableDeposit: ['de', 'page tables deposited for huge file mappings'],
};

/** Forms and what they can do, as a document. */
export function capabilitiesDocument(forms: readonly FormCapabilities[]): Document {
  const names = Object.keys(forms[0]?.supports ?? {});
  const rows = forms.map((form) => [
    form.form,
    form.headers,
    `${form.pageBytes / 1024}K`,
    `${form.addressBits}`,
    `${form.levels.length}`,
    form.maps.map((level) => (form.special.includes(level) ? `${level}*` : level)).join(' '),
    ...names.map((name) => (form.supports[name] ? 'y' : span('-', 'dim'))),
  ]);
  const heads = ['form', 'headers', 'page', 'bits', 'levels', 'maps'];
  const columns = [...heads, ...names.map((name) => SHORT[name]?.[0] ?? name)];
  const legend = names.map((name) => SHORT[name]?.join(' ') ?? name).join(', ');
  return {
    title: 'Forms',
    blocks: [
      { kind: 'table', columns: columns.map((title) => ({ title })), rows },
      {
        kind: 'note',
        tone: 'dim',
        text: `bits: of virtual address. maps: levels that may map memory, * with a special mark that works. ${legend}.`,
      },
    ],
    data: { schema: 'pagewright/matrix/1', forms },
  };
}
