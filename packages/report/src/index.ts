/**
 * @pagewright/report: the one shape of what verbs answer, and the renderers that print it.
 * @packageDocumentation
 */
export * from './document.js';
export * from './escape.js';
export * from './json.js';
export { sizeText } from './text/ranges.js';
export * from './text/render.js';
