/** Rows of group `gup` that ask about a VMA, and about an entry of it. */
import type { MappingLevel } from '@pagewright/core';
import type { FileKindName } from '../files/file-kinds.js';
import { canFollowWrite, canFollowWriteCommon } from '../gup/can-follow-write.js';
import { checkVmaFlags, writableFileMappingAllowed } from '../gup/check-vma-flags.js';
import { FOLL } from '../gup/flags.js';
import type { VmFlagName } from '../machine/vm-flags.js';
import { Vma } from '../state/columns.js';
import { pfnOfKind } from './page-kinds.js';
import { BadRow, type Inputs, type RowAnswer } from './row.js';
import { FILES, type OpsKind } from './vma-kinds.js';
import { type World, worldOf } from './world.js';

/** A VMA flag, or a set of them, by the input that says whether it is on. */
type Asked = readonly (readonly [input: string, ...flags: VmFlagName[]])[];

/**
 * Sets the VMA's flags to just those that a combination asks for, beside some that a row has; each
 * set is made once a row.
 */
function flagSetter(world: World, asked: Asked, ...always: VmFlagName[]) {
  const { machine, state } = world.model;
  const { flagSets } = machine;
  const base = flagSets.mask(...always);
  const sets = Array.from({ length: 2 ** asked.length }, (_, bits) =>
    asked.reduce(
      (set, [, ...flags], i) => ((bits >> i) & 1 ? set | flagSets.mask(...flags) : set),
      base,
    ),
  ).map((set) => flagSets.of(set));
  return (inputs: Inputs): void => {
    let bits = 0;
    for (let i = 0; i < asked.length; i++) {
      if (inputs.is((asked[i] as Asked[number])[0])) bits |= 1 << i;
    }
    state.set(Vma.flags, world.vma, sets[bits] as number);
  };
}

/** FOLL_* bits that a combination asks for, by the names of inputs. */
export function follFlags(inputs: Inputs, ...names: readonly (keyof typeof FOLL)[]): number {
  let flags = 0;
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as keyof typeof FOLL;
    if (inputs.is(name)) flags |= FOLL[name];
  }
  return flags;
}

/** Kinds of VMA in rows of check_vma_flags(). */
const VMAS: Readonly<Record<string, readonly [FileKindName | undefined, OpsKind]>> = {
  anon: [undefined, 'no_ops'],
  file_nowb: ['file_nowb', 'ops_plain'],
  file_wb: ['file', 'ops_plain'],
  file_wb_page_mkwrite: ['file', 'page_mkwrite'],
  file_nowb_pfn_mkwrite: ['file_nowb', 'pfn_mkwrite'],
  fsdax: ['fsdax', 'page_mkwrite'],
  devdax: ['devdax', 'ops_plain'],
};

const CHECKED: Asked = [
  ['IO', 'VM_IO'],
  ['vm_read', 'VM_READ'],
  ['vm_mayread', 'VM_MAYREAD'],
  ['vm_write', 'VM_WRITE'],
  ['vm_maywrite', 'VM_MAYWRITE'],
  ['vm_shared', 'VM_SHARED', 'VM_MAYSHARE'],
];
const CHECK_ANSWERS: Readonly<Record<number, string>> = { 0: '0', [-14]: 'F', [-95]: 'O' };

const checkVmaFlagsRows: RowAnswer = (row, revision) => {
  const config = { FS_DAX: row.is('cfg.fs_dax') };
  const world = worldOf(revision, row, 'pte', { config });
  const { model, vma } = world;
  const [file, ops] = row.of('vma', VMAS);
  world.setOps(ops);
  world.setFile(file);
  const plain = model.state.get(Vma.mapping, vma);
  world.setFile(file === 'fsdax' ? 'secretmem_fsdax' : 'secretmem');
  const secret = model.state.get(Vma.mapping, vma);
  const always = [
    row.is('hugetlb') ? 'VM_HUGETLB' : undefined,
    row.is('shadow_stack') ? 'VM_SHADOW_STACK' : undefined,
    row.is('PFNMAP') ? 'VM_PFNMAP' : undefined,
  ] as const;
  const setFlags = flagSetter(world, CHECKED, ...always.filter((flag) => flag !== undefined));
  const fixed = follFlags(row, 'SPLIT_PMD', 'ANON');
  return (inputs) => {
    const { state } = model;
    setFlags(inputs);
    state.set(Vma.mapping, vma, inputs.is('secretmem') ? secret : plain);
    state.set(Vma.accessDenied, vma, inputs.is('arch_denied') ? 1 : 0);
    const flags = fixed | follFlags(inputs, 'WRITE', 'FORCE', 'LONGTERM', 'PIN');
    return CHECK_ANSWERS[checkVmaFlags(model, vma, flags)] ?? 'unknown';
  };
};

const OPS = {
  no_ops: 'no_ops',
  ops_plain: 'ops_plain',
  page_mkwrite: 'page_mkwrite',
  pfn_mkwrite: 'pfn_mkwrite',
} as const;

const writableFileMappingRows: RowAnswer = (row, revision) => {
  const world = worldOf(revision, row);
  world.setFile(row.of('file', FILES));
  world.setOps(row.of('ops', OPS));
  const setFlags = flagSetter(world, [
    ['write', 'VM_WRITE'],
    ['shared', 'VM_SHARED'],
    ['pfnmap', 'VM_PFNMAP'],
  ]);
  return (inputs) => {
    setFlags(inputs);
    const flags = follFlags(inputs, 'PIN', 'LONGTERM', 'WRITE');
    return writableFileMappingAllowed(world.model, world.vma, flags) ? '1' : '0';
  };
};

const FOLLOWED: Asked = [
  ['mayshare', 'VM_MAYSHARE'],
  ['shared', 'VM_SHARED'],
  ['maywrite', 'VM_MAYWRITE'],
  ['vm_write', 'VM_WRITE'],
  ['vm_softdirty', 'VM_SOFTDIRTY'],
  ['vm_uffd_wp', 'VM_UFFD_WP'],
];

/** @param common rows of can_follow_write_common(), which looks at no entry */
const followRows =
  (level: MappingLevel, common = false): RowAnswer =>
  (row, revision) => {
    const config = { MEM_SOFT_DIRTY: row.is('soft_dirty_config') };
    const world = worldOf(revision, row, level, { config });
    const { model, vma } = world;
    const kind = row.get('page');
    const pfn = kind === 'NULL' ? -1 : pfnOfKind(world, kind);
    if (pfn === undefined) throw new BadRow('page is of no known kind');
    const frame = pfn < 0 ? -1 : model.machine.memory.frame(pfn);
    const space = model.machine.space(level);
    const plain = space.leaf(Math.max(pfn, 0), world.prot(row.is('write')));
    const dirty = space.to.mksoft_dirty(plain);
    const setFlags = flagSetter(world, FOLLOWED);
    const flags = follFlags(row, 'FORCE') | FOLL.WRITE;
    return (inputs) => {
      setFlags(inputs);
      if (common) return canFollowWriteCommon(model, vma, frame, flags) ? '1' : '0';
      const known = inputs.is('soft_dirty') ? dirty : plain;
      const entry = inputs.is('uffd_wp') ? space.to.mkuffd_wp(known) : known;
      return canFollowWrite(model, space, vma, entry, frame, flags) ? '1' : '0';
    };
  };

/** Functions of group `gup` that decide by VMA and entry. */
export const gupVmaRows: Readonly<Record<string, RowAnswer>> = {
  check_vma_flags: checkVmaFlagsRows,
  writable_file_mapping_allowed: writableFileMappingRows,
  can_follow_write_pte: followRows('pte'),
  can_follow_write_pmd: followRows('pmd'),
  can_follow_write_pud: followRows('pud'),
  can_follow_write_common: followRows('pte', true),
};
