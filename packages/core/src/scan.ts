/**
 * Bulk scanning of tables: code compiled from a form's bit table that counts kinds and collects
 * frames without an object an entry.
 * @packageDocumentation
 */
export * from './scan/scanner.js';
