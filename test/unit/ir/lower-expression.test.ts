import { describe, expect, it } from 'vitest';
import { functionNamed, lowerText, renderBody } from '../../support/lower.ts';

describe('values and places', () => {
  it('follow pointers, fields and subscripts', () => {
    expect(renderBody('n = p->a.b->c[n].d; *p->q = 1; (*p).r = 2; *(p->v + n) = 3;')).toMatchInlineSnapshot(`
      "b0:
        n = p->a.b->c[].d
        *p->q = 1
        p->r = 2
        p->v[] = 3
        return"
    `);
  });

  it('cancel address and dereference', () => {
    expect(renderBody('(&p->in)->x = *&n; use(&*p, &p->ring[n], &n);')).toMatchInlineSnapshot(`
      "b0:
        p->in.x = n
        t0 = call use(p, &p->ring[], &n)
        return"
    `);
  });

  it('keep the reads of a subscript', () => {
    expect(renderBody('n = p->ring[p->head];')).toMatchInlineSnapshot(`
      "b0:
        evaluate p->head
        n = p->ring[]
        return"
    `);
  });

  it('know constants, literals and sizes', () => {
    expect(
      renderBody("n = -ENODEV + 0x10 + 'a' + sizeof(struct foo *) + sizeof(*p) + offsetof(struct foo, b);"),
    ).toMatchInlineSnapshot(`
      "b0:
        n = ((((-ENODEV + 0x10) + 'a') + sizeof(struct foo *)) + sizeof(*p)) + offsetof(struct foo, b)
        return"
    `);
    const file = lowerText("int f(void)\n{\n\treturn 0x1fUL + 017 + '\\n' + (p == NULL);\n}\n");
    expect(JSON.stringify(file.functions[0]?.ir.blocks)).toContain('"number":31');
    expect(JSON.stringify(file.functions[0]?.ir.blocks)).toContain('"number":15');
    expect(JSON.stringify(file.functions[0]?.ir.blocks)).toContain('"number":10');
  });

  it('cast, and make aggregates', () => {
    expect(
      renderBody('((struct bar *)p->data)->x = 1; *p = (struct foo){ .a.b = n, [IDX] = { 1, 2 } };'),
    ).toMatchInlineSnapshot(`
      "b0:
        ((struct bar *)p->data)->x = 1
        *p = (struct foo){ .a.b = n, [IDX] = { 1, 2 } }
        return"
    `);
  });

  it('cast to typedef names, which look like calls and products', () => {
    expect(renderBody('n = (u32)(p->x) + (size_t) *p->y; n = (p)(n); q = (foo_t)(p);')).toMatchInlineSnapshot(`
      "b0:
        n = (u32)p->x + (size_t)*p->y
        t0 = call (*p)(n)
        n = t0
        q = (foo_t)p
        return"
    `);
  });

  it('read and change in one expression', () => {
    expect(renderBody('n = p->users++; if (--p->users == 0) n += 2; *p->cursor++ = 3;')).toMatchInlineSnapshot(`
      "b0:
        p->users += 1
        n = p->users - 1
        p->users -= 1
        if p->users == 0 then b1 else b2
      b1:
        n += 2
        goto b2
      b2:
        p->cursor += 1
        *p->cursor = 3
        return"
    `);
  });
});

describe('calls', () => {
  it('are hoisted in evaluation order', () => {
    expect(renderBody('n = a(b(p->x), c()) + d(n);')).toMatchInlineSnapshot(`
      "b0:
        t0 = call b(p->x)
        t1 = call c()
        t2 = call a(t0, t1)
        t3 = call d(n)
        n = t2 + t3
        return"
    `);
  });

  it('go through pointers', () => {
    expect(
      renderBody('p->ops->go(p); (*p->fn)(n); callback(p);', 'struct foo *p, int n, void (*callback)(struct foo *)'),
    ).toMatchInlineSnapshot(`
      "b0:
        t0 = call (*p->ops->go)(p)
        t1 = call (*p->fn)(n)
        t2 = call (*callback)(p)
        return"
    `);
  });

  it('take types as arguments', () => {
    expect(renderBody('p->q = make(struct foo *, const u8); n = va_arg(p->ap, int);')).toMatchInlineSnapshot(`
      "b0:
        t0 = call make(struct foo *, u8 const)
        p->q = t0
        t1 = call va_arg(p->ap, int)
        n = t1
        return"
    `);
  });

  it('without a semicolon are calls all the same', () => {
    expect(renderBody('TRACE(p->x, n)\nn = 1;')).toMatchInlineSnapshot(`
      "b0:
        t0 = call TRACE(p->x, n)
        n = 1
        return"
    `);
  });

  it('keep a condition that is tested again and again', () => {
    expect(
      renderBody('n = wait_event_interruptible(p->wq, p->done || (p->gone && !ready(p)));'),
    ).toMatchInlineSnapshot(`
      "b0:
        t0 = call ready(p)
        t1 = call wait_event_interruptible(p->wq, p->done || (p->gone && !t0))
        n = t1
        return"
    `);
  });
});

describe('conditions', () => {
  it('become control flow', () => {
    expect(renderBody('if (IS_ERR(p = get(n)) || !p->x && n > 1) return 1; return 0;')).toMatchInlineSnapshot(`
      "b0:
        t0 = call get(n)
        p = t0
        t1 = call IS_ERR(p)
        if t1 then b3 else b1
      b1:
        if p->x then b4 else b2
      b2:
        if n > 1 then b3 else b4
      b3:
        return 1
      b4:
        return 0"
    `);
  });

  it('look through branch hints and compound warnings', () => {
    expect(
      renderBody('if (unlikely(!p || p->dead)) return 1; if (WARN_ON(!p || p->dead)) return 2; return 0;'),
    ).toMatchInlineSnapshot(`
      "b0:
        if p then b1 else b6
      b1:
        if p->dead then b6 else b2
      b2:
        if p then b3 else b5
      b3:
        if p->dead then b5 else b4
      b4:
        return 0
      b5:
        t0 = call WARN_ON(1)
        return 2
      b6:
        return 1"
    `);
  });

  it('choose values by control flow where that matters', () => {
    expect(renderBody('n = p ? p->x : 0; use(p && p->y, n && 1); return n ?: get(p);')).toMatchInlineSnapshot(`
      "b0:
        if p then b1 else b2
      b1:
        n = p->x
        goto b3
      b2:
        n = 0
        goto b3
      b3:
        if p then b4 else b6
      b4:
        if p->y then b5 else b6
      b5:
        $1 = 1
        goto b7
      b6:
        $1 = 0
        goto b7
      b7:
        t0 = call use($1, n && 1)
        if n then b8 else b9
      b8:
        return n
      b9:
        t1 = call get(p)
        return t1"
    `);
  });

  it('fold constants', () => {
    expect(renderBody('while (1) { if (step(p)) break; } do { n--; } while (0); return n;')).toMatchInlineSnapshot(`
      "b0:
        goto b1
      b1:
        t0 = call step(p)
        if t0 then b2 else b1
      b2:
        n -= 1
        return n"
    `);
  });
});

describe('statement expressions', () => {
  it('yield their last value', () => {
    expect(renderBody('n = ({ int t = get(p); use(t); t + 1; });')).toMatchInlineSnapshot(`
      "b0:
        t0 = call get(p)
        t = t0
        t1 = call use(t)
        n = t + 1
        return"
    `);
  });
});

describe('spans', () => {
  it('count from the start of the function', () => {
    const source = 'int a(void) { return 1; }\nint b(struct foo *p) { return p->x; }\n';
    const file = lowerText(source);
    const b = functionNamed(file, 'b');
    const at = file.functions[1]?.at ?? -1;
    const end = b.blocks[0]?.end;
    const span = end?.kind === 'return' && end.value?.kind === 'read' ? end.value.place.span : undefined;
    expect(source.slice(at + (span?.start ?? 0), at + (span?.end ?? 0))).toBe('p->x');
    expect(source.slice(at + b.nameSpan.start, at + b.nameSpan.end)).toBe('b');
  });
});
