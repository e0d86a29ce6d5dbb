import type { ChangeId } from '@pagewright/core';
import type { Model } from '../model.js';
import { Frame, Mapping, Pgmap } from '../state/columns.js';

/** What distinguishes file systems on DAX (SPEC 23.2, 23.3). */
export interface FileSystem {
  readonly name: string;
  /** Before it truncates it waits until no page is in use. */
  readonly breaksLayouts: boolean;
  /** The change since which it waits when a file leaves memory as well. */
  readonly evictionWaits?: ChangeId;
  /** Who waits in it drops the file's invalidate_lock meanwhile, in v6 even where nobody took it. */
  readonly invalidateLock?: boolean;
  /** It breaks layouts in a switch that forgets errors in v6 (xfs_break_layouts()). */
  readonly layoutSwitch?: boolean;
  /** Its memory is the host's: callers name the range to break, and nothing frees its pages. */
  readonly virtual?: boolean;
}

/** File systems, by number in `Pgmap.fileSystem`. */
export const FILE_SYSTEMS = [
  {
    name: 'ext4',
    breaksLayouts: true,
    evictionWaits: 'dax-eviction-waits',
    invalidateLock: true,
  },
  { name: 'xfs', breaksLayouts: true, evictionWaits: 'dax-eviction-waits', layoutSwitch: true },
  {
    name: 'virtiofs',
    breaksLayouts: true,
    evictionWaits: 'fuse-eviction-waits',
    virtual: true,
  },
  { name: 'ext2', breaksLayouts: false },
  { name: 'erofs', breaksLayouts: false, evictionWaits: 'fuse-eviction-waits' },
] as const satisfies readonly FileSystem[];
/** Name of a file system. */
export type FileSystemName = (typeof FILE_SYSTEMS)[number]['name'];

/** mkfs: puts a file system on the memory of a device. */
export function makeFileSystem({ state }: Model, pgmap: number, name: FileSystemName): void {
  const number = FILE_SYSTEMS.findIndex((each) => each.name === name);
  state.set(Pgmap.fileSystem, pgmap, number);
}

const onDevice = ({ state }: Model, pgmap: number): FileSystem =>
  FILE_SYSTEMS[pgmap < 0 ? 0 : state.get(Pgmap.fileSystem, pgmap)] ?? FILE_SYSTEMS[0];

/** The file system of a DAX file. */
export const fileSystemOf = (model: Model, mapping: number): FileSystem =>
  onDevice(model, model.state.ref(Mapping.pgmap, mapping));

/** The file system that a page of FS_DAX memory belongs to. */
export const fileSystemOfPage = (model: Model, frame: number): FileSystem =>
  onDevice(model, model.state.ref(Frame.pgmap, frame));
