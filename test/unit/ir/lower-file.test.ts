import { describe, expect, it } from 'vitest';
import { lowerText, renderText } from '../../support/lower.ts';

describe('types', () => {
  it('splice anonymous members and name inline structs', () => {
    expect(
      renderText(
        'struct foo {\n\tstruct { int a; union { int b; void *c; }; };\n\tstruct { int d; } in;\n\tstruct bar { int e; } *bar;\n\tvoid (*fn)(int);\n\tu8 map[4], bit : 3;\n\tvoid __iomem *regs;\n\tDECLARE_BITMAP(bits, 8);\n};\n',
      ),
    ).toMatchInlineSnapshot(`
      "struct foo.in { d: int }
      struct bar { e: int }
      struct foo { a: int; b: int; c: void *; in: struct foo.in; bar: struct bar *; fn: void *(); map: u8[]; bit: u8; regs: void __iomem *; bits: unsigned long[] }"
    `);
  });

  it('name a struct after its typedef', () => {
    expect(
      renderText(
        'typedef struct { int a; } foo_t, *foo_p;\ntypedef int (*handler)(void *);\ntypedef struct bar bar_t;\n',
      ),
    ).toMatchInlineSnapshot(`
      "foo_t { a: int }
      typedef foo_t = foo_t
      typedef foo_p = foo_t *
      typedef handler = int *()
      typedef bar_t = struct bar"
    `);
  });
});

describe('globals', () => {
  it('have initializers', () => {
    expect(
      renderText(
        'static const struct file_operations fops = {\n\t.owner = THIS_MODULE,\n\t.read = foo_read,\n\t.a.b = &x,\n};\nstatic struct miscdevice misc = { MISC_DYNAMIC_MINOR, "foo", &fops };\nstatic const struct dev_pm_ops pm = {\n\tSET_SYSTEM_SLEEP_PM_OPS(foo_suspend, foo_resume)\n\t.x = pm_ptr(&y),\n};\nint table[] = { [A] = 1, [B ... C] = 2 };\nextern int outside;\nstatic struct foo *first, second;\n',
      ),
    ).toMatchInlineSnapshot(`
      "static fops: struct file_operations const = { .owner = THIS_MODULE, .read = foo_read, .a.b = &x }
      static misc: struct miscdevice = { MISC_DYNAMIC_MINOR, "foo", &fops }
      static pm: struct dev_pm_ops const = { .x = ?(&y) }
      table: int[] = { [A] = 1, [B ... C] = 2 }
      extern outside: int
      static first: struct foo *
      static second: struct foo
      SET_SYSTEM_SLEEP_PM_OPS(foo_suspend, foo_resume)"
    `);
  });

  it('have absolute spans', () => {
    const source = 'int a;\nstruct ops o = { .read = foo, };\n';
    const global = lowerText(source).globals[1];
    const field = global?.initializer?.kind === 'aggregate' ? global.initializer.fields[0] : undefined;
    expect(source.slice(global?.span.start, global?.span.end)).toBe('o');
    expect(source.slice(field?.span.start, field?.span.end)).toBe('.read = foo');
  });

  it('come from declaring macros too', () => {
    expect(
      renderText(
        'static DEFINE_MUTEX(lock);\nDEFINE_SPINLOCK(slock);\nstatic LIST_HEAD(items);\nstatic DEFINE_IDR(idr);\nstatic DECLARE_RWSEM(sem);\nstatic DECLARE_WAIT_QUEUE_HEAD(wq);\n',
      ),
    ).toMatchInlineSnapshot(`
      "static lock: struct mutex
      slock: spinlock_t
      static items: struct list_head
      static idr: struct idr
      static sem: struct rw_semaphore
      static wq: wait_queue_head_t
      DEFINE_MUTEX(lock)
      DEFINE_SPINLOCK(slock)
      LIST_HEAD(items)
      DEFINE_IDR(idr)
      DECLARE_RWSEM(sem)
      DECLARE_WAIT_QUEUE_HEAD(wq)"
    `);
  });
});

describe('macro calls', () => {
  it('are kept with or without semicolon', () => {
    expect(
      renderText(
        'module_init(foo_init);\nmodule_exit(foo_exit)\nEXPORT_SYMBOL_GPL(foo);\nMODULE_DEVICE_TABLE(of, foo_match);\nMODULE_LICENSE("GPL");\nmodule_misc_device(misc);\n',
      ),
    ).toMatchInlineSnapshot(`
      "module_init(foo_init)
      module_exit(foo_exit)
      EXPORT_SYMBOL_GPL(foo)
      MODULE_DEVICE_TABLE(of, foo_match)
      MODULE_LICENSE("GPL")
      module_misc_device(misc)"
    `);
  });
});

describe('directives and prototypes', () => {
  it('are listed', () => {
    expect(
      renderText(
        '#include <linux/fs.h>\n#include "foo.h"\n#define SIZE 16\n#define LONG \\\n\t(SIZE * 2)\nint foo(void);\nstatic struct bar *find(int id);\nstatic long (*hook)(int);\n',
      ),
    ).toMatchInlineSnapshot(`
      "include <linux/fs.h>
      include "foo.h"
      constant SIZE = 16
      constant LONG = (SIZE * 2)
      prototype foo: int
      prototype find: struct bar *
      static hook: long *()"
    `);
  });
});

describe('functions', () => {
  it('have parameters, also unnamed and array ones', () => {
    expect(
      renderText(
        'static int __init f(int argc, char *argv[], struct foo *, int (*cb)(void), ...)\n{\n\treturn cb();\n}\nstatic void __iomem *g(void)\n{\n\treturn 0;\n}\n',
      ),
    ).toMatchInlineSnapshot(`
      "static f(argc: int, argv: char **, #2: struct foo *, cb: int *()): int
      b0:
        t0 = call (*cb)()
        return t0
      static g(): void __iomem *
      b0:
        return 0"
    `);
  });

  it('are lowered again with the other branch of a conditional', () => {
    expect(
      renderText('int f(struct foo *p)\n{\n#ifdef CONFIG_A\n\ta(p);\n#else\n\tb(p);\n#endif\n\treturn 0;\n}\n'),
    ).toMatchInlineSnapshot(`
      "f(p: struct foo *): int
      b0:
        t0 = call a(p)
        return 0
      f(p: struct foo *): int
      b0:
        t0 = call b(p)
        return 0"
    `);
  });

  it('are lowered once when a conditional makes no difference', () => {
    expect(
      lowerText('int f(void)\n{\n#ifdef CONFIG_A\n\ta();\n#else\n\ta();\n#endif\n\treturn 0;\n}\n').functions,
    ).toHaveLength(1);
  });

  it('that are broken leave the rest of the file alone', () => {
    const file = lowerText(
      'int a(void)\n{\n\tif (x {\n\t\ty();\n\t}\n\treturn 0;\n}\n\nint b(void)\n{\n\treturn 1;\n}\n',
    );
    expect(file.functions.map((fn) => fn.ir.name)).toContain('b');
    expect(file.problems).not.toEqual([]);
  });
});
