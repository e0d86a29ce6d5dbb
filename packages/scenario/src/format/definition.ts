import { CONFIG_DEFAULTS, type ConfigName } from '@pagewright/core';
import { FILE_KINDS, FILE_SYSTEMS } from '@pagewright/mm';
import { z } from 'zod';
import { PAGE_KINDS } from '../setup/page-kinds.js';
import { NEEDS } from './needs.js';
import { stepSchema } from './step.js';
import { ADDRESS, KERNELS, NAME, number, strict } from './words.js';

/** Most objects of a kind, and most steps, that a file may have. */
const MOST_OBJECTS = 100;
const MOST_STEPS = 300;
const MOST_PAGES = 4096;

const keysOf = <T extends object>(record: T) => Object.keys(record) as [keyof T & string];

const named = <T extends z.ZodType>(what: string, one: T) =>
  z
    .record(NAME, one)
    .refine((all) => Object.keys(all).length <= MOST_OBJECTS, `more than ${MOST_OBJECTS} ${what}`);

/** What scenarios run on. */
export const machineSchema = strict({
  form: z
    .union([z.string(), z.array(z.string()).min(1)], { error: 'a form, a list of forms, or all' })
    .optional()
    .describe('Paging forms that runs are shown of: one, a list, or `all`. Default: x86_64.'),
  kernel: z
    .union([KERNELS, z.array(KERNELS).min(1)], { error: 'a kernel, a range, or a list of them' })
    .optional()
    .describe('Kernels that runs are shown of. Default: v6.18-fixed.'),
  config: z
    .partialRecord(
      z.enum(keysOf(CONFIG_DEFAULTS) as [ConfigName]),
      z.enum(['y', 'n'], { error: 'y or n' }),
    )
    .optional()
    .describe('CONFIG_ options that differ from those of a distribution.'),
  ram: number(1, MOST_PAGES).optional().describe('Frames that can be allocated. Default: 64.'),
  deposits: z
    .boolean()
    .optional()
    .describe('Huge mappings of files need a page table deposited, as on powerpc (hash).'),
});

const process = strict({
  'no zeropage': z.boolean().optional().describe('mm_forbids_zeropage() says yes.'),
});

const file = strict({
  kind: z.enum(FILE_KINDS.map(({ name }) => name)).describe('What the kernel asks of the file.'),
  pages: number(0, MOST_PAGES).optional().describe('Size of the file. Default: 16.'),
  on: NAME.optional().describe('The pages of the DAX device that it lies on.'),
});

const page = z.union(
  [
    z.enum(keysOf(PAGE_KINDS)),
    strict({
      kind: z.enum(keysOf(PAGE_KINDS)),
      order: number(0, 18).optional().describe('Pages of the folio as a power of two.'),
      pages: number(1, MOST_PAGES).optional().describe('How many one behind the other.'),
      'file system': z
        .enum(FILE_SYSTEMS.map(({ name }) => name))
        .optional()
        .describe('What lies on memory of kind `fsdax`. Default: ext4.'),
    }),
  ],
  { error: `a kind of page: ${Object.keys(PAGE_KINDS).join(', ')}` },
);

const handler = strict({
  fault: strict({
    operation: z
      .enum(['vm_insert_page', 'vmf_insert_page_mkwrite', 'vmf_insert_pfn', 'vmf_insert_mixed'])
      .describe('What the handler calls.'),
    page: NAME.describe('What it maps: the first page of the VMA gets this one, and so on.'),
  })
    .optional()
    .describe('The fault handler.'),
  page_mkwrite: z.boolean().optional().describe('There is a page_mkwrite(), which agrees.'),
  pfn_mkwrite: z.boolean().optional().describe('There is a pfn_mkwrite(), which agrees.'),
  find_normal_page: NAME.optional().describe(
    'find_special_page() or find_normal_page() answers pages from this one on.',
  ),
});

const vma = strict({
  flags: z
    .string()
    .describe(
      '`rw-p` or `r--s` and so on, then flags by name or letters; `no-maywrite` takes away.',
    ),
  pages: number(1, 1 << 20).describe('Size.'),
  process: NAME.optional().describe('Whose it is. Default: the only process.'),
  at: z
    .union([number(0, 2 ** 40), strict({ after: NAME })], { error: 'a page number, or {after: V}' })
    .optional()
    .describe('First page. Default: somewhere on its own, aligned for a PMD.'),
  file: NAME.optional().describe('The file that it maps; anonymous memory has none.'),
  pgoff: z
    .union([number(0, 2 ** 40), NAME], { error: 'a number, or a page whose pfn is meant' })
    .optional()
    .describe('vm_pgoff. Default: 0 with a file, otherwise its page number.'),
  ops: handler.optional().describe('vm_ops of its driver; anonymous memory has none.'),
});

/** What there is at first. */
export const objectsSchema = strict({
  processes: named('processes', process.nullable()).optional(),
  files: named('files', file).optional(),
  pages: named('pages', page).optional(),
  vmas: named('VMAs', vma).optional(),
});

const entry = z.union(
  [
    z.literal('none'),
    strict({
      page: NAME.optional().describe('The page that it points to.'),
      level: z.enum(['pte', 'pmd', 'pud']).optional().describe('Default: pte.'),
      write: z.boolean().optional().describe('Default: false.'),
      special: z
        .boolean()
        .optional()
        .describe('Default: false. Not asked where the level has no special bit.'),
      dirty: z.boolean().optional().describe('Asked when said, as are the following.'),
      young: z.boolean().optional(),
      protnone: z.boolean().optional(),
      uffd_wp: z.boolean().optional(),
      soft_dirty: z.boolean().optional(),
      devmap: z.boolean().optional(),
      absent: z.string().optional().describe('What an entry that is not present stands for.'),
    }),
  ],
  { error: 'none, or the fields of an entry' },
);

const pageState = strict({
  refcount: z.number().int().optional(),
  mapcount: z.number().int().optional(),
  entire: z.number().int().optional().describe('Mappings by PMDs and PUDs.'),
  pincount: z.number().int().optional(),
  pinned: z.boolean().optional().describe('folio_maybe_dma_pinned().'),
  exclusive: z.boolean().optional().describe('PG_anon_exclusive.'),
  anon: z.boolean().optional(),
  dirty: z.boolean().optional(),
  owner: z.enum(['none', 'anon', 'ksm', 'file', 'movable', 'daxShared']).optional(),
  share: z.number().int().optional().describe('File offsets that share a DAX page.'),
});

const processState = strict({
  file: z.number().int().optional().describe('MM_FILEPAGES, as all counters in pages.'),
  anon: z.number().int().optional(),
  shmem: z.number().int().optional(),
  swap: z.number().int().optional(),
  ptes: z.number().int().optional().describe('PTE tables, deposited ones included.'),
  vmas: z.number().int().optional().describe('How many VMAs.'),
});

const vmaState = strict({
  has: z.string().optional().describe('Flags that are set.'),
  lacks: z.string().optional().describe('Flags that are not set.'),
  pgoff: z.union([z.number().int(), NAME]).optional(),
});

/** What is expected of a state; what is not said is not asked, but for `write` and `special`. */
export const stateSchema = strict({
  kernels: KERNELS.optional().describe('Asked of these kernels only.'),
  needs: z
    .array(z.enum(keysOf(NEEDS)))
    .optional()
    .describe('Asked where these are there only.'),
  pages: z.record(NAME, pageState).optional(),
  processes: z.record(NAME, processState).optional(),
  vmas: z.record(NAME, vmaState).optional(),
  entries: z.record(ADDRESS, entry).optional(),
  tainted: z.boolean().optional().describe('A bad page map was reported.'),
  invariants: z
    .union([z.literal('hold'), strict({ broken: z.array(z.string()).min(1) })], {
      error: 'hold, or {broken: [I1, ...]}',
    })
    .optional(),
});

/** A scenario file. */
export const scenarioSchema = strict({
  scenario: z.string().min(1).max(200).describe('What it shows, in one line.'),
  about: z.string().max(4000).optional().describe('More about it.'),
  covers: z
    .array(z.string().regex(/^[\w.-]+(\/[\w.:-]+)?$/, 'a section, or section/row'))
    .optional()
    .describe('Rows of the specification that it exercises: `3.2/4`.'),
  machine: machineSchema.optional(),
  needs: z
    .array(z.enum(keysOf(NEEDS)))
    .optional()
    .describe('What form and kernel must have; others are left out.'),
  forall: strict({
    forms: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
    kernels: KERNELS.optional(),
  })
    .optional()
    .describe('It holds on all of these too, and steps are answered alike on all forms.'),
  differs: z.string().optional().describe('Why forms may answer differently.'),
  objects: objectsSchema.optional(),
  steps: z.array(stepSchema(stateSchema)).min(1).max(MOST_STEPS),
  expect: z
    .union([stateSchema, z.array(stateSchema).min(1)], { error: 'a state, or a list of states' })
    .optional()
    .describe('The state after the last step.'),
});

/** A scenario as its file says it. */
export type ScenarioFile = z.infer<typeof scenarioSchema>;
/** What is expected of a state. */
export type StateExpectation = z.infer<typeof stateSchema>;
/** Objects as the file declares them. */
export type ObjectsFile = NonNullable<ScenarioFile['objects']>;
/** A VMA as the file declares it. */
export type VmaFile = NonNullable<ObjectsFile['vmas']>[string];
/** A step as the file has it. */
export type StepFile = ScenarioFile['steps'][number];
/** A step of parts that are unordered. */
export type UnorderedStep = StepFile & {
  readonly unordered: Readonly<Record<string, readonly StepFile[]>>;
};
