import type {
  BitTable,
  FormDefinition,
  FormSpecification,
  HeaderGeneration,
} from '@pagewright/core';

/** One form of this package: its name, where it exists, and how to build its definition. */
export interface FormSpec extends FormSpecification {
  readonly summary: string;
  /** `bits` replaces the generation's own bit table. */
  readonly define: (headers: HeaderGeneration, bits?: BitTable) => FormDefinition;
}
