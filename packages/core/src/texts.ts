/**
 * What the tables and expressions of core mean, in words: for documents, diffs and explanations. Nothing decides by
 * them, so they are kept apart from the main entry.
 * @packageDocumentation
 */
export type { ChangeText } from './texts/change-text.js';
export { CHANGE_TEXTS } from './texts/changes.js';
export { CONFIG_TEXTS, type ConfigText } from './texts/config.js';
export { describe, type MaskName } from './texts/describe.js';
export { REVISION_TREES } from './texts/revisions.js';
export { VM_FLAG_TEXTS, type VmFlagText } from './texts/vm-flags.js';
