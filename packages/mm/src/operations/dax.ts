import { fallocate, reflink } from '../dax/blocks.js';
import {
  daxBreakLayout,
  daxClearDirtyRange,
  daxPunchHole,
  daxTruncate,
  evictInode,
  goOn,
} from '../dax/change-file.js';
import { daxLoadHole } from '../dax/load-hole.js';
import { daxPmdLoadHole } from '../dax/load-pmd-hole.js';
import { daxLockEntry, daxUnlockEntry } from '../dax/lock-entry.js';
import { sendSignal } from '../dax/waiter.js';
import { daxWriteback } from '../dax/writeback.js';
import { AT, COUNT, FILE, operation, TASK } from './operation.js';

const RANGE = { file: FILE, index: COUNT, pages: COUNT } as const;
const ENTRY = { file: FILE, index: COUNT } as const;
/** What lies on the stack where a kernel answers without having set its answer. */
const UNSET = { kind: 'count', default: 0 } as const;
/** Answer of a task that nobody woke. */
const STILL_ASLEEP = -1;

/** Files on DAX (SPEC 11). */
export const daxOperations = [
  operation(
    'dax_truncate',
    'ftruncate(): a DAX file becomes shorter, once nobody refers to its pages',
    'task',
    { file: FILE, pages: COUNT, unset: UNSET },
    (model, { file, pages, unset }) => daxTruncate(model, file, pages, unset),
  ),
  operation(
    'dax_punch_hole',
    'fallocate(): blocks of a DAX file are freed, once nobody refers to its pages',
    'task',
    { ...RANGE, unset: UNSET },
    (model, { file, index, pages, unset }) =>
      daxPunchHole(model, file, index, index + pages, unset),
  ),
  operation(
    'dax_break_layout',
    'waits until nobody refers to a range',
    'task',
    { ...RANGE, unset: UNSET },
    (model, { file, index, pages, unset }) =>
      daxBreakLayout(model, file, index, index + pages, unset),
  ),
  operation(
    'evict_inode',
    'a DAX file leaves memory, as when its file system is unmounted; its blocks stay',
    'task',
    { file: FILE },
    (model, { file }) => evictInode(model, file),
  ),
  operation(
    'dax_clear_dirty_range',
    'entries of a range count as clean, as when shared blocks under them are replaced',
    'task',
    RANGE,
    (model, { file, index, pages }) => daxClearDirtyRange(model, file, index, index + pages),
  ),
  operation(
    'go_on',
    'a task that sleeps has its turn: it goes on if it was woken',
    'task',
    { task: TASK },
    (model, { task }) => (goOn(model, task) ? task : STILL_ASLEEP),
  ),
  operation(
    'signal',
    'a signal is sent to a task that sleeps, and it has its turn',
    'task',
    { task: TASK },
    (model, { task }) => {
      sendSignal(model, task);
      return goOn(model, task) ? task : STILL_ASLEEP;
    },
  ),
  operation(
    'dax_lock_entry',
    'a fault in progress has an entry of a DAX file for itself',
    'error',
    ENTRY,
    (model, { file, index }) => daxLockEntry(model, file, index),
  ),
  operation(
    'dax_unlock_entry',
    'and lets go of it; who waits for it is woken',
    'error',
    ENTRY,
    (model, { file, index }) => daxUnlockEntry(model, file, index),
  ),
  operation(
    'fallocate',
    'holes of a DAX file get blocks; nothing is mapped',
    'error',
    RANGE,
    (model, { file, index, pages }) => fallocate(model, file, index, index + pages),
  ),
  operation(
    'reflink',
    'a block of one DAX file becomes one of another as well',
    'error',
    { ...ENTRY, to: FILE, at: COUNT },
    (model, { file, index, to, at }) => reflink(model, file, index, to, at),
  ),
  operation(
    'dax_writeback_mapping_range',
    'what was written is put on storage, and later writes are noticed again',
    'error',
    RANGE,
    (model, { file, index, pages }) => daxWriteback(model, file, index, index + pages),
  ),
  operation(
    'dax_load_hole',
    'a hole is read, and shows the zeropage',
    'fault',
    { at: AT },
    (model, { at }) => daxLoadHole(model, at.vma, at.vpn),
  ),
  operation(
    'dax_pmd_load_hole',
    'a hole of a whole PMD is read, and shows the huge zero folio',
    'fault',
    { at: AT },
    (model, { at }) => daxPmdLoadHole(model, at.vma, at.vpn),
  ),
];
