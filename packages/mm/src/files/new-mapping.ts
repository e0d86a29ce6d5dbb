import type { Model } from '../model.js';
import { Mapping } from '../state/columns.js';
import { CapacityError } from '../state/state.js';
import { type FileKindName, fileKindNumber } from './file-kinds.js';

/**
 * A file of a kind, with room for pages, all of them in its size unless told otherwise. Answers its
 * mapping. Throws CapacityError.
 */
export function newMapping(
  { state }: Model,
  kind: FileKindName,
  pages: number,
  size = pages,
): number {
  let firstSlot = 0;
  for (let other = 0; other < state.layout.capacities.mapping; other++) {
    if (state.get(Mapping.used, other) === 0) continue;
    firstSlot = Math.max(
      firstSlot,
      state.get(Mapping.firstSlot, other) + state.get(Mapping.slots, other),
    );
  }
  if (firstSlot + pages > state.layout.capacities.cacheSlot) throw new CapacityError('cacheSlot');
  const mapping = state.take('mapping', Mapping.used);
  state.set(Mapping.kind, mapping, fileKindNumber(kind));
  state.set(Mapping.firstSlot, mapping, firstSlot);
  state.set(Mapping.slots, mapping, pages);
  state.set(Mapping.size, mapping, size);
  return mapping;
}
