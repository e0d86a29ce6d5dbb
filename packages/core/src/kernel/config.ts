import { fail, ok, type Result } from '../outcome.js';

/** A CONFIG_ option that some table asks for. */
export interface ConfigOption {
  /** Value in a distribution's kernel; options per level are overridden by the form. */
  readonly default: boolean;
  readonly meaning: string;
  readonly source: string;
}

/** Every option, under the kernel's name without `CONFIG_`. */
export const CONFIG_OPTIONS = {
  ARCH_HAS_PTE_SPECIAL: {
    default: true,
    meaning: 'pte_special() works (default: as the form says)',
    source: 'mm/Kconfig; SPEC 0.4',
  },
  ARCH_SUPPORTS_PMD_PFNMAP: {
    default: true,
    meaning: 'pmd_special() works, from v6.12 on (default: as the form says)',
    source: 'mm/Kconfig; SPEC 0.4',
  },
  ARCH_SUPPORTS_PUD_PFNMAP: {
    default: true,
    meaning: 'pud_special() works, from v6.12 on (default: as the form says)',
    source: 'mm/Kconfig; SPEC 0.4',
  },
  TRANSPARENT_HUGEPAGE: {
    default: true,
    meaning: 'transparent huge pages; special marks of PMDs and PUDs need it',
    source: 'mm/Kconfig; SPEC 0.4',
  },
  HUGETLB_PAGE: {
    default: true,
    meaning: 'hugetlb pages; with them or THP vm_normal_page_pmd() exists from v6.12 on',
    source: 'mm/Kconfig PGTABLE_HAS_HUGE_LEAVES; SPEC 2.5',
  },
  FIND_NORMAL_PAGE: {
    default: true,
    meaning: 'vm_ops has find_normal_page(); Xen grant device selects it',
    source: 'mm/Kconfig; SPEC 2.8',
  },
  DEBUG_VM: {
    default: true,
    meaning: 'VM_WARN and VM_BUG speak; a warning changes no answer',
    source: 'mm/Kconfig.debug; SPEC 0.1, 22 errata 16',
  },
  FS_DAX: { default: true, meaning: 'file system DAX', source: 'fs/Kconfig; SPEC 1.6' },
  SECRETMEM: { default: true, meaning: 'memfd_secret()', source: 'mm/Kconfig; SPEC 5.2 row 5' },
  MEM_SOFT_DIRTY: {
    default: true,
    meaning: 'soft-dirty tracking, where the architecture has the bit',
    source: 'mm/Kconfig; SPEC 5.3',
  },
  PAGE_MAPCOUNT: {
    default: true,
    meaning: 'precise mapcount of each page of a large folio',
    source: 'mm/Kconfig; SPEC 1.2',
  },
  DEVICE_PRIVATE: {
    default: true,
    meaning: 'memory of devices behind non-present entries; moves swap type numbers',
    source: 'mm/Kconfig; SPEC 9.9',
  },
} as const satisfies Readonly<Record<string, ConfigOption>>;

/** Name of an option. */
export type ConfigName = keyof typeof CONFIG_OPTIONS;
/** Values of all options. */
export type KernelConfig = Readonly<Record<ConfigName, boolean>>;
/** Values of some options, over the defaults. */
export type ConfigChoice = Readonly<Partial<Record<ConfigName, boolean>>>;

const isConfigName = (name: string): name is ConfigName => Object.hasOwn(CONFIG_OPTIONS, name);

/** A distribution's values with a choice over them. */
export function kernelConfig(choice: ConfigChoice): KernelConfig {
  const names = Object.keys(CONFIG_OPTIONS) as ConfigName[];
  const values = names.map((name) => [name, choice[name] ?? CONFIG_OPTIONS[name].default]);
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
      const known = Object.keys(CONFIG_OPTIONS).join(', ');
      return fail('unknown-config', `configuration "${shown}": no such option; known: ${known}`, {
        setting: shown,
      });
    }
    choice[name] = value === 'y';
  }
  return ok(choice);
}
