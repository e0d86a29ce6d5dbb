/**
 * The test kit: what a backend's own test file calls. Needs vitest and Node.
 * @packageDocumentation
 */
export * from './kit/describe-backend.js';
export * from './kit/describe-readme.js';
