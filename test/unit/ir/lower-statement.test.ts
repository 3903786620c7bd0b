import { describe, expect, it } from 'vitest';
import { lowerText, renderBody, renderText } from '../../support/lower.ts';

describe('control flow', () => {
  it('lowers loops with break and continue', () => {
    expect(
      renderBody(
        'for (int i = 0; i < n; i++) { if (p->skip) continue; if (p->stop) break; step(i); }\nwhile (n--) step(n);',
      ),
    ).toMatchInlineSnapshot(`
      "b0:
        i = 0
        goto b1
      b1:
        if i < n then b2 else b6
      b2:
        if p->skip then b5 else b3
      b3:
        if p->stop then b6 else b4
      b4:
        t0 = call step(i)
        goto b5
      b5:
        i += 1
        goto b1
      b6:
        n -= 1
        if n + 1 then b7 else b8
      b7:
        t1 = call step(n)
        goto b6
      b8:
        return"
    `);
  });

  it('lowers a switch with fallthrough', () => {
    expect(
      renderBody(
        'switch (n) {\ncase A:\ncase B:\n\ta(p);\n\tfallthrough;\ncase C:\n\tb(p);\n\tbreak;\ndefault:\n\treturn 1;\n}\nreturn 0;',
      ),
    ).toMatchInlineSnapshot(`
      "b0:
        switch n { A, B -> b1; C -> b2; default -> b3 }
      b1:
        t0 = call a(p)
        goto b2
      b2:
        t1 = call b(p)
        return 0
      b3:
        return 1"
    `);
  });

  it('knows ranges of cases', () => {
    expect(renderBody('switch (n) { case 1 ... 5: return 1; case A | B: return 2; } return 0;')).toContain(
      'switch n { 1 ... 5 -> b1; A | B -> b2; default -> b3 }',
    );
  });

  it('joins a switch without default behind it', () => {
    expect(renderBody('switch (n) { case 1: a(p); } b(p);')).toMatchInlineSnapshot(`
      "b0:
        switch n { 1 -> b1; default -> b2 }
      b1:
        t0 = call a(p)
        goto b2
      b2:
        t1 = call b(p)
        return"
    `);
  });

  it('lowers goto in both directions', () => {
    expect(
      renderBody('again:\nif (take(p)) goto again;\nif (n) goto out;\nuse(p);\nout:\nreturn n;'),
    ).toMatchInlineSnapshot(`
      "b0:
        goto b1
      b1:
        t0 = call take(p)
        if t0 then b1 else b2
      b2:
        if n then b4 else b3
      b3:
        t1 = call use(p)
        goto b4
      b4:
        return n"
    `);
  });

  it('ends where a call never returns', () => {
    expect(renderBody('if (!p) BUG();\nreturn p->x;')).toMatchInlineSnapshot(`
      "b0:
        if p then b1 else b2
      b1:
        return p->x
      b2:
        t0 = call BUG()
        unreachable"
    `);
  });

  it('drops what nothing reaches', () => {
    expect(renderBody('return 1; use(p);')).not.toContain('use');
  });
});

describe('declarations', () => {
  it('rename what they shadow', () => {
    expect(renderBody('{ struct bar *p = get(n); use(p); { int p = 2; n = p; } } use(p);')).toMatchInlineSnapshot(`
      "b0:
        t0 = call get(n)
        p#2 = t0
        t1 = call use(p#2)
        p#3 = 2
        n = p#3
        t2 = call use(p)
        return"
    `);
  });

  it('keep static variables as globals', () => {
    expect(
      renderText(
        'void f(void)\n{\n\tstatic int users = 1;\n\tstatic DEFINE_MUTEX(lock);\n\n\tmutex_lock(&lock);\n\tusers++;\n}\n',
      ),
    ).toMatchInlineSnapshot(`
      "static f.users: int = 1
      static f.lock: struct mutex
      f(): void
      b0:
        t0 = call DEFINE_MUTEX(f.lock)
        t1 = call mutex_lock(&f.lock)
        f.users += 1
        return"
    `);
  });

  it('know what declaring macros declare', () => {
    const file = lowerText('void f(void)\n{\n\tDECLARE_COMPLETION_ONSTACK(done);\n\twait_for_completion(&done);\n}\n');
    expect(file.functions[0]?.ir.locals).toEqual({ done: { base: 'struct completion', pointers: 0 } });
  });

  it('type locals, with annotations', () => {
    const file = lowerText(
      'void f(void)\n{\n\tconst struct foo __rcu *a, **b;\n\tvoid __iomem *c = 0;\n\tint (*d)(int), e[3];\n\ttypeof(a) g;\n}\n',
    );
    expect(file.functions[0]?.ir.locals).toMatchInlineSnapshot(`
      {
        "a": {
          "annotations": [
            "const",
            "__rcu",
          ],
          "base": "struct foo",
          "pointers": 1,
        },
        "b": {
          "annotations": [
            "const",
            "__rcu",
          ],
          "base": "struct foo",
          "pointers": 2,
        },
        "c": {
          "annotations": [
            "__iomem",
          ],
          "base": "void",
          "pointers": 1,
        },
        "d": {
          "base": "int",
          "function": true,
          "pointers": 1,
        },
        "e": {
          "array": true,
          "base": "int",
          "pointers": 0,
        },
        "g": {
          "annotations": [
            "const",
            "__rcu",
          ],
          "base": "struct foo",
          "pointers": 1,
        },
      }
    `);
  });
});

describe('scopes', () => {
  it('leave guards on every way out, last entered first', () => {
    expect(
      renderBody(
        'guard(mutex)(&p->lock);\nif (n) {\n\tguard(spinlock)(&p->slock);\n\tif (p->dead) return -ENODEV;\n\tp->x = 1;\n}\nreturn p->x;',
      ),
    ).toMatchInlineSnapshot(`
      "b0:
        t0 = enter mutex(&p->lock)
        if n then b1 else b4
      b1:
        t1 = enter spinlock(&p->slock)
        if p->dead then b2 else b3
      b2:
        t2 = exit t1 spinlock(&p->slock)
        t3 = exit t0 mutex(&p->lock)
        return -ENODEV
      b3:
        p->x = 1
        t4 = exit t1 spinlock(&p->slock)
        goto b4
      b4:
        $1 = p->x
        t5 = exit t0 mutex(&p->lock)
        return $1"
    `);
  });

  it('leave guards at goto, break and continue', () => {
    expect(
      renderBody(
        'retry:\nfor (;;) {\n\tguard(mutex)(&p->lock);\n\tif (p->a) break;\n\tif (p->b) continue;\n\tif (p->c) goto retry;\n\tif (p->d) goto out;\n}\nout:\nreturn 0;',
      ),
    ).toMatchInlineSnapshot(`
      "b0:
        goto b1
      b1:
        t0 = enter mutex(&p->lock)
        if p->a then b2 else b3
      b2:
        t1 = exit t0 mutex(&p->lock)
        goto b9
      b3:
        if p->b then b4 else b5
      b4:
        t2 = exit t0 mutex(&p->lock)
        goto b1
      b5:
        if p->c then b6 else b7
      b6:
        t3 = exit t0 mutex(&p->lock)
        goto b1
      b7:
        if p->d then b8 else b10
      b8:
        t4 = exit t0 mutex(&p->lock)
        goto b9
      b9:
        return 0
      b10:
        t5 = exit t0 mutex(&p->lock)
        goto b1"
    `);
  });

  it('leave a guard when a jump goes back in front of it', () => {
    expect(
      renderBody(
        'retry:\nn++;\nguard(mutex)(&p->lock);\nif (p->busy) goto retry;\nif (p->dead) goto out;\np->x = 1;\nout:\nreturn n;',
      ),
    ).toMatchInlineSnapshot(`
      "b0:
        goto b1
      b1:
        n += 1
        t0 = enter mutex(&p->lock)
        if p->busy then b2 else b3
      b2:
        t1 = exit t0 mutex(&p->lock)
        goto b1
      b3:
        if p->dead then b5 else b4
      b4:
        p->x = 1
        goto b5
      b5:
        t2 = exit t0 mutex(&p->lock)
        return n"
    `);
  });

  it('run cleanups of variables together with guards', () => {
    expect(
      renderBody(
        'struct foo *a __free(kfree) = get(n);\nguard(mutex)(&p->lock);\nvoid *b __free(kvfree) = NULL, *c = a;\nif (!a) return -ENOMEM;\nreturn_ptr(c);',
      ),
    ).toMatchInlineSnapshot(`
      "b0:
        t0 = call get(n)
        a = t0
        t1 = enter mutex(&p->lock)
        b = NULL
        c = a
        if a then b1 else b2
      b1:
        t5 = call return_ptr(c)
        t6 = cleanup kvfree(b)
        t7 = exit t1 mutex(&p->lock)
        t8 = cleanup kfree(a)
        return t5
      b2:
        t2 = cleanup kvfree(b)
        t3 = exit t1 mutex(&p->lock)
        t4 = cleanup kfree(a)
        return -ENOMEM"
    `);
  });

  it('enter scoped guards', () => {
    expect(
      renderBody(
        'scoped_guard(mutex, &p->lock) {\n\tif (p->dead) return 1;\n\tif (n) break;\n\tp->x = 1;\n}\nscoped_guard(rcu)\n\tn = p->y;\nreturn 0;',
      ),
    ).toMatchInlineSnapshot(`
      "b0:
        t0 = enter mutex(&p->lock)
        if p->dead then b1 else b2
      b1:
        t1 = exit t0 mutex(&p->lock)
        return 1
      b2:
        if n then b3 else b4
      b3:
        t2 = exit t0 mutex(&p->lock)
        goto b5
      b4:
        p->x = 1
        t3 = exit t0 mutex(&p->lock)
        goto b5
      b5:
        t4 = enter rcu()
        n = p->y
        t5 = exit t4 rcu()
        return 0"
    `);
  });

  it('skip scopes of guards that may fail', () => {
    expect(
      renderBody(
        'scoped_cond_guard(mutex_intr, return -EINTR, &p->lock) {\n\tp->x = 1;\n}\nscoped_guard(mutex_try, &p->lock) p->y = 1;\nreturn 0;',
      ),
    ).toMatchInlineSnapshot(`
      "b0:
        t0 = enter mutex_intr(&p->lock)
        if t0 then b1 else b4
      b1:
        p->x = 1
        t1 = exit t0 mutex_intr(&p->lock)
        t2 = enter mutex_try(&p->lock)
        if t2 then b2 else b3
      b2:
        p->y = 1
        t3 = exit t2 mutex_try(&p->lock)
        goto b3
      b3:
        return 0
      b4:
        return -EINTR"
    `);
  });

  it('declare class variables', () => {
    expect(renderBody('scoped_class(fd, f, n) {\n\tif (!f.file) return -EBADF;\n}\nreturn 0;')).toMatchInlineSnapshot(`
      "b0:
        t0 = enter fd(n)
        f = t0
        if f.file then b1 else b2
      b1:
        t2 = exit t0 fd(n)
        return 0
      b2:
        t1 = exit t0 fd(n)
        return -EBADF"
    `);
    expect(renderBody('CLASS(fd, f)(n);\nif (!f.file) return -EBADF;\nreturn 0;')).toMatchInlineSnapshot(`
      "b0:
        t0 = enter fd(n)
        f = t0
        if f.file then b1 else b2
      b1:
        t2 = exit t0 fd(n)
        return 0
      b2:
        t1 = exit t0 fd(n)
        return -EBADF"
    `);
  });
});

describe('revocable access', () => {
  it('as a statement ends with the block', () => {
    expect(
      renderBody(
        'struct res *res;\nREVOCABLE_TRY_ACCESS_WITH(p->rev, res);\nif (!res) return -ENODEV;\nreturn res->x;',
      ),
    ).toMatchInlineSnapshot(`
      "b0:
        t0 = enter REVOCABLE_TRY_ACCESS_WITH(p->rev, res)
        res = t0
        if res then b1 else b2
      b1:
        $1 = res->x
        t2 = exit t0 REVOCABLE_TRY_ACCESS_WITH(p->rev, res)
        return $1
      b2:
        t1 = exit t0 REVOCABLE_TRY_ACCESS_WITH(p->rev, res)
        return -ENODEV"
    `);
  });

  it('as a block ends with the block', () => {
    expect(
      renderBody(
        'struct res *res;\nREVOCABLE_TRY_ACCESS_SCOPED(p->rev, res) {\n\tif (!res) return -ENODEV;\n\tn = res->x;\n}\nreturn n;',
      ),
    ).toMatchInlineSnapshot(`
      "b0:
        t0 = enter REVOCABLE_TRY_ACCESS_SCOPED(p->rev, res)
        res = t0
        if res then b1 else b2
      b1:
        n = res->x
        t2 = exit t0 REVOCABLE_TRY_ACCESS_SCOPED(p->rev, res)
        return n
      b2:
        t1 = exit t0 REVOCABLE_TRY_ACCESS_SCOPED(p->rev, res)
        return -ENODEV"
    `);
  });

  it('may return or skip when revoked', () => {
    expect(
      renderBody(
        'struct res *res;\nrevocable_try_access_or_skip_scoped(&p->rev, res) {\n\tres->x = 1;\n}\nrevocable_try_access_or_return(&p->rev, res);\nreturn res->x;',
      ),
    ).toMatchInlineSnapshot(`
      "b0:
        t0 = enter revocable_try_access_or_skip_scoped(&p->rev, res)
        res = t0
        if res then b1 else b2
      b1:
        res->x = 1
        t2 = exit t0 revocable_try_access_or_skip_scoped(&p->rev, res)
        goto b3
      b2:
        t1 = exit t0 revocable_try_access_or_skip_scoped(&p->rev, res)
        goto b3
      b3:
        t3 = enter revocable_try_access_or_return(&p->rev, res)
        res = t3
        if res then b4 else b5
      b4:
        $1 = res->x
        t5 = exit t3 revocable_try_access_or_return(&p->rev, res)
        return $1
      b5:
        t4 = exit t3 revocable_try_access_or_return(&p->rev, res)
        return -ENODEV"
    `);
  });
});

describe('loop macros', () => {
  it('assign their elements in the head', () => {
    expect(
      renderBody(
        'struct item *it, *tmp;\nlist_for_each_entry_safe(it, tmp, &p->items, node) {\n\tif (it->x) continue;\n\tdrop(it);\n}',
      ),
    ).toMatchInlineSnapshot(`
      "b0:
        goto b1
      b1:
        it = list_for_each_entry_safe(&p->items, node)
        tmp = list_for_each_entry_safe(&p->items, node)
        if ? then b2 else b4
      b2:
        if it->x then b1 else b3
      b3:
        t0 = call drop(it)
        goto b1
      b4:
        return"
    `);
  });

  it('know where the element stands, and that it ends as NULL', () => {
    expect(
      renderBody(
        'struct item *it;\nunsigned long i;\nxa_for_each(&p->xa, i, it)\n\tuse(it);\nfor_each_child_of_node(p->np, it) {\n\tif (it->x) break;\n}',
      ),
    ).toMatchInlineSnapshot(`
      "b0:
        goto b1
      b1:
        it = xa_for_each(&p->xa)
        i = ?
        if it then b2 else b3
      b2:
        t0 = call use(it)
        goto b1
      b3:
        it = for_each_child_of_node(p->np)
        if it then b4 else b5
      b4:
        if it->x then b5 else b3
      b5:
        return"
    `);
  });

  it('take the first local where the macro is unknown', () => {
    expect(renderBody('struct item *it;\nfor_each_foo_item(it, p) {\n\tuse(it);\n}')).toMatchInlineSnapshot(`
      "b0:
        goto b1
      b1:
        it = for_each_foo_item(p)
        if ? then b2 else b3
      b2:
        t0 = call use(it)
        goto b1
      b3:
        return"
    `);
  });

  it('give scoped elements back after each turn', () => {
    expect(
      renderBody('for_each_child_of_node_scoped(p->np, child) {\n\tif (bad(child)) return 1;\n}\nreturn 0;'),
    ).toMatchInlineSnapshot(`
      "b0:
        goto b1
      b1:
        child = for_each_child_of_node_scoped(p->np)
        if ? then b2 else b5
      b2:
        t0 = call bad(child)
        if t0 then b3 else b4
      b3:
        t1 = cleanup device_node(child)
        return 1
      b4:
        t2 = cleanup device_node(child)
        goto b1
      b5:
        return 0"
    `);
  });
});

describe('what is not understood', () => {
  it('is havoc and a problem', () => {
    expect(renderBody('n = 1;\n@ $ @;\nn = 2;')).toContain('havoc syntax not understood');
    expect(renderBody('n = 1;\n@ $ @;\nn = 2;')).toContain('problem: syntax not understood');
    expect(renderBody('asm volatile("nop" : : "r"(p->x));')).toContain('havoc inline assembly');
    expect(renderBody('goto *p->target;')).toContain('havoc');
  });
});
