/** Slots of contracts in terms of a call's arguments. */
import type { Value } from '../ir/ir.ts';
import type { Effect, Slot } from '../knowledge/schema.ts';
import type { Call } from './program.ts';

export function slotValue(slot: Slot, call: Call): Value | undefined {
  return slot.at === 'result' ? { kind: 'temp', id: call.id } : call.args[slot.index];
}

/** The slot that an effect is about. */
export function objectSlot(effect: Effect): Slot | undefined {
  if ('on' in effect && effect.on !== undefined) return effect.on;
  switch (effect.verb) {
    case 'allocates':
    case 'createsDevice':
      return effect.into;
    case 'setsPrivate':
    case 'getsPrivate':
    case 'getsEmbedded':
      return effect.of;
    case 'runs':
      return effect.data;
    case 'links':
      return effect.container;
    case 'unlinks':
      return effect.container ?? effect.entry;
    default:
      return undefined;
  }
}
