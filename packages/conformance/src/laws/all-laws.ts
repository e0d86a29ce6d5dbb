import { ageLaws } from './age-laws.js';
import { agreementLaws } from './agreement-laws.js';
import { buildLaws } from './build-laws.js';
import { codecLaws } from './codec-laws.js';
import { geometryLaws } from './geometry-laws.js';
import { hugeLaws } from './huge-laws.js';
import { keepLaws } from './keep-laws.js';
import { kindLaws } from './kind-laws.js';
import type { Law } from './law.js';
import { markLaws, specialLaws } from './mark-laws.js';
import { modifyLaws } from './modify-laws.js';
import { normalLaws } from './normal-laws.js';
import { pointerLaws } from './pointer-laws.js';
import { swapFlagLaws } from './swap-flag-laws.js';
import { swapLaws } from './swap-laws.js';
import { walkLaws } from './walk-laws.js';

/** Every law, in the order of its groups. */
export const allLaws: readonly Law[] = [
  ...ageLaws,
  ...specialLaws,
  ...markLaws,
  ...keepLaws,
  ...modifyLaws,
  ...buildLaws,
  ...hugeLaws,
  ...pointerLaws,
  ...swapLaws,
  ...swapFlagLaws,
  ...kindLaws,
  ...codecLaws,
  ...geometryLaws,
  ...walkLaws,
  ...normalLaws,
  ...agreementLaws,
];
