import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { physAddr } from '@pagewright/core';
import { bytesSource, type Dump, openDump } from '@pagewright/dump';
import { nodeDecompressors } from '@pagewright/dump/node';
import { describe, expect, test } from 'vitest';
import { check, distill, loadedModules, openJudge, openKernel } from '../src/index.js';
import { answersOf } from './distill-answers.js';
import { fileOf } from './distill-file.js';
import { DUMPS, GUESTS, guestFile, guestOptions, openGuest } from './guests.js';

/** How the pages begin that the guests' own process wrote. */
const MARK = Buffer.from('MAPRMARK');
/** Bytes that no distilled dump of these guests needs more than. */
const MOST_BYTES = 5 << 20;

if (DUMPS === undefined) {
  test('NOT RUN: distilling real dumps (PAGEWRIGHT_DUMPS names no folder)', () => {
    console.warn('NOT RUN: distilling real dumps; set PAGEWRIGHT_DUMPS to a folder of dumps');
    expect(DUMPS).toBeUndefined();
  });
} else {
  describe.each(GUESTS)('%s distilled', (guest) => {
    test.each(['all', 'mapper'])(
      '%s: the same answers, and no page that it wrote',
      async (which) => {
        const dump = await openGuest(guest);
        const options = {
          ...guestOptions(guest),
          ...(which === 'all' ? {} : { pids: [pidOf(guestFile(guest, 'truth.json'), which)] }),
        };
        const compress = (page: Uint8Array) => deflateSync(page);
        const made = distill(dump, { ...options, compression: { name: 'zlib', compress } });
        if (!made.ok) throw new Error(made.problem.message);
        const file = fileOf(made.value.pieces);
        expect(file.length).toBeLessThan(MOST_BYTES);
        const source = bytesSource('distilled', file);
        const small = openDump(source, { decompressors: await nodeDecompressors() });
        if (!small.ok) throw new Error(small.problem.message);
        const answers = answersIn(small.value, options);
        expect(answers.length).toBeGreaterThan(900);
        expect(answers).toEqual(answersIn(dump, options));
        if (which === 'all')
          expect(findings(small.value, options)).toEqual(findings(dump, options));
        expect(markedPages(small.value, made.value.pageBytes)).toEqual([]);
        // The mark is a fair test only where the dump has such pages; filtered ones have not.
        if (dump.container === 'elf') {
          expect(markedPages(dump, made.value.pageBytes).length).toBeGreaterThan(100);
        }
        dump.close();
      },
    );
  });
}

const pidOf = (truth: string, comm: string): number =>
  Number(new RegExp(`"pid": *(\\d+), *"comm": *"${comm}"`).exec(readFileSync(truth, 'utf8'))?.[1]);

function answersIn(dump: Dump, options: Parameters<typeof distill>[1]): string[] {
  const kernel = openKernel(dump, options);
  const judge = kernel.ok ? openJudge(kernel.value) : kernel;
  if (!kernel.ok || !judge.ok) throw new Error('the kernel cannot be opened');
  return [...answersOf(kernel.value, judge.value, options.pids)];
}

/** What a check finds, and what there is of modules; messages name the file that was read. */
function findings(dump: Dump, options: Parameters<typeof distill>[1]) {
  const kernel = openKernel(dump, options);
  const judge = kernel.ok ? openJudge(kernel.value) : kernel;
  if (!kernel.ok || !judge.ok) throw new Error('the kernel cannot be opened');
  const report = check(kernel.value, judge.value);
  if (!report.ok) throw new Error(report.problem.message);
  const { walked, notWalked, findings: found } = report.value;
  const sentences = found.map(({ id, severity, evidence }) => ({ id, severity, evidence }));
  const list = loadedModules(kernel.value);
  const modules = (list.ok ? list.value.modules : []).map((module) => {
    const [symbols, types] = [module.symbols(), module.types()];
    return [
      module.name,
      symbols.ok ? symbols.value : symbols.problem.code,
      types.ok ? types.value.count : types.problem.code,
    ];
  });
  return { walked, notWalked, sentences, modules };
}

/** Pages of a dump that begin with the mark. */
function markedPages(dump: Dump, pageBytes: number): bigint[] {
  const found: bigint[] = [];
  for (const { physical, length } of dump.ranges) {
    for (let at = physical; at < physical + length; at += BigInt(pageBytes)) {
      const head = dump.memory.read(physAddr(at), MARK.length);
      if (head.ok && MARK.equals(head.value)) found.push(at);
    }
  }
  return found;
}
