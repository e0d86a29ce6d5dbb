import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseBtf, type Types } from '../src/btf/types.js';

const folder = process.env.PAGEWRIGHT_DUMPS;
const GUESTS = [
  'x86_64-6.1',
  'x86_64-6.12',
  'x86_64-6.18',
  'arm64-6.12',
  's390x-6.12',
  'uml-6.1',
] as const;

/** Lengths of variables, and what macros name: no type has them. Page flags are an enum's. */
const OF_NO_TYPE =
  /^LENGTH\((mem_section|node_data|lowcore_ptr|printk_info_\w+)\)|^NUMBER\((?!PG_(lru|private|head|swapcache|swapbacked)\))/;

/** What BTF says to a line of VMCOREINFO such as `OFFSET(page.flags)=0`. */
const QUESTIONS: Readonly<Record<string, (types: Types, name: string) => number | undefined>> = {
  OFFSET: (types, name) => types.offset(name),
  SIZE: (types, name) => types.sizeOf(name),
  LENGTH: (types, name) => types.arrayLength(name),
  NUMBER: (types, name) => Number(types.enumerator(name)),
};

if (folder === undefined) {
  it('did NOT run on real kernels: PAGEWRIGHT_DUMPS names no folder of dumps', () => {
    console.warn('types of real kernels were NOT checked: set PAGEWRIGHT_DUMPS');
    expect(folder).toBeUndefined();
  });
} else {
  describe.each(GUESTS)('types of %s', (guest) => {
    const parsed = parseBtf(new Uint8Array(readFileSync(`${folder}/${guest}/btf`)));
    if (!parsed.ok) throw new Error(parsed.problem.message);
    const types = parsed.value;

    it('equal what VMCOREINFO says of offsets, sizes and lengths', () => {
      const lines = readFileSync(`${folder}/${guest}/vmcoreinfo.txt`, 'utf8').split('\n');
      let compared = 0;
      for (const line of lines) {
        const [, what, name, value] = /^(\w+)\(([^)]+)\)=(\d+)$/.exec(line) ?? [];
        const ask = QUESTIONS[what ?? ''];
        if (ask === undefined || name === undefined || OF_NO_TYPE.test(line)) continue;
        expect([line, ask(types, name)]).toEqual([line, Number(value)]);
        compared++;
      }
      expect(compared).toBeGreaterThan(65);
    });

    it('are all of a size or rightly without one', () => {
      let sized = 0;
      for (let id = 1; id <= types.count; id++) {
        if (types.sizeOfType(id) !== undefined) sized++;
      }
      expect(sized).toBeGreaterThan(types.count / 4);
    });
  });

  const modules = `${folder}/x86_64-6.12/btf-modules.tar`;
  it.runIf(existsSync(modules))('split types of modules extend those of x86_64-6.12', () => {
    const base = parseBtf(new Uint8Array(readFileSync(`${folder}/x86_64-6.12/btf`)));
    if (!base.ok) throw new Error(base.problem.message);
    let seen = 0;
    for (const [name, bytes] of tarFiles(new Uint8Array(readFileSync(modules)))) {
      const types = parseBtf(bytes, base.value);
      if (!types.ok) throw new Error(`${name}: ${types.problem.message}`);
      expect(types.value.count).toBeGreaterThan(base.value.count);
      if (name.endsWith('ext4')) {
        expect(types.value.offset('ext4_inode_info.vfs_inode')).toBeGreaterThan(0);
      }
      seen++;
    }
    expect(seen).toBeGreaterThan(10);
  });
}

/** Files of a tar archive: blocks of 512 bytes, the size in octal at byte 124. */
function* tarFiles(tar: Uint8Array): Generator<[string, Uint8Array]> {
  const text = (from: number, length: number) =>
    new TextDecoder().decode(tar.subarray(from, from + length)).replace(/\0.*$/s, '');
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    yield [text(at, 100), tar.slice(at + 512, at + 512 + size)];
    at += 512 + Math.ceil(size / 512) * 512;
  }
}
