import { fileURLToPath } from 'node:url';
import { arm64 } from '@pagewright/arch-arm64';
import { s390x } from '@pagewright/arch-s390x';
import { x86 } from '@pagewright/arch-x86';
import { expect, test } from 'vitest';
import { againstTruth } from '../src/process/against-truth.js';
import { openProcess, processTruth } from '../src/process/open-process.js';

const fixtures = fileURLToPath(new URL('../../../fixtures/processes', import.meta.url));

test.each([
  { guest: 'x86_64-6.12', backend: x86, least: { presentPages: 7000, pte: 1564, pmd: 9 } },
  { guest: 'arm64-6.12', backend: arm64, least: { presentPages: 21_943, pte: 1461, pmd: 6 } },
  { guest: 's390x-6.12', backend: s390x, least: { presentPages: 400, pte: 410, pmd: 0 } },
])('$guest: every page and every verdict as the kernel says', ({ guest, backend, least }) => {
  const folder = `${fixtures}/${guest}`;
  const opened = openProcess(folder, backend);
  const agreement = againstTruth(opened, processTruth(folder));
  opened.close();
  const { presentPages, absentPages, pfnmapEntries, verdicts, differences } = agreement;
  console.log(
    `${guest}: compared ${presentPages} present pages, ${absentPages} absent ones, ` +
      `${pfnmapEntries} PFNMAP entries, ${verdicts.pte} + ${verdicts.pmd} verdicts: ` +
      `${differences.length} differences`,
  );
  expect(differences).toEqual([]);
  expect(presentPages).toBeGreaterThanOrEqual(least.presentPages);
  expect(verdicts.pte).toBeGreaterThanOrEqual(least.pte);
  expect(verdicts.pmd).toBeGreaterThanOrEqual(least.pmd);
});
