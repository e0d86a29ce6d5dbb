import { fileURLToPath } from 'node:url';
import { arm64 } from '@pagewright/arch-arm64';
import { s390x } from '@pagewright/arch-s390x';
import { x86 } from '@pagewright/arch-x86';
import { ok, VM_PFNMAP } from '@pagewright/core';
import { describe, expect, test } from 'vitest';
import { againstTruth } from '../src/process/against-truth.js';
import { judgeVma } from '../src/process/judge.js';
import { type OpenProcess, openProcess, processTruth } from '../src/process/open-process.js';

const fixtures = fileURLToPath(new URL('../../../fixtures/processes', import.meta.url));

/** What is compared in each guest: pages by pagemap, PFNMAP entries and verdicts by traces. */
const GUESTS = [
  { guest: 'x86_64-6.12', backend: x86, pages: 7146, absent: 69, pfnmap: 50, pte: 1564, pmd: 9 },
  { guest: 'arm64-6.12', backend: arm64, pages: 21_943, absent: 69, pfnmap: 30, pte: 1461, pmd: 6 },
  { guest: 's390x-6.12', backend: s390x, pages: 409, absent: 64, pfnmap: 1, pte: 410, pmd: 0 },
];

describe.each(GUESTS)('$guest', ({ guest, backend, ...counts }) => {
  const folder = `${fixtures}/${guest}`;
  const truth = processTruth(folder);
  const withProcess = <T>(use: (opened: OpenProcess) => T): T => {
    const opened = openProcess(folder, backend);
    try {
      return use(opened);
    } finally {
      opened.close();
    }
  };

  test('every page of every VMA and every verdict are as the kernel says', () => {
    const agreement = withProcess((opened) => againstTruth(opened, truth));
    const { presentPages, absentPages, pfnmapEntries, verdicts, differences } = agreement;
    console.log(
      `${guest}: compared ${presentPages} present pages, ${absentPages} absent ones, ` +
        `${pfnmapEntries} PFNMAP entries, ${verdicts.pte} + ${verdicts.pmd} verdicts: ` +
        `${differences.length} differences`,
    );
    expect(differences).toEqual([]);
    expect({ presentPages, absentPages, pfnmapEntries, ...verdicts }).toEqual({
      presentPages: counts.pages,
      absentPages: counts.absent,
      pfnmapEntries: counts.pfnmap,
      pte: counts.pte,
      pmd: counts.pmd,
    });
  });

  test('what the process planted is judged as its author expected', () => {
    const judged = withProcess((opened) =>
      opened.vmas.flatMap((vma) => [...judgeVma(opened, vma)].map((found) => ({ vma, found }))),
    );
    const expected = { page: 'page', NULL: 'none', 'not present': null } as const;
    let compared = 0;
    for (const { name, start, end, verdict } of truth.planted) {
      if (!(verdict in expected) || name.startsWith('hugetlb')) continue;
      const there = judged.filter(
        ({ found }) => found.start >= BigInt(start) && found.end <= BigInt(end),
      );
      for (const { vma, found } of there) {
        if (found.decoded.kind === 'none') continue;
        const answer = found.verdict?.answer ?? null;
        expect(answer, `${name} at 0x${found.start.toString(16)}`).toBe(
          expected[verdict as keyof typeof expected],
        );
        compared++;
        // remap_pfn_range() maps frames in a row from the file's offset on.
        if (vma.flags & VM_PFNMAP && verdict === 'NULL' && vma.name !== '[vvar]') {
          const linear = vma.pgoff + ((found.start - vma.start) >> 12n);
          expect(found.decoded.kind === 'leaf' && found.decoded.pfn, name).toBe(linear);
        }
      }
    }
    expect(compared).toBeGreaterThan(200);
  });

  test('one changed bit in the tables is seen', () => {
    withProcess((opened) => {
      const pages = [...judgeVma(opened, opened.vmas[1] as OpenProcess['vmas'][number])];
      const page = pages.find(({ decoded }) => decoded.kind === 'leaf');
      if (page === undefined) throw new Error('the second VMA maps nothing');
      const big = opened.form.definition.byteOrder === 'big';
      const damaged: OpenProcess = {
        ...opened,
        memory: {
          byteCount: opened.memory.byteCount,
          read(address, length) {
            const found = opened.memory.read(address, length);
            if (!found.ok || address !== page.table) return found;
            const bytes = found.value.slice();
            const word = page.index * 8 + (big ? 5 : 2);
            bytes[word] = (bytes[word] as number) ^ 1;
            return ok(bytes);
          },
        },
      };
      const { differences } = againstTruth(damaged, truth);
      expect(differences.length).toBeGreaterThan(0);
      expect(differences[0]).toContain(`0x${page.start.toString(16)}`);
    });
  });
});
