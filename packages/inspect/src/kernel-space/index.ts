export * from './entries.js';
export { ELSEWHERE, type RegionNames, regionNames, regionsOf } from './regions.js';
export { isWritableExecutable, type Rights, rightsText } from './rights.js';
