import type { Model } from '../model.js';
import { Mapping, Vma } from '../state/columns.js';

/** What the kernel asks of a file by its inode and address_space. */
export interface FileKind {
  readonly name: string;
  /** IS_DAX(). */
  readonly dax?: boolean;
  /** A character device. */
  readonly character?: boolean;
  /** mapping_can_writeback(). */
  readonly writeback?: boolean;
  /** Pages are shmem: counted apart, and swapped. */
  readonly shmem?: boolean;
  readonly secretmem?: boolean;
  readonly hugetlb?: boolean;
}

/** Kinds of file, by number in `Mapping.kind`. */
export const FILE_KINDS = [
  { name: 'file', writeback: true },
  { name: 'file_nowb' },
  { name: 'shmem', shmem: true },
  { name: 'fsdax', dax: true, writeback: true },
  { name: 'devdax', dax: true, character: true },
  { name: 'device', character: true },
  { name: 'secretmem', secretmem: true },
  { name: 'hugetlb', hugetlb: true },
  // No machine has it; the recorded decisions ask about it.
  { name: 'secretmem_fsdax', secretmem: true, dax: true, writeback: true },
] as const satisfies readonly FileKind[];
/** Name of a kind of file. */
export type FileKindName = (typeof FILE_KINDS)[number]['name'];

/** Number of a kind of file. */
export const fileKindNumber = (name: FileKindName): number =>
  FILE_KINDS.findIndex((kind) => kind.name === name);

/** Kind of the file that a mapping belongs to. */
export const fileKindOf = ({ state }: Model, mapping: number): FileKind | undefined =>
  FILE_KINDS[state.get(Mapping.kind, mapping)];

/** Kind of the file that a VMA maps; undefined without a file. */
export function fileOf(model: Model, vma: number): FileKind | undefined {
  const mapping = model.state.ref(Vma.mapping, vma);
  return mapping < 0 ? undefined : fileKindOf(model, mapping);
}
