import { ADVICE, madvise } from '../vma/madvise.js';
import { mremap } from '../vma/mremap.js';
import { uffdRegisterWp, uffdWriteProtect } from '../vma/userfaultfd.js';
import { AT, COUNT, type Operation, operation, SWITCH } from './operation.js';

/** madvise(), an operation for each advice: `MADV_DONTNEED` and so on (SPEC 4.8). */
const madviseOperations: readonly Operation[] = ADVICE.map((advice) =>
  operation(
    `MADV_${advice}`,
    `madvise(MADV_${advice}) of a range`,
    'error',
    { at: AT, pages: COUNT },
    (model, { at, pages }) => madvise(model, at.mm, at.vpn, pages, advice),
  ),
);

/** What processes ask for their address space, beside mapping and unmapping. */
export const adviceOperations: readonly Operation[] = [
  ...madviseOperations,
  operation(
    'mremap',
    'a range moves to another place, or grows and shrinks where it is',
    'error',
    {
      at: AT,
      pages: COUNT,
      'new pages': { kind: 'count', default: -1 },
      to: { kind: 'address', default: { mm: -1, vma: -1, vpn: -1 } },
      'dont unmap': SWITCH,
    },
    (model, { at, pages, 'new pages': newPages, to, 'dont unmap': dontUnmap }) =>
      Math.min(
        0,
        mremap(model, at.mm, {
          start: at.vpn,
          oldPages: pages,
          newPages: newPages < 0 ? pages : newPages,
          ...(to.vpn < 0 ? {} : { to: to.vpn }),
          dontUnmap,
        }),
      ),
  ),
  operation(
    'UFFDIO_REGISTER_WP',
    'userfaultfd is to protect a range against writes (UFFDIO_REGISTER_MODE_WP)',
    'error',
    { at: AT, pages: COUNT },
    (model, { at, pages }) => uffdRegisterWp(model, at.mm, at.vpn, pages),
  ),
  operation(
    'UFFDIO_WRITEPROTECT',
    'userfaultfd protects a range against writes, or lets it be written with `resolve`',
    'error',
    { at: AT, pages: COUNT, resolve: SWITCH },
    (model, { at, pages, resolve }) => uffdWriteProtect(model, at.mm, at.vpn, pages, !resolve),
  ),
];
