import { type ArchBackend, type EntryForm, findRevision, revisionForm } from '@pagewright/core';
import { layoutOf } from '../arch/layouts.js';
import type { LogArch } from '../arch/names.js';
import { revisionOf } from '../arch/release.js';
import type { LogMachine } from '../diagnose/diagnosis.js';
import type { Region } from '../log/region.js';

/** The revision whose entries are assumed where no release is known. */
const WITHOUT_RELEASE = 'v6.12';

/** What is known of the machine of a log; entries are read by a backend where one has the form. */
export function machineOf(
  arch: LogArch | 'unknown',
  release: string | undefined,
  region: Region,
  backends: readonly ArchBackend[],
): LogMachine {
  const kernel = release === undefined ? undefined : revisionOf(release);
  const known = {
    arch,
    ...(kernel === undefined ? {} : { kernel }),
    ...(release === undefined ? {} : { release }),
  };
  const form = formOf(formNameOf(arch, region), kernel ?? WITHOUT_RELEASE, backends);
  if (form !== undefined) return { ...known, form };
  const layout = layoutOf(arch);
  return layout === undefined ? known : { ...known, layout };
}

function formOf(
  name: string | undefined,
  kernel: string,
  backends: readonly ArchBackend[],
): EntryForm | undefined {
  const backend = backends.find(({ forms }) => forms.some((form) => form.name === name));
  const revision = findRevision(kernel);
  if (name === undefined || backend === undefined || !revision.ok) return undefined;
  const built = revisionForm(backend, name, revision.value);
  return built.ok ? built.value : undefined;
}

/** Name of the paging form, by what the log says of page size and levels. */
function formNameOf(arch: LogArch | 'unknown', region: Region): string | undefined {
  switch (arch) {
    case 'x86_64':
      return region.find(/\bla57\b|\b5-level paging\b/d) === undefined ? 'x86_64' : 'x86_64-la57';
    case 'arm64':
      return arm64FormName(region);
    case 's390x':
      // dump_pagetable() names the tables from the root of this process down
      if (region.find(/\bR1:[0-9a-f]{16}/d) !== undefined) return 's390x';
      return region.find(/\bR2:[0-9a-f]{16}/d) === undefined ? 's390x-3' : 's390x-4';
    case 'alpha':
    case 'm68k':
      return arch;
    default:
      return undefined;
  }
}

/** `4k pages, 48-bit VAs` of an oops (arch/arm64/mm/fault.c show_pte()), or the page size alone. */
function arm64FormName(region: Region): string {
  const [, size = '4', reach] = region.find(/\b(4|16|64)k pages, (\d\d)-bit VAs/d) ?? [];
  const plain = { '4': '48', '16': '48', '64': '48' }[size];
  if (reach === undefined || reach === plain) return size === '4' ? 'arm64' : `arm64-${size}k`;
  return `arm64-${size}k-${reach}`;
}
