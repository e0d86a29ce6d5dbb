import type { BitTable, FormDefinition, HeaderGeneration } from '@pagewright/core';

/** One form of this package: its name, where it exists, and how to build its definition. */
export interface FormSpec {
  readonly name: string;
  readonly summary: string;
  /** Generations, oldest first. */
  readonly headers: readonly HeaderGeneration[];
  /** `bits` replaces the generation's own bit table. */
  readonly define: (headers: HeaderGeneration, bits?: BitTable) => FormDefinition;
}
