import { describe, expect, it } from 'vitest';
import type { FunctionIr, Value } from '../../../server/src/ir/ir.ts';
import { renderPlace, renderValue } from '../../../server/src/ir/render-ir.ts';
import {
  dominates,
  dominators,
  everyValue,
  placeOf,
  placesOf,
  predecessors,
  reversePostOrder,
  samePlace,
  sameValue,
  successors,
} from '../../../server/src/ir/walk.ts';
import { functionNamed, lowerText } from '../../support/lower.ts';

function lowerBody(statements: string): FunctionIr {
  return functionNamed(lowerText(`int f(struct foo *p, int n)\n{\n${statements}\n}\n`), 'f');
}

function returned(statements: string): Value {
  const end = lowerBody(statements).blocks.at(-1)?.end;
  if (end?.kind !== 'return' || end.value === undefined) throw new Error('no value returned');
  return end.value;
}

describe('values', () => {
  it('are found at every depth', () => {
    const value = returned('return (u32)(container_of(p->q, struct bar, m)->x + n);');
    expect([...everyValue(value)].map((one) => one.kind)).toEqual([
      'cast',
      'operator',
      'read',
      'container',
      'read',
      'read',
    ]);
  });

  it('yield the places that an operation reads', () => {
    const [call] = lowerBody('p->ops->go(&p->in, n, p->a->b);').blocks[0]?.operations ?? [];
    if (call === undefined) throw new Error('no operation');
    expect([...placesOf(call)].map(({ place, access }) => `${access} ${renderPlace(place)}`)).toEqual([
      'read p->ops->go',
      'address p->in',
      'read n',
      'read p->a->b',
    ]);
  });

  it('have a place through casts', () => {
    const place = placeOf(returned('return (long)p->x;'));
    expect(place === undefined ? '' : renderPlace(place)).toBe('p->x');
    expect(placeOf(returned('return n + 1;'))).toBeUndefined();
  });

  it('are equal wherever they stand', () => {
    const [a, b] = [returned('return p->x[1].y + n;'), returned('n++; return p->x[2].y + n;')];
    expect(sameValue(a, b)).toBe(true);
    for (const other of [
      'p->x[1].z + n',
      'p->x[1].y - n',
      'p->x[1].y',
      '&p->x[1].y',
      'n + n',
      'container_of(p, struct a, b)',
    ]) {
      expect(sameValue(a, returned(`return ${other};`)), other).toBe(false);
    }
    expect(
      sameValue(returned('return container_of(p, struct a, b);'), returned('return container_of(p, struct a, c);')),
    ).toBe(false);
  });

  it('compare places by root and steps', () => {
    const place = (text: string) => {
      const found = placeOf(returned(`return ${text};`));
      if (found === undefined) throw new Error('no place');
      return found;
    };
    expect(samePlace(place('p->a.b'), place('p->a.b'))).toBe(true);
    expect(samePlace(place('p->a.b'), place('p->a->b'))).toBe(false);
    expect(samePlace(place('p->a.b'), place('q->a.b'))).toBe(false);
  });
});

describe('rendering', () => {
  it('is C where C has words for it', () => {
    for (const text of [
      'p->a.b->c',
      '&p->a',
      '*p->a',
      '-ENODEV',
      'sizeof(struct foo)',
      '(n + 1) & ~p->mask',
      '(struct bar *)p->q',
      '**p->q',
    ]) {
      expect(renderValue(returned(`return ${text};`))).toBe(text);
    }
    expect(renderValue(returned('return (*p->q)->r;'))).toBe('(*p->q)->r');
  });
});

describe('graph', () => {
  const { blocks } = lowerBody('if (n) { a(); } else { b(); }\nwhile (c()) { if (n) break; d(); }\nreturn 0;');

  it('has matching edges', () => {
    const before = predecessors(blocks);
    for (const [index, block] of blocks.entries())
      for (const next of successors(block)) expect(before[next]).toContain(index);
    expect(before.flat()).toHaveLength(blocks.flatMap((block) => successors(block)).length);
  });

  it('is in reverse post order', () => {
    expect(reversePostOrder(blocks)).toEqual(blocks.map((_, index) => index));
  });

  it('has dominators', () => {
    const immediate = dominators(blocks);
    const before = predecessors(blocks);
    expect(immediate[0]).toBe(0);
    for (let block = 1; block < blocks.length; block++) {
      expect(dominates(immediate, 0, block)).toBe(true);
      for (const one of before[block] ?? []) expect(dominates(immediate, immediate[block] ?? -1, one)).toBe(true);
    }
    const [then, otherwise] = successors(blocks[0] ?? { operations: [], end: { kind: 'unreachable' } });
    const last = blocks.findIndex((block) => block.end.kind === 'return');
    expect(dominates(immediate, then ?? -1, last)).toBe(false);
    expect(dominates(immediate, otherwise ?? -1, last)).toBe(false);
  });

  it('has an entry that nothing leads back to', () => {
    const loop = lowerBody('again:\nif (a()) goto again;\nreturn n;').blocks;
    expect(predecessors(loop)[0]).toEqual([]);
  });
});
