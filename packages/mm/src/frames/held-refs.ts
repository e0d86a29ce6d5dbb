import type { Model } from '../model.js';
import { Frame } from '../state/columns.js';
import { getRefs } from './folio.js';
import { putRefs } from './put.js';

/** Somebody takes references of whom the model has no other record. */
export function holdRefs(model: Model, folio: number, references: number): void {
  getRefs(model, folio, references);
  model.state.add(Frame.heldRefs, folio, references);
}

/** They are dropped; more than are held may be, which the kernel does not notice either. */
export function dropHeldRefs(model: Model, folio: number, references: number): void {
  const held = model.state.get(Frame.heldRefs, folio);
  model.state.set(Frame.heldRefs, folio, Math.max(0, held - references));
  putRefs(model, folio, references);
}
