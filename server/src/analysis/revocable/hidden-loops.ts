/** `break` and `continue` in a block form: they belong to the hidden loop that the macro is. */
import { successors } from '../../ir/walk.ts';
import type { Call, Fn } from '../program.ts';
import type { RevocableFact } from './facts.ts';
import type { SectionContext } from './section-context.ts';

/** The statement is known by its width: exits of a scope have the span of the statement that makes them. */
const JUMPS: Readonly<Record<number, string>> = { 6: 'break', 9: 'continue' };

export function hiddenLoopFacts(context: SectionContext): readonly RevocableFact[] {
  return context.ownUsers().flatMap((fn) => [...fn.calls.values()].flatMap((call) => jumpsIn(call, fn, context)));
}

function jumpsIn(call: Call, fn: Fn, context: SectionContext): readonly RevocableFact[] {
  if (context.api.macroOf(call)?.form !== 'block') return [];
  const exits = exitsOf(call, fn);
  const end = exits.find(({ exit }) => exit.span.start >= call.span.end);
  const behind = end === undefined ? undefined : onlySuccessor(end.block, fn);
  return exits.flatMap(({ exit, block }) => {
    const jump = JUMPS[exit.span.end - exit.span.start];
    const to = onlySuccessor(block, fn);
    if (jump === undefined || to === undefined || (behind !== undefined && to !== behind)) return [];
    if (!reaches(to, blockOf(call, fn), fn) || (jump === 'continue' && returnsAtOnce(to, blockOf(call, fn), fn)))
      return [];
    const at = context.program.locate(fn, exit.span);
    const enter = call.callee.kind === 'named' ? `${call.callee.name}()` : '';
    return [
      {
        kind: 'hidden-loop',
        at,
        names: { jump, enter },
        story: [
          {
            kind: 'lock',
            at: context.program.locate(fn, context.headOf(call)),
            text: `${enter} is a loop that runs once`,
          },
          { kind: 'return', at, text: `${jump} belongs to it; the loop around it goes on` },
        ],
        certainty: 'must',
      },
    ];
  });
}

function exitsOf({ id }: Call, fn: Fn): readonly { readonly exit: Call; readonly block: number }[] {
  return fn.ir.blocks.flatMap((block, index) =>
    block.operations.flatMap((operation) =>
      operation.kind === 'call' && operation.origin === 'guard-exit' && operation.guard === id
        ? [{ exit: operation, block: index }]
        : [],
    ),
  );
}

function blockOf(call: Call, fn: Fn): number {
  return fn.ir.blocks.findIndex((block) => block.operations.includes(call));
}

function onlySuccessor(block: number, fn: Fn): number | undefined {
  const end = fn.ir.blocks[block]?.end;
  return end?.kind === 'goto' ? end.to : undefined;
}

/** The scope stands in a loop. */
function reaches(from: number, to: number, fn: Fn): boolean {
  const seen = new Set<number>();
  const waiting = [from];
  for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
    if (index === to) return true;
    const block = fn.ir.blocks[index];
    if (block === undefined || seen.has(index)) continue;
    seen.add(index);
    waiting.push(...successors(block));
  }
  return false;
}

/** Nothing but the loop's own step and test lies between the end of the scope and its next round. */
function returnsAtOnce(from: number, to: number, fn: Fn): boolean {
  const block = fn.ir.blocks[from];
  return (
    block !== undefined &&
    (from <= to || (block.end.kind === 'goto' && block.end.to <= to && block.operations.length <= 1))
  );
}
