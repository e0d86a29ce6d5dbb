import { fail, ok, type Result } from '@pagewright/core';

/** One step of a member path: into a member, or to an element of an array. */
export type PathStep = string | number;

const STEP = /\.?([A-Za-z_$][\w$]*)|\[(\d{1,9})\]/y;

/** Splits `rss_stat[0].count` into its steps. Code `bad-path`. */
export function parsePath(path: string): Result<readonly PathStep[]> {
  const steps: PathStep[] = [];
  STEP.lastIndex = 0;
  let at = 0;
  while (at < path.length) {
    const found = STEP.exec(path);
    // A dot stands between members, never in front of the first.
    if (found === null || at > 0 !== (path[at] === '.' || path[at] === '[')) {
      return fail('bad-path', `${path} is no member path (like a.b[2].c), see character ${at}`, {
        path,
        character: at,
      });
    }
    steps.push(found[1] ?? Number(found[2]));
    at = STEP.lastIndex;
  }
  return ok(steps);
}
