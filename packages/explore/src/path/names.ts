import { partsOf } from '@pagewright/scenario/parts';
import type { BoundFile } from '../format/definition.js';
import { ownerOf } from '../world/owner.js';

/**
 * Names of a way in a scenario, where a name stands for one thing: what takes a name that something
 * else had gets a new one.
 */
export class PathNames {
  private readonly current = new Map<string, string>();
  private readonly taken: Set<string>;

  constructor(
    private readonly objects: BoundFile['objects'],
    before: BoundFile['before'],
  ) {
    const { processes = {}, files = {}, pages = {}, vmas = {} } = objects ?? {};
    const made = (before ?? []).flatMap(({ as }) => (as === undefined ? [] : [as]));
    this.taken = new Set([processes, files, pages, vmas].flatMap(Object.keys).concat(made));
  }

  /** A name is given to something new; answers what the scenario calls it. */
  give(name: string): string {
    let own = name;
    for (let i = 2; this.taken.has(own); i++) own = `${name}_${i}`;
    this.taken.add(own);
    this.current.set(name, own);
    return own;
  }

  /** An argument with the names of the scenario. */
  rename(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((each) => this.rename(each));
    if (typeof value !== 'string' || !/^[A-Za-z_]/.test(value)) return value;
    const { name, offset, process } = partsOf(value);
    const owner = process ?? ownerOf(this.objects, name);
    const now = owner === undefined ? undefined : this.current.get(owner);
    const whose = now ?? process;
    const tail = offset === 0 ? '' : `+${offset}`;
    return `${whose === undefined ? '' : `${whose}:`}${this.current.get(name) ?? name}${tail}`;
  }
}
