import { daxBreakLayout } from '../dax/layout.js';
import { daxLoadHole } from '../dax/load-hole.js';
import { daxPmdLoadHole } from '../dax/load-pmd-hole.js';
import { daxPunchHole, daxTruncate, truncateDaxPages } from '../dax/truncate.js';
import { daxWriteback } from '../dax/writeback.js';
import { AT, COUNT, FILE, operation } from './operation.js';

const RANGE = { file: FILE, index: COUNT, pages: COUNT } as const;

/** Files on DAX (SPEC 11). */
export const daxOperations = [
  operation(
    'dax_truncate',
    'a DAX file becomes shorter, once nobody refers to its pages',
    'error',
    { file: FILE, pages: COUNT },
    (model, { file, pages }) => daxTruncate(model, file, pages),
  ),
  operation(
    'dax_truncate_unbroken',
    'the same by a file system that waits for nobody',
    'done',
    { file: FILE, pages: COUNT },
    (model, { file, pages }) => {
      truncateDaxPages(model, file, pages);
      return 0;
    },
  ),
  operation(
    'dax_punch_hole',
    'blocks of a DAX file are freed',
    'error',
    RANGE,
    (model, { file, index, pages }) => daxPunchHole(model, file, index, index + pages),
  ),
  operation(
    'dax_break_layout',
    'waits until nobody refers to a range; -ERESTARTSYS when somebody does',
    'error',
    RANGE,
    (model, { file, index, pages }) => daxBreakLayout(model, file, index, index + pages),
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
