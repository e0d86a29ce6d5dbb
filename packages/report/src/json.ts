import type { Document } from './document.js';
import { escapeJson } from './escape.js';

/** The document's data as JSON text, ending in a line break, safe to show on a terminal. */
export const renderJson = (document: Document): string =>
  `${escapeJson(JSON.stringify(document.data, null, 2))}\n`;
