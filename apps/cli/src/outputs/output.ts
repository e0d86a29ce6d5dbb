import type { Document } from '@pagewright/report';
import type { TriageData } from '@pagewright/triage';
import type { CheckOutput } from './check.js';
import type { ConformOutput } from './conform.js';
import type { DecodeOutput } from './decode.js';
import type { DemoOutput } from './demo.js';
import type { DistillOutput } from './distill.js';
import type {
  ExploreBisectOutput,
  ExploreCheckOutput,
  ExploreOutput,
  LitmusOutput,
  ReplayOutput,
  WalksOutput,
} from './explore.js';
import type { InspectLine, InspectOutput, KernelSpaceOutput } from './inspect.js';
import type { FlipsOutput, FormsOutput, InsertionOutput, RulesOutput } from './matrix.js';
import type { NormalOutput } from './normal.js';
import type {
  BisectOutput,
  DiffOutput,
  ScenarioNewOutput,
  ScenarioOutput,
  SeriesOutput,
} from './scenario.js';
import type { SmapsOutput } from './smaps.js';
import type { SymbolsOutput } from './symbols.js';
import type { TypeOutput } from './type.js';
import type { WalkOutput } from './walk.js';

/**
 * Everything that the command line prints as JSON, by schema, in the order of `--help`. A verb can
 * print nothing else, and the published schemas are made from these types with their comments.
 */
export interface Outputs {
  'pagewright/decode/1': DecodeOutput;
  'pagewright/normal/1': NormalOutput;
  'pagewright/walk/1': WalkOutput;
  'pagewright/inspect/1': InspectOutput | KernelSpaceOutput;
  'pagewright/inspect-line/1': InspectLine;
  'pagewright/smaps/1': SmapsOutput;
  'pagewright/check/1': CheckOutput;
  'pagewright/triage/1': TriageData;
  'pagewright/distill/1': DistillOutput;
  'pagewright/symbols/1': SymbolsOutput;
  'pagewright/type/1': TypeOutput;
  'pagewright/scenario/1': ScenarioOutput;
  'pagewright/scenario-new/1': ScenarioNewOutput;
  'pagewright/diff/1': DiffOutput;
  'pagewright/bisect/1': BisectOutput;
  'pagewright/series/1': SeriesOutput;
  'pagewright/explore/1': ExploreOutput;
  'pagewright/explore-replay/1': ReplayOutput;
  'pagewright/explore-check/1': ExploreCheckOutput;
  'pagewright/explore-bisect/1': ExploreBisectOutput;
  'pagewright/explore-walks/1': WalksOutput;
  'pagewright/explore-litmus/1': LitmusOutput;
  'pagewright/conform/1': ConformOutput;
  'pagewright/demo/1': DemoOutput;
  'pagewright/matrix/1': FormsOutput | RulesOutput | FlipsOutput | InsertionOutput;
}

/** What a verb prints with `--json`. */
type Output = Outputs[Exclude<keyof Outputs, 'pagewright/inspect-line/1'>];

/** A document whose data are described. */
export type AnswerDocument = Document & { readonly data: Output };
