import { type EntryForm, fail, type Kernel, ok, type Result } from '@pagewright/core';
import { type Bound, parseBound } from '@pagewright/explore';
import { type FormSource, selectKernels } from '@pagewright/scenario';
import { groundOf } from '@pagewright/scenario/parts';
import { readText } from '../scenario/files.js';

/** Where bounds are searched that name no form or kernel. */
const STANDARD_FORM = 'x86_64';
const STANDARD_KERNEL = 'v6.18-fixed';

/** Reads a bound. Codes: `unreadable`, and those of `parseBound`. */
export function readBound(path: string): Result<Bound> {
  const text = readText(path);
  return text.ok ? parseBound(text.value, path) : text;
}

/** A form and a kernel to search a bound on. */
export interface BoundGround {
  readonly form: EntryForm;
  readonly kernel: Kernel;
}

/** What a caller wants in place of what the file names. */
export interface GroundChoice {
  readonly form?: string | undefined;
  /** A selector. */
  readonly kernel?: string | undefined;
}

/** The kernels that a bound names, as selectors. */
export const kernelsOf = ({ file }: Bound): readonly string[] =>
  [file.machine?.kernel ?? STANDARD_KERNEL].flat();

/**
 * The form of a bound, its first, with each kernel of a selector. Codes: `unknown-form`, `nothing-to-run`,
 * those of `selectKernels` and `groundOf`.
 */
export function groundsOf(
  bound: Bound,
  source: FormSource,
  { form = formOf(bound), kernel = kernelsOf(bound)[0] as string }: GroundChoice = {},
): Result<readonly BoundGround[]> {
  if (!source.names.includes(form)) {
    const known = source.names.join(', ');
    return fail('unknown-form', `unknown form "${form.slice(0, 40)}"; known: ${known}`);
  }
  const revisions = selectKernels(kernel);
  if (!revisions.ok) return revisions;
  const grounds: BoundGround[] = [];
  for (const revision of revisions.value) {
    const ground = groundOf(bound, source, form, revision);
    if (!ground.ok) return ground;
    if ('why' in ground.value) {
      const { why } = ground.value;
      return fail('nothing-to-run', `${bound.name}: ${form}, ${revision.id}: ${why}`);
    }
    grounds.push(ground.value);
  }
  return ok(grounds);
}

/** One form and one kernel. Codes: those of `groundsOf`, and `bad-usage` where a selector means several. */
export function groundFor(
  bound: Bound,
  source: FormSource,
  choice: GroundChoice,
): Result<BoundGround> {
  const grounds = groundsOf(bound, source, choice);
  if (!grounds.ok) return grounds;
  const [first] = grounds.value;
  const { length } = grounds.value;
  if (first !== undefined && length === 1) return ok(first);
  const asked = (choice.kernel ?? kernelsOf(bound)[0] ?? '').slice(0, 60);
  return fail('bad-usage', `--kernel "${asked}": means ${length} kernels, and one is searched`);
}

/** The form that a bound is searched on unless told otherwise: the first that it names. */
export const formOf = ({ file }: Bound): string => {
  const [first = STANDARD_FORM] = [file.machine?.form ?? STANDARD_FORM].flat();
  return first === 'all' ? STANDARD_FORM : first;
};
