import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ByteSource, type Dump, openDump, parseVmcoreinfo } from '@pagewright/dump';
import { openFile } from '@pagewright/dump/node';
import { describe, expect, test } from 'vitest';
import { openKernelImage } from '../../src/index.js';
import { DUMPS, GUESTS } from '../guests.js';
import { architectures, openGuest } from './open-guest.js';

/** The largest run of memory of a guest's ELF core, as a raw image. */
function rawPart(path: string, { elf }: Dump): { source: ByteSource; base: bigint } {
  const file = openFile(path);
  if (!file.ok) throw new Error(file.problem.message);
  const [largest] = [...(elf?.segments ?? [])].sort((a, b) => (a.length < b.length ? 1 : -1));
  if (largest === undefined) throw new Error('no segment');
  const { offset, length, physical } = largest;
  const read: ByteSource['read'] = (at, bytes) => file.value.read(offset + at, bytes);
  return { source: { name: 'memory.raw', byteCount: length, read }, base: physical };
}

describe.skipIf(DUMPS === undefined)('kernels in dumps without a VMCOREINFO note', () => {
  test.each(GUESTS)('%s: found by searching, or given', async (guest) => {
    const { dump, folder, kernel } = await openGuest(guest);
    const { vmcoreinfo: _, ...without } = dump;
    const text = readFileSync(join(folder, 'vmcoreinfo.txt'), 'utf8');
    for (const given of [undefined, parseVmcoreinfo(text)]) {
      const opened = openKernelImage(without, {
        architectures,
        ...(given === undefined ? {} : { vmcoreinfo: given }),
      });
      if (!opened.ok) throw new Error(opened.problem.message);
      expect(opened.value.vmcoreinfo.osrelease).toBe(kernel.vmcoreinfo.osrelease);
      expect(opened.value.virtual.layout.root).toBe(kernel.virtual.layout.root);
    }
    dump.close();
  });

  test.each(GUESTS.filter((guest) => !/6\.1$|6\.18$/.test(guest)))(
    '%s as a raw image: at its base, and not at another',
    async (guest) => {
      const { dump, folder, kernel } = await openGuest(guest);
      const { source, base } = rawPart(join(folder, 'dump.elf'), dump);
      const at = (rawBase: bigint) => {
        const raw = openDump(source, { rawBase });
        if (!raw.ok) throw new Error(raw.problem.message);
        expect(raw.value.container).toBe('raw');
        return openKernelImage(raw.value, { architectures });
      };
      const opened = at(base);
      if (!opened.ok) throw new Error(opened.problem.message);
      expect(opened.value.virtual.layout.root).toBe(kernel.virtual.layout.root);
      const wrong = at(base + 0x1000_0000n);
      expect(wrong).toMatchObject({ ok: false, problem: { code: 'no-architecture' } });
      dump.close();
    },
  );
});

test.runIf(DUMPS === undefined)('did NOT run on real dumps: PAGEWRIGHT_DUMPS is not set', () => {
  console.warn('raw images and dumps without a note were NOT checked: set PAGEWRIGHT_DUMPS');
  expect(DUMPS).toBeUndefined();
});
