import { HEADER_GENERATIONS, type HeaderGeneration } from '@pagewright/core';

/** One form: what the processor runs with, and the option that moves swap type numbers. */
export interface FormSpec {
  readonly name: string;
  readonly levels: 4 | 5;
  /** The processor has shadow stacks (X86_FEATURE_SHSTK). */
  readonly shadowStack: boolean;
  /** CONFIG_DEVICE_PRIVATE unless `FormOptions` says otherwise. */
  readonly devicePrivate: boolean;
  readonly headers: readonly HeaderGeneration[];
}

/** Shadow stacks came with 6.6. */
const WITH_SHADOW_STACKS: readonly HeaderGeneration[] = ['6.12', '7.2'];

const COMMON: Omit<FormSpec, 'name'> = {
  levels: 4,
  shadowStack: false,
  devicePrivate: true,
  headers: HEADER_GENERATIONS,
};

/** The forms, most common first. */
export const FORMS: readonly FormSpec[] = [
  { ...COMMON, name: 'x86_64' },
  { ...COMMON, name: 'x86_64-la57', levels: 5 },
  { ...COMMON, name: 'x86_64-shstk', shadowStack: true, headers: WITH_SHADOW_STACKS },
  { ...COMMON, name: 'x86_64-nodevpriv', devicePrivate: false },
];

/** One line about a form. */
export function summary({ levels, shadowStack, devicePrivate }: FormSpec): string {
  const shadow = shadowStack ? ', shadow stacks' : '';
  const device = devicePrivate ? '' : ', without DEVICE_PRIVATE';
  return `x86-64, ${levels} levels${shadow}${device}`;
}
