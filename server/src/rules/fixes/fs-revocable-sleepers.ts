/** Revoking waits for operations that sleep inside their section: a flag and a wake-up before it let them leave. */
import { fenceFields, fenceTemplate } from '../../knowledge/fence-templates.ts';
import { FILE_OPERATIONS } from '../../knowledge/fix-templates.ts';
import { Knowledge } from '../../knowledge/lookup.ts';
import { maskC } from './c-text.ts';
import { slotsOf } from './counted-memory.ts';
import type { PlacedFunction } from './driver-shape.ts';
import { functionNamed, reachable, structNamed } from './driver-shape.ts';
import type { Edits } from './edits.ts';
import { addField, combine, fill } from './edits.ts';
import { queuesOf } from './fence-operation.ts';
import type { FencePlan } from './fence-plan.ts';
import type { Node, Plan } from './fs-revocable-plan.ts';
import { objectIn, sleepsIn, wakeSleepers } from './operation-section.ts';

type Sleepers = Pick<FencePlan, 'type' | 'prefix' | 'names' | 'guarded'>;

/** Operations that sleep without a bound, and a free name for the flag; undefined where none does. */
export function sleepersOf(plan: Plan, node: Node): Sleepers | undefined {
  const { module } = plan.ctx;
  const knowledge = Knowledge.builtin();
  const guarded = Object.entries(node.operations.entries).flatMap(([operation, name]) => {
    const place = functionNamed(module, name);
    const isOperation = knowledge.findRole(FILE_OPERATIONS, operation)?.context === 'file-operation';
    const sleeps = reachable(module, name).some((inner) => sleepsIn(inner).length > 0);
    return place !== undefined && isOperation && sleeps ? [{ ...place, operation }] : [];
  });
  const struct = structNamed(module, plan.type);
  if (guarded.length === 0 || struct === undefined) return undefined;
  const taken = new Set(struct.struct.fields.map((field) => field.name));
  const gone = fenceFields.gone.names.find((name) => !taken.has(name)) ?? 'fs_gone';
  return { type: plan.type, prefix: '', names: { lock: '', gone }, guarded };
}

/** The flag, and the test of it behind every such wait. */
export function wakeSleepersOf(plan: Plan, node: Node): Edits {
  const sleepers = sleepersOf(plan, node);
  const struct = sleepers && structNamed(plan.ctx.module, plan.type);
  if (sleepers === undefined || struct === undefined) return { edits: [] };
  const { path } = struct.unit;
  const field = fill(fenceFields.gone.bare, { name: sleepers.names.gone });
  return combine([
    () => addField(path, plan.ctx.text(path), struct.struct, field),
    ...sleepers.guarded.map((place) => () => wakeSleepersIn(plan, node, sleepers, place)),
  ]);
}

function wakeSleepersIn(plan: Plan, node: Node, sleepers: Sleepers, place: PlacedFunction): Edits {
  const object = objectIn(plan, place);
  if (object === undefined) {
    return {
      refused: `${place.fn.ir.name}() sleeps without a bound and has no variable for its ${plan.type}: the revoke would wait for it`,
    };
  }
  const file = place.unit.path;
  const text = plan.ctx.text(file);
  const test = fill(fenceTemplate.looseTest, slotsOf(sleepers, object));
  const section = {
    ctx: plan.ctx,
    node,
    file,
    text,
    mask: maskC(text),
    type: plan.type,
    enter: () => '',
    test: () => test,
  };
  return wakeSleepers(section, place, object);
}

/** Before the revoke. */
export function wakingLines(plan: Plan, node: Node, object: string): readonly string[] {
  const sleepers = sleepersOf(plan, node);
  if (sleepers === undefined) return [];
  const slots = slotsOf(sleepers, object);
  return [
    ...fenceTemplate.setAndWake.map((line) => fill(line, slots)),
    ...queuesOf(sleepers).map((queue) => fill(fenceTemplate.wake, { ...slots, queue })),
  ];
}
