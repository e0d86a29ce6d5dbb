import { type ModelEvent, type State, Vma } from '@pagewright/mm';
import type { World } from '../setup/world.js';
import { entryText } from './entry-text.js';

/** What the kernel said, a line each: warnings, reports of bad page maps, notes. */
export function reportLines(world: World, before: State, events: readonly ModelEvent[]): string[] {
  const lines = events.flatMap((event) => {
    switch (event.kind) {
      case 'bug':
        return [];
      case 'bad-page-map': {
        // The VMA may be gone by now, or not have been there before.
        const now = world.model.state.ref(Vma.mm, event.vma);
        const mm = now < 0 ? before.ref(Vma.mm, event.vma) : now;
        const place = world.addressName(mm, event.vpn);
        const entry = entryText(world, world.model.machine.space(event.level), event.entry);
        const page = event.frame >= 0 ? `, page ${world.frameName(event.frame)}` : '';
        return [`bad page map: ${event.level} of ${place}: ${entry}${page}`];
      }
      default:
        return [`${event.kind}: ${event.id}`];
    }
  });
  return counted(lines);
}

/** What is said several times in a row is shown once, with how often. */
function counted(lines: readonly string[]): string[] {
  const shown: string[] = [];
  for (let first = 0; first < lines.length; ) {
    let end = first + 1;
    while (lines[end] === lines[first]) end++;
    const times = end - first > 1 ? ` (${end - first} times)` : '';
    shown.push(`${lines[first]}${times}`);
    first = end;
  }
  return shown;
}
