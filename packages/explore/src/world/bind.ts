import { type ArgumentKind, type Place, vmaAt } from '@pagewright/mm';
import { argumentsOf, type Call, partsOf, type World } from '@pagewright/scenario/parts';
import type { BoundFile } from '../format/definition.js';
import { type NameSlots, recordsOf } from './names.js';
import { ownerOf } from './owner.js';

/** Arguments of a call that are filled in before each run of it: the same object every time. */
export interface BoundCall {
  readonly args: Readonly<Record<string, unknown>>;
  /** False where something that the call names is not there. */
  readonly fill: () => boolean;
}

type Arguments = Record<string, unknown>;
/** What a call is bound to. */
interface Ground {
  readonly objects: BoundFile['objects'];
  readonly world: World;
  readonly slots: NameSlots;
}

/** Binds a call to a world and to the names that come and go. Throws ScenarioStop like `argumentsOf`. */
export function bindCall(ground: Ground, call: Call): BoundCall {
  const args: Arguments = {};
  const fillers: (() => boolean)[] = [];
  for (const [name, parameter] of Object.entries(call.operation.parameters)) {
    const written = call.args[name];
    const filler =
      typeof written === 'string'
        ? fillerOf(ground, args, name, parameter.kind, written)
        : undefined;
    if (filler === undefined) {
      const parameters = { [name]: parameter };
      const one = written === undefined ? {} : { [name]: written };
      const alone = { operation: { ...call.operation, parameters }, args: one };
      Object.assign(args, argumentsOf(ground.world, alone));
    } else fillers.push(filler);
  }
  return { args, fill: () => fillers.every((filler) => filler()) };
}

/** Fills in an argument that does not always mean the same; undefined for one that does. */
function fillerOf(
  { objects, world, slots }: Ground,
  args: Arguments,
  name: string,
  kind: ArgumentKind,
  written: string,
): (() => boolean) | undefined {
  const { name: base, offset, process } = partsOf(written);
  const { model } = world;
  if (kind === 'address' || kind === 'vma') {
    const { vpn, mm } = world.address(base + (offset === 0 ? '' : `+${offset}`));
    const owner = slots.place(process ?? ownerOf(objects, base) ?? '');
    const place = { mm, vma: -1, vpn };
    args[name] = place satisfies Place;
    return () => {
      if (owner >= 0) place.mm = slots.word(owner) - 1;
      if (place.mm < 0) return false;
      place.vma = vmaAt(model, place.mm, vpn);
      return place.vma >= 0;
    };
  }
  const slot = slots.place(base);
  if (slot < 0) return undefined;
  if (kind === 'reference') {
    return () => {
      args[name] = recordsOf(slots.word(slot))[offset];
      return args[name] !== undefined;
    };
  }
  const isPfn = kind === 'pfn';
  return () => {
    const record = slots.word(slot) - 1;
    args[name] = isPfn && record >= 0 ? model.machine.memory.pfn(record) : record;
    return record >= 0;
  };
}
