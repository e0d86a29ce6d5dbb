// The tiny backend with one mistake: entries stay writable when they are write-protected.
import { clear, ENTRY, EntryForm } from '@pagewright/core';
import { backendOf, definition } from './tiny-backend.js';

const tiny = new EntryForm(definition);
const pte = { ...definition.helpers.pte, wrprotect: clear(ENTRY, tiny.mask('DIRTY')) };

export const mistaken = backendOf(tiny.with({ helpers: { ...definition.helpers, pte } }));
