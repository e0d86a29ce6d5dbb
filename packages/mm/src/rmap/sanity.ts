import type { MappingLevel } from '@pagewright/core';
import { folioOf, isZeroFrame } from '../frames/folio.js';
import type { Model } from '../model.js';

/** __folio_rmap_sanity_checks(): what every change of a mapcount warns of (SPEC 9.2). */
export function checkRmap(
  model: Model,
  frame: number,
  _nr: number,
  _vma: number,
  _level: MappingLevel,
): void {
  const folio = folioOf(model, frame);
  if (model.has('zeropage-rmap-check') && isZeroFrame(model, folio)) {
    model.vmWarn('rmap-of-zeropage');
  }
}
