import { expect, test } from 'vitest';
import { inferArch } from '../src/arch/infer.js';
import { findRelease, revisionOf } from '../src/arch/release.js';
import { Region } from '../src/log/region.js';
import { readReports } from '../src/read/reports.js';
import { knownReports, mended } from './reports.js';

const inferred = knownReports.map(({ id, arch, log }) => {
  const text = mended(log);
  const region = new Region(text, 0, text.text.length);
  return { id, arch, found: inferArch(region, readReports(text)) };
});

test('no report is taken for one of another architecture', () => {
  const wrong = inferred.filter(
    ({ arch, found }) => found.arch !== 'unknown' && found.arch !== arch,
  );
  expect(wrong.map(({ id, found }) => [id, found.arch])).toEqual([]);
});

test('those without a sign, or with signs of two, are these', () => {
  const undecided = inferred.filter(({ found }) => found.arch === 'unknown');
  expect(undecided.map(({ id, found }) => [id, found.candidates.length])).toMatchSnapshot();
});

test('each candidate says why and where', () => {
  for (const { found } of inferred) {
    for (const { grounds, weight } of found.candidates) {
      // Only where nothing tells, all that are possible are listed, with no weight.
      expect(weight > 0).toBe(found.arch !== 'unknown' || weight > 0);
      for (const { ground, at } of grounds) {
        expect(ground).not.toBe('');
        expect(at.line).toBeGreaterThan(0);
      }
    }
  }
});

test('a release stands for the nearest revision before it', () => {
  const text = mended('CPU: 1 PID: 9 Comm: a Tainted: G    B   W   6.0.9-gentoo #1');
  const release = findRelease(new Region(text, 0, text.text.length));
  expect(release?.value).toBe('6.0.9-gentoo');
  expect(
    ['2.6.32', '5.18.12', '5.19', '6.8.0', '6.10', '6.12.3', '6.17.0-rc4', '6.18', '7.1'].map(
      revisionOf,
    ),
  ).toEqual(['v5.18', 'v5.18', 'v6.1', 'v6.1', 'v6.9', 'v6.12', 'v6.17', 'v6.18', 'v7.2']);
  expect(revisionOf('next-20230130')).toBeUndefined();
});
