import type { Model } from '../model.js';

/** What must always hold (SPEC 14, SPEC-7.2 14, SPEC 23.6). */
export interface Invariant {
  readonly id: string;
  readonly sentence: string;
  /** What a machine must have for it to be asked, in words; the rest of the time it says nothing. */
  readonly needs: string;
  /** The machine has what it needs. */
  readonly asked: (model: Model) => boolean;
  /** How it is asked: of a state by itself, or of two states with the operation between them. */
  readonly of: 'state' | 'step';
}

const always = (): boolean => true;
const ANY = 'nothing';

const state = (id: string, sentence: string, needs = ANY, asked: Invariant['asked'] = always) =>
  ({ id, sentence, needs, asked, of: 'state' }) as const;
const step = (id: string, sentence: string, needs = ANY, asked: Invariant['asked'] = always) =>
  ({ id, sentence, needs, asked, of: 'step' }) as const;

const special = ({ kernel }: Model): boolean => kernel.hasSpecial('pte');
const EXCLUSIVE = 'PG_anon_exclusive';
const exclusive = (model: Model): boolean => model.has('anon-exclusive');
const hasFile = ({ machine }: Model): boolean => machine.layout.capacities.cacheSlot > 0;

/** The invariants in the order of their numbers. */
export const INVARIANTS: readonly Invariant[] = [
  state(
    'I1',
    'A folio counts as many mappings as normal entries map it, and so does each of its pages.',
  ),
  state(
    'I2',
    'A folio has the references of its mappings, caches, batches, pins and known holders.',
  ),
  state('I3', 'Mapping the shared zeropage moves neither its references nor its mapcount.'),
  state('I4', 'The huge zero folio has no mapcount, and GUP alone moves its references.'),
  state('I5', 'No present entry of a zeropage is writable.'),
  state(
    'I6',
    'Entries of zeropages have the special mark: PTEs, and PMDs since the huge zero folio has it.',
    'a special mark at the level',
    special,
  ),
  state('I7', 'A special entry lies in a VMA of raw frames or with a hook, or maps a zeropage.'),
  state('I8', 'An entry without special mark has a page.', 'a special mark at the level', special),
  state('I9', 'An anonymous page that an entry maps writable is exclusive.', EXCLUSIVE, exclusive),
  state(
    'I10',
    'An anonymous page that is pinned and still mapped where it was pinned is exclusive.',
    EXCLUSIVE,
    exclusive,
  ),
  state('I11', 'An exclusive page is mapped once.', EXCLUSIVE, exclusive),
  state(
    'I12',
    'A page that is in swap or on its way to another frame is not marked exclusive.',
    EXCLUSIVE,
    exclusive,
  ),
  state('I13', 'The counters of an address space are what its entries add up to.'),
  state('I14', 'MM_SWAPENTS counts true swap entries, and no migration entries.'),
  state('I15', 'A VMA has VM_PFNMAP or VM_MIXEDMAP, not both.'),
  state(
    'I16',
    'The raw frames of a private PFNMAP VMA lie in line.',
    'no special mark, and the rule of the line',
    (model) => !special(model) && !model.has('drop-linear-cow-rule'),
  ),
  state('I17', 'What counts as a private copy in a PFNMAP VMA is one, and nothing else does.'),
  state('I18', 'The rmap of an anonymous page finds every VMA that maps it, at the right address.'),
  state('I19', 'Neighbours with one anon_vma are linked to the same anon_vmas.'),
  state('I20', 'No two processes have one anon_vma for their own.'),
  state('I21', 'An anon_vma counts its VMAs and children right.'),
  state('I22', 'No entry maps a page that is free, or of a type.'),
  state(
    'I23',
    'A DAX page is idle at the number of references that its kernel says, and never below.',
  ),
  state(
    'I24',
    'A DAX page that files share has no mapping, and counts the offsets that refer to it.',
    'files',
    hasFile,
  ),
  state(
    'I25',
    'Where a file has a block, no zeropage of the hole is mapped any more.',
    'files',
    hasFile,
  ),
  state('I26', 'No long pin for reading holds a page that a write would replace.'),
  state('I27', 'GUP takes nothing but private copies out of VMAs of raw frames.'),
  state('I28', 'No page of a DAX file system is pinned for long.'),
  state(
    'I29',
    'The references in huge_zero_refcount are one and those of processes that have one.',
  ),
  state(
    'I30',
    'The count nr_ptes is tables and deposits, and each huge leaf of anonymous memory has a deposit.',
  ),
  step('I31', 'Splitting a huge leaf of a file leaves its place empty.'),
  step('I32', 'Neither mprotect nor fork makes a page exclusive.', EXCLUSIVE, exclusive),
  step('I33', 'After fork both sides map a shared page read-only.'),
  step('I34', 'Changes of permissions keep special, soft-dirty and the frame.'),
  state('I35', 'A process that must not map zeropages maps none.'),
  state('I36', 'A bad page map that was reported taints the kernel.'),
  state('I37', 'A VMA that holds a guard marker says so.', 'VM_MAYBE_GUARD', (model) =>
    model.has('fork-by-destination-flags'),
  ),
  state('I38', 'No present entry decodes as a swap entry.'),
  state(
    'I39',
    'Who waits for a DAX page to be idle is woken by its last reference.',
    'files',
    hasFile,
  ),
  step(
    'I40',
    'After a layout was broken no DAX entry lies in the range.',
    'files, and layouts whose breaking takes entries away',
    (model) => hasFile(model) && model.has('dax-break-removes-entries'),
  ),
  state('I41', 'The huge zero folio keeps its order.'),
  state('I42', 'A special huge leaf is in no count.'),
];
