import { expect, it } from 'vitest';
import { canFollowWrite } from '../src/gup/can-follow-write.js';
import { FOLL } from '../src/gup/flags.js';
import { Frame, OWNER, PAGE_FLAG } from '../src/index.js';
import { pageProtOf } from '../src/vma/vma.js';
import { oneProcess, quietly } from './processes.js';

/** Readable private memory that could become writable: what FOLL_FORCE is for. */
const READABLE = 0x1n | 0x10n | 0x20n;

// SPEC 23.1, 5.3: what PUDs were left out of until 6.13.
it.each([
  ['v6.12', false],
  ['dax-v6/0', true],
  ['v6.17', true],
])('%s: a read-only PUD of an exclusive page is written by force: %s', (revision, allowed) => {
  const { model, vma } = oneProcess('x86', revision, { flags: READABLE });
  const frame = model.machine.memory.framesOf('RAM')[0] as number;
  model.state.set(Frame.owner, frame, OWNER.anon);
  model.state.set(Frame.flags, frame, PAGE_FLAG.anonExclusive);
  const entry = model.pud.leaf(0x40000, pageProtOf(model, vma));
  const flags = FOLL.WRITE | FOLL.FORCE;
  const asked = () => canFollowWrite(model, model.pud, vma, entry, frame, flags);
  expect(quietly(model, asked)).toBe(allowed);
});
