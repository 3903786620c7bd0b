import { describe, expect, it } from 'vitest';
import { renderFunction } from '../../../server/src/ir/render-ir.ts';
import { functionNamed, lowerText, renderBody, renderText } from '../../support/lower.ts';

describe('container macros', () => {
  it('keep the type as the user wrote it, and the member path', () => {
    expect(
      renderBody(
        'struct foo *q = container_of(p->dev, struct foo, misc.dev[2].kobj); q = list_entry(p->next, foo_t, node);',
      ),
    ).toMatchInlineSnapshot(`
      "b0:
        q = container_of(p->dev, struct foo, misc.dev.kobj)
        q = container_of(p->next, foo_t, node)
        return"
    `);
  });

  it('find the type of a variable', () => {
    const file = lowerText(
      'void f(struct timer_list *t)\n{\n\tstruct foo *p = from_timer(p, t, timer);\n\tstruct bar *b = container_of(t, typeof(*b), t);\n}\n',
    );
    expect(renderFunction(functionNamed(file, 'f'))).toMatchInlineSnapshot(`
      "f(t: struct timer_list *): void
      b0:
        p = container_of(t, struct foo, timer)
        b = container_of(t, struct bar, t)
        return"
    `);
  });

  it('take elements of lists', () => {
    expect(
      renderBody('p = list_first_entry_or_null(&p->items, struct foo, node); p = list_next_entry(p, node);'),
    ).toMatchInlineSnapshot(`
      "b0:
        p = list_first_entry_or_null(&p->items, struct foo, node)
        p = list_next_entry(p, node)
        return"
    `);
  });
});

describe('macros of the driver', () => {
  it('become functions', () => {
    expect(
      renderText(
        [
          '#define to_foo(d) container_of(d, struct foo, dev)',
          '#define WRITE(f, v) do { \\',
          '\twritel((v), (f)->regs + OFFSET); \\',
          '\t(f)->count++; \\',
          '} while (0)',
          '#define debug(fmt, args...) printk("x" fmt, ##args)',
          '#define BASE 0x10',
          '#define ADD(a) ((a) + 1)',
          '',
        ].join('\n'),
      ),
    ).toMatchInlineSnapshot(`
      "constant BASE = 0x10
      macro to_foo(d: unknown): unknown
      b0:
        return container_of(d, struct foo, dev)
      macro WRITE(f: unknown, v: unknown): unknown
      b0:
        t0 = call writel(v, f->regs + OFFSET)
        f->count += 1
        return
      macro debug(fmt: unknown, args: unknown): unknown
      b0:
        t0 = call printk("x" fmt, args)
        return t0"
    `);
  });

  it('stand where they were defined', () => {
    const source = 'int x;\n#define to_foo(d)   container_of(d, struct foo, dev)\n';
    const fn = lowerText(source).functions[0];
    const end = fn?.ir.blocks[0]?.end;
    const span =
      end?.kind === 'return' && end.value?.kind === 'container' && end.value.value.kind === 'read'
        ? end.value.value.place.span
        : undefined;
    const at = fn?.at ?? 0;
    expect(source.slice(at, fn?.end)).toBe('#define to_foo(d)   container_of(d, struct foo, dev)');
    expect(source.slice(at + (fn?.ir.nameSpan.start ?? 0), at + (fn?.ir.nameSpan.end ?? 0))).toBe('to_foo');
    expect(source.slice(at + (span?.start ?? 0), at + (span?.end ?? 0))).toBe('d');
  });

  it('are a problem only when they are used and not understood', () => {
    const broken = '#define BROKEN(x) do { f##x(x);\n';
    expect(lowerText(`${broken}void f(void)\n{\n}\n`).problems).toEqual([]);
    expect(lowerText(`${broken}void f(void)\n{\n\tBROKEN(1);\n}\n`).problems.map((one) => one.reason)).toEqual([
      'macro BROKEN not understood',
    ]);
  });
});
