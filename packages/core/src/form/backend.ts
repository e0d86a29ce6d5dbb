import type { Result } from '../outcome.js';
import type { DumpFacts } from './dump-facts.js';
import type { EntryForm } from './form.js';
import type { HeaderGeneration } from './level.js';

/** What a revision or a configuration changes in a form. */
export interface FormOptions {
  /** Header generation; the newest that the form has when left out. */
  readonly headers?: HeaderGeneration;
  /** CONFIG_DEVICE_PRIVATE, which moves the swap type numbers. */
  readonly devicePrivate?: boolean;
  /**
   * Kernel options by name without CONFIG_, `y` or `n`, of which a backend reads those that change
   * its entries; what is not named is as distributions have it.
   */
  readonly config?: Readonly<Record<string, string>>;
  /** False where a revision of generation 6.12 has lost the devmap bit already (v6.17 on). */
  readonly devmap?: boolean;
}

/**
 * An architecture. To add one:
 * 1. New package `packages/arch-<name>`, depending on `@pagewright/core` alone.
 * 2. `bits.ts`: the bit table, each field with the kernel file that defines it; what differs between
 *    header generations as `withFields` changes beside it. No bit number anywhere else.
 * 3. Helpers as expressions over `mask(...)`: what the generic headers supply comes from core, so
 *    write only what the architecture's own headers define. Say what it `supports`.
 * 4. Geometry: levels from the root down, what is folded, `hasSpecial` and `mayMap` per level.
 * 5. `index.ts` exports one `ArchBackend`; `kernel.ts` what a dump needs (sub-path `/kernel`).
 * 6. The test file calls the conformance kit, which runs every law and the vectors in `fixtures/`.
 * 7. One line in `apps/cli/src/backends.ts`, and the package manager's dependency entry.
 */
export interface ArchBackend {
  /** Short name: `x86`, `arm64`. */
  readonly arch: string;
  /** The forms, most common first, with the generations that each exists in. */
  readonly forms: readonly {
    readonly name: string;
    readonly summary: string;
    readonly headers: readonly HeaderGeneration[];
  }[];
  /** Builds a form; unknown names and generations are answered with code `unknown-form`. */
  form(name: string, options?: FormOptions): Result<EntryForm>;
  /** The form a dumped kernel ran with, or why the facts do not say. */
  formFromDump(facts: DumpFacts): Result<EntryForm>;
}
