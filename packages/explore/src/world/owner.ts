import type { BoundFile } from '../format/definition.js';

/** The process that a VMA of the file is of at first; undefined for names of other things. */
export function ownerOf(objects: BoundFile['objects'], name: string): string | undefined {
  const vma = objects?.vmas?.[name];
  if (vma === undefined) return undefined;
  return vma.process ?? Object.keys(objects?.processes ?? {})[0];
}
