/**
 * What a dumped s390x kernel and its processes ran with: pure functions of VMCOREINFO lines, of an
 * address-space-control element, of an entry of a root table. No reading.
 * @packageDocumentation
 */
export * from './dumped-form.js';
export type { FormSpec } from './forms.js';
export type { LevelCount } from './geometry.js';
export { kernelLayout } from './kernel/layout.js';
export { kernelSpace } from './kernel/space.js';
export * from './root.js';
