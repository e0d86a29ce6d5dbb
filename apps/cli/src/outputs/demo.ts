import type { Json } from '@pagewright/report';

/** What the demo of the repository shows, for its tests. Nothing here is promised. */
export type DemoOutput = {
  readonly schema: 'pagewright/demo/1';
  readonly forms: Json;
  readonly process: Json;
  readonly others: Json;
  readonly revisions: Json;
};
