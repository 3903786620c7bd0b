/** The cdev that lies in counted memory holds that memory, so that it is not put after it has been freed. */
import { lifetimeTemplates } from '../../knowledge/fence-templates.ts';
import type { Fix, FixContext } from '../rule.ts';
import { maskC } from './c-text.ts';
import type { CountedObject } from './counted-memory.ts';
import { attachToCdev, countField, countMemory, lifetimeFunctions } from './counted-memory.ts';
import { functionNamed, pathOf, structNamed } from './driver-shape.ts';
import { asResult, combine, insertInclude } from './edits.ts';
import { allocationOf, freeField, freePrefix, pinsCdev } from './fence-plan.ts';
import { callAt } from './fs-revocable-plan.ts';
import type { Node } from './operation-section.ts';

export const holdByCdev: Fix = {
  title: 'Let the cdev hold the object that it lies in',
  safety: 'review',
  preferred: () => true,
  offered: (ctx) => ctx.finding.node !== undefined && isPutLate(ctx.finding.node),
  edit: (ctx) => {
    const { node } = ctx.finding;
    if (node === undefined) return { kind: 'none' };
    const plan = objectOf(ctx, node);
    if ('refused' in plan) return { kind: 'disabled', reason: plan.refused };
    const headers = plan.lifetime?.headers ?? [];
    return asResult(
      combine([
        () => ({ edits: headers.flatMap((header) => insertInclude(plan.file, plan.text, header)) }),
        () => countField(plan),
        () => lifetimeFunctions(plan),
        () => countMemory(plan),
        () => attachToCdev(plan),
      ]),
      ctx.text,
    );
  },
};

/** The last close frees the object with the cdev in it, and nothing else is wrong. */
function isPutLate({ kind, races }: Node): boolean {
  const isLate = races.every(({ operation, object }) => operation === 'release' && object.owner === 'refcount');
  return kind === 'cdev' && races.length > 0 && isLate;
}

function objectOf(ctx: FixContext, node: Node): CountedObject | { readonly refused: string } {
  if (pinsCdev(ctx, node)) return { refused: 'the cdev holds something else already' };
  const register = functionNamed(ctx.module, node.register.fn, node.register.at.file);
  const call = register && callAt(register, node.register.at);
  const path = call?.args.map(pathOf).find((found) => found !== undefined && found.fields !== '');
  const struct = path && structNamed(ctx.module, register?.fn.ir.locals[path.local]?.base ?? '')?.struct;
  if (register === undefined || call === undefined || path === undefined || struct === undefined)
    return { refused: 'the object that the cdev lies in was not found' };
  const type = struct.name;
  const allocation = allocationOf(ctx, type, true);
  if ('refused' in allocation) return allocation;
  const file = register.unit.path;
  const lifetime = lifetimeTemplates['by-cdev'];
  const count = freeField(struct, lifetime.field.names);
  const prefix = freePrefix(ctx, type, lifetime);
  if (count === undefined || prefix === undefined) return { refused: `${type} has such a parent already` };
  const text = ctx.text(file);
  return {
    ctx,
    node,
    file,
    text,
    mask: maskC(text),
    type,
    member: path.fields,
    prefix,
    lifetime,
    count,
    names: {},
    initialise: [],
    allocation,
    users: [],
    register: { ...register, call },
  };
}
