import { fail, ok, type Result } from '../outcome.js';

/**
 * Every CONFIG_ option that some table asks for, with a distribution's value; the special marks of
 * a level are as the form says instead. What they mean stands in `@pagewright/core/texts`.
 */
export const CONFIG_DEFAULTS = {
  ARCH_HAS_PTE_SPECIAL: true,
  ARCH_SUPPORTS_PMD_PFNMAP: true,
  ARCH_SUPPORTS_PUD_PFNMAP: true,
  TRANSPARENT_HUGEPAGE: true,
  HUGETLB_PAGE: true,
  FIND_NORMAL_PAGE: true,
  DEBUG_VM: true,
  FS_DAX: true,
  SECRETMEM: true,
  MEM_SOFT_DIRTY: true,
  PAGE_MAPCOUNT: true,
  MM_ID: true,
  '64BIT': true,
  DEVICE_PRIVATE: true,
  CMA: true,
  PT_RECLAIM: true,
  PERSISTENT_HUGE_ZERO_FOLIO: false,
  STRICT_DEVMEM: true,
} as const satisfies Readonly<Record<string, boolean>>;

/** Name of an option. */
export type ConfigName = keyof typeof CONFIG_DEFAULTS;
/** Values of all options. */
export type KernelConfig = Readonly<Record<ConfigName, boolean>>;
/** Values of some options, over the defaults. */
export type ConfigChoice = Readonly<Partial<Record<ConfigName, boolean>>>;

const isConfigName = (name: string): name is ConfigName => Object.hasOwn(CONFIG_DEFAULTS, name);

/** A distribution's values with a choice over them. */
export function kernelConfig(choice: ConfigChoice): KernelConfig {
  const names = Object.keys(CONFIG_DEFAULTS) as ConfigName[];
  const values = names.map((name) => [name, choice[name] ?? CONFIG_DEFAULTS[name]]);
  return Object.fromEntries(values) as Record<ConfigName, boolean>;
}

/**
 * Reads `NAME=y|n` settings, with or without `CONFIG_`; a later one wins. Codes: `bad-config` when
 * a setting is not of that form, `unknown-config` for a name that no table asks for.
 */
export function parseConfig(settings: readonly string[]): Result<ConfigChoice> {
  const choice: Partial<Record<ConfigName, boolean>> = {};
  for (const setting of settings) {
    const shown = setting.slice(0, 60);
    const [, name, value] = /^(?:CONFIG_)?([A-Z0-9_]{1,60})=([yn])$/.exec(setting) ?? [];
    if (name === undefined) {
      return fail('bad-config', `configuration "${shown}": must be NAME=y or NAME=n`, {
        setting: shown,
      });
    }
    if (!isConfigName(name)) {
      const known = Object.keys(CONFIG_DEFAULTS).join(', ');
      return fail('unknown-config', `configuration "${shown}": no such option; known: ${known}`, {
        setting: shown,
      });
    }
    choice[name] = value === 'y';
  }
  return ok(choice);
}
