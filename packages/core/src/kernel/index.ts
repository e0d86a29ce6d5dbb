export type { Change } from './change.js';
export * from './change-set.js';
export * from './changes.js';
export { RMAP_LOG_COMPANIONS } from './changes-rmap-log.js';
export * from './config.js';
export * from './kernel.js';
export * from './revision-form.js';
export * from './revisions.js';
export { placesOf, SERIES, type Series, type SeriesPlace, type SeriesState } from './series.js';
