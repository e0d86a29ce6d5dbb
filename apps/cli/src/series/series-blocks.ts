import { type Block, span, type Text } from '@pagewright/report';
import type { Review, ReviewedPatch } from '@pagewright/scenario';
import { diffBlocks } from '../scenario/side-by-side.js';

/** A series, a line for each patch. */
export function seriesBlock({ series, patches, companions }: Review): Block {
  const seen = patches.filter(({ effect }) => effect).length;
  const beside = companions.map(({ id, title, state }) => [id, state ?? 'a switch', title]);
  return {
    kind: 'section',
    title:
      `${series.name}, on ${series.on}: ${patches.length} patches, ` +
      `${seen} with an effect, ${patches.length - seen} without`,
    blocks: [
      {
        kind: 'table',
        columns: [
          { title: '', align: 'right' },
          { title: 'what runs show' },
          { title: 'patch, and what its text claims' },
        ],
        rows: patches.map((patch) => [String(patch.n), showsOf(patch), claimOf(patch)]),
      },
      ...(beside.length === 0 ? [] : [companionsBlock(beside)]),
    ],
  };
}

const companionsBlock = (rows: readonly (readonly string[])[]): Block => ({
  kind: 'table',
  columns: [{ title: 'beside the patches' }, { title: 'in' }, { title: '' }],
  rows,
});

const claimOf = ({ title, claim, effect, why }: ReviewedPatch): string => {
  const claimed = claim === undefined ? title : `${title}: ${claim}`;
  return effect ? claimed : `${claimed} (no effect: ${why})`;
};

const showsOf = ({ holds, shows }: ReviewedPatch): Text => (holds ? shows : span(shows, 'problem'));

/** A patch with its scenarios before and after it. */
export function patchBlocks(patch: ReviewedPatch): Block[] {
  const { before, after, commit, claim, why, effect, inferred, comparisons } = patch;
  const facts: (readonly [string, string])[] = [
    ['kernels', `${before} and ${after}`],
    ...(commit === undefined ? [] : [['commit', commit] as const]),
    ...(claim === undefined ? [] : [['claim', claim] as const]),
    [effect ? 'effect' : 'no effect', `${why}${inferred ? ' (inferred)' : ''}`],
    ['runs', patch.shows],
  ];
  return [
    { kind: 'key-values', pairs: facts },
    ...comparisons.flatMap(({ scenario, shown }): Block[] => {
      if (shown === undefined) return [];
      const title = `${scenario.name}: ${scenario.file.scenario} (${shown.form})`;
      const blocks = diffBlocks(shown.before.run, shown.after.run, [before, after]);
      return [{ kind: 'section', title, blocks }];
    }),
  ];
}
