/** What the dialect pass makes of each kind of kernel spelling, and that the parser takes it. */
import { describe, expect, it } from 'vitest';
import { parser } from '../../support/lower.ts';

/** The rewritten text, runs of spaces kept; fails when the parser does not take it. */
function standard(source: string): string {
  using tree = parser.parse(source);
  expect(tree.errors(), tree.standard).toEqual([]);
  return tree.standard;
}

/** Like `standard`, for statements in a function. */
function inBody(statements: string): string {
  const head = 'int f(void)\n{\n';
  return standard(`${head}${statements}\n}\n`).slice(head.length, -3);
}

describe('annotations', () => {
  it.each([
    ['static int __init f(void) { }', 'static int        f(void) { }'],
    ['char __user *p;', 'char        *p;'],
    ['int f(const char *s, ...) __printf(1, 2);', 'int f(const char *s, ...)               ;'],
    ['struct __packed a { int x; };', 'struct          a { int x; };'],
    [
      'struct a { int x; } __attribute__((packed, aligned(4)));',
      'struct a { int x; }                                    ;',
    ],
    ['int x __aligned(8) = 1;', 'int x              = 1;'],
    ['int f(void) __must_hold(&lock) { }', 'int f(void)                    { }'],
    // Not in any table.
    ['static int OUR_MARK f(void) { }', 'static int          f(void) { }'],
    ['OUR_API int f(void);', '        int f(void);'],
    ['acpi_status OUR_MARK f(void) { }', 'acpi_status          f(void) { }'],
    ['char l[] SEC("license") = "GPL";', 'char l[]                = "GPL";'],
    ['void f(char far *p);', 'void f(char     *p);'],
    ['#define NOTHING\nint NOTHING x;', '               \nint         x;'],
  ])('%s', (source, expected) => expect(standard(source)).toBe(expected));

  it('leaves members of the same name alone', () => {
    expect(inBody('a.__init = b->__user;')).toBe('a.__init = b->__user;');
  });

  it('blanks a cleanup attribute of a local', () => {
    expect(inBody('struct foo *p __free(kfree) = NULL;')).toBe('struct foo *p               = NULL;');
  });
});

describe('loops and scopes', () => {
  it.each([
    ['list_for_each_entry(c, &l, node) { a(c); }', 'while              (c, &l, node) { a(c); }'],
    ['for_each_child_of_node(np, child)\n\tif (x) y();', 'while                 (np, child)\n\tif (x) y();'],
    ['hlist_for_each_entry_rcu(a, b, c)\n\treturn a;', 'while                   (a, b, c)\n\treturn a;'],
    ['device_for_each_child(dev, NULL, fn);', 'device_for_each_child(dev, NULL, fn);'],
    ['ret = bus_for_each_dev(bus, NULL, NULL, fn);', 'ret = bus_for_each_dev(bus, NULL, NULL, fn);'],
    ['scoped_guard(mutex, &a->lock) { x(); }', 'if          (mutex, &a->lock) { x(); }'],
    ['scoped_guard(mutex, &a->lock)\n\treturn 1;', 'if          (mutex, &a->lock)\n\treturn 1;'],
    [
      'scoped_cond_guard(mutex_intr, return -EINTR, &l) { x(); }',
      'if               (mutex_intr,        -EINTR, &l) { x(); }',
    ],
    ['REVOCABLE_TRY_ACCESS_SCOPED(rev, res) { x(res); }', 'if                         (rev, res) { x(res); }'],
    ['with_something(a) { x(); }', 'if            (a) { x(); }'],
    ['forever() { x(); }', 'while(1)  { x(); }'],
    ['if FAILED(x) return;', 'if       (x) return;'],
  ])('%s', (source, expected) => expect(inBody(source)).toBe(expected));

  it('takes the loop of a macro that the file defines', () => {
    const source = '#define each_port(p) for (p = 0; p < 4; p++)\nvoid f(void)\n{\n\teach_port(i)\n\t\tg(i);\n}\n';
    expect(standard(source)).toContain('\twhile    (i)\n\t\tg(i);');
  });
});

describe('guards', () => {
  it.each([['guard(mutex)(&a->lock);'], ['CLASS(fd, f)(n);'], ['REVOCABLE_TRY_ACCESS_WITH(rev, res);']])(
    '%s',
    (source) => expect(inBody(source)).toBe(source),
  );
});

describe('types as arguments', () => {
  it.each([
    ['p = container_of(q, struct foo, a.b);', 'p = container_of(q,        foo, a.b);'],
    ['p = list_first_entry(&l, struct foo, node);', 'p = list_first_entry(&l,        foo, node);'],
    ['p = kzalloc_obj(struct foo);', 'p = kzalloc_obj(       foo);'],
    ['p = va_arg(ap, const struct foo *);', 'p = va_arg(ap,              foo  );'],
    ['p = va_arg(ap, u32 *);', 'p = va_arg(ap, u32  );'],
    ['n = min_t(unsigned int, a, b);', 'n = min_t(unsigned    , a, b);'],
    ['n = min_t(typeof(a), a, b);', 'n = min_t(typeof   , a, b);'],
    ['n = va_arg(ap, void (*)(int));', 'n = va_arg(ap, void         );'],
    [
      'n = sizeof(struct foo) + offsetof(struct foo, a.b[1]);',
      'n = sizeof(struct foo) + offsetof(struct foo, a     );',
    ],
    ['n = __alignof__(struct foo);', 'n = sizeof     (struct foo);'],
    ['wait_for(x, ==, y);', 'wait_for(x, 0 , y);'],
    ['trace(, a);', 'trace(  a);'],
    ['trace(a,, b);', 'trace(a , b);'],
    ['run(return -EIO, a);', 'run(       -EIO, a);'],
    ['call(ONE(a) TWO(b));', 'call(ONE,a, TWO(b));'],
    ['set(.a = 1, .b = { 2, 3 });', 'set( a = 1,        2, 3  );'],
    ['speed(1000baseT_Full);', 'speed(_000baseT_Full);'],
  ])('%s', (source, expected) => expect(inBody(source)).toBe(expected));

  it('leaves casts, prototypes and pointers to functions alone', () => {
    const source =
      'int g(struct foo *, int);\nint f(void)\n{\n\tint (*h)(struct foo *) = (void *)g;\n\textern int k(struct foo *);\n\treturn h((struct foo *)0);\n}\n';
    expect(standard(source)).toBe(source);
  });

  it.each([
    ['wait(q, a; b;, c);', 'wait(q, 0    , c);'],
    ['wait(q, a; b; );', 'wait(q,{a; b;});'],
    ['wait(q,\n\tif (a)\n\t\tbreak;\n\t);', 'wait(q,\n{if (a)\n\t\tbreak;\n});'],
    ['check(a, return -EIO;);', 'check(a,        -EIO );'],
  ])('statements: %j', (source, expected) => expect(inBody(source)).toBe(expected));

  it('reports statements that it has to drop', () => {
    using tree = parser.parse('void f(void)\n{\n\twait(q, a; b;, c);\n}\n');
    const reported = tree.problems.map((one) => [tree.original.slice(one.span.start, one.span.end), one.reason]);
    expect(reported).toEqual([['a; b;', 'statement as argument']]);
  });

  it('does not recurse on long runs of operators', () => {
    using tree = parser.parse(`void f(void)\n{\n\tg(${'= '.repeat(50000)}a);\n}\n`);
    expect(tree.errors()).toEqual([]);
  });
});

describe('typeof and assembler', () => {
  it.each([
    ['typeof(*p) q = (typeof(*p))(r);', 'struct _   q = (struct _  )(r);'],
    ['asm volatile("nop" : "=r"(x) : : "memory");', 'asm         ("nop"                       );'],
    ['asm goto(ALTERNATIVE("a") : : : : out);', 'asm     (""                          );'],
    ['auto p = q();', '_uto p = q();'],
    ['register int r asm("r0") = 1;', 'register int r           = 1;'],
  ])('%s', (source, expected) => expect(inBody(source)).toBe(expected));
});

describe('items of a file', () => {
  it.each([
    ['static DEFINE_MUTEX(lock);', '       DEFINE_MUTEX(lock);'],
    ['static const DECLARE_TLV_DB_SCALE(a, -1, 2, 0);', '             DECLARE_TLV_DB_SCALE(a, -1, 2, 0);'],
    ['static DEFINE_PER_CPU(struct foo *, bar) = { 1 };', 'static                struct foo *  bar  = { 1 };'],
    ['module_init(start)\nint x;', 'module_init start;\nint x;'],
    ['MODULE_ALIAS("x")\nint x;', 'MODULE_ALIAS    ;\nint x;'],
    ['module_param(a, unsigned int, 0444);', 'module_param(a, unsigned    , 0444);'],
    ['BPF_CALL_1(run, int, n) { }', 'BPF_CALL_1 run( int  n) { }'],
    ['SYSCALL_DEFINE2(read, int, fd, char *, p) { }', 'SYSCALL_DEFINE2 read( int  fd, char *  p) { }'],
    ['static HANDLER(one) { }', 'static HANDLER(one) { }'],
    ['static int NAME(one)(int a) { }', 'static int NAME(one)(int a) { }'],
    ['EXPORT_SYMBOL_GPL(f);', 'EXPORT_SYMBOL_GPL(f);'],
    ['ssize_t (*show)(struct foo *);', 'ssize_t (*show)(struct foo *);'],
  ])('%s', (source, expected) => expect(standard(source)).toBe(expected));
});

describe('members, enumerators and elements', () => {
  it.each([
    ['struct a { DECLARE_BITMAP(map, 8); };', 'struct a { DECLARE_BITMAP map    ; };'],
    ['struct a { DECLARE_FLEX_ARRAY(struct b, c); };', 'struct a { DECLARE_FLEX_ARRAY           c ; };'],
    ['struct a { struct_group(g, int b; int c;); };', 'struct a { struct      {   int b; int c;}; };'],
    ['struct a { u32 b:1, :3; u32 : 4; };', 'struct a { u32 b:1    ; u32    ; };'],
    ['struct a { int b;; };', 'struct a { int b;  };'],
    ['struct a { ssize_t (*show)(int); };', 'struct a { ssize_t (*show)(int); };'],
    ['enum a { ONE(1), TWO(2) THREE };', 'enum a { ONE   , TWO  , THREE };'],
    ['int a[] = { ONE(b) TWO(c) };', 'int a[] = { ONE,b, TWO(c) };'],
    ['struct a a = { .b = ONE(1) .c = 2 };', 'struct a a = { .b = ONE  , .c = 2 };'],
    ['struct a a = { COMMON .c = 2 };', 'struct a a = {        .c = 2 };'],
    ['int a[] = { b, s.a.b, s.c[1] };', 'int a[] = { b, s.a.b, s.c[1] };'],
    ['struct a a = { COMMON .b.c[1] = 2 };', 'struct a a = {        .b.c[1] = 2 };'],
    ['static struct a { int b; };', '       struct a { int b; };'],
    ['static struct a { int b; } c;', 'static struct a { int b; } c;'],
    ['int a[] = { [0 ... 3] = 1 };', 'int a[] = { [0 ... 3] = 1 };'],
    ['char *s = "a" NAME(x) "b" __stringify(Y);', 'char *s = "a" NAME    "b" __stringify   ;'],
  ])('%s', (source, expected) => expect(standard(source)).toBe(expected));
});

describe('statements', () => {
  it.each([
    ['FOO(a, b)\n\treturn;', 'FOO,a, b;\n\treturn;'],
    ['if (x) FOO(a) else y();', 'if (x) FOO,a; else y();'],
    ['DEBUG( a(); if (b) { c(); } )\n\treturn;', '     { a(); if (b) { c(); } }\n\treturn;'],
    ['DEBUG( if (b) { c(); } )\n\treturn;', '     { if (b) { c(); } }\n\treturn;'],
    ['BEGIN\n\tif (x) y();', '     \n\tif (x) y();'],
    ['switch (x) { case NUMBER(1); break; case a ? 1 : 2: }', 'switch (x) { case NUMBER(1): break; case a ? 1 : 2: }'],
    ['switch (x) { case 1 ... 5: break; }', 'switch (x) { case 1  |  5: break; }'],
    ['p = &&out; goto *p; out: x();', 'p =  &out; goto  p; out: x();'],
    ['{ out: }', '{ ou:; }'],
    ['{ out:\n}', '{ ou:;\n}'],
  ])('%s', (source, expected) => expect(inBody(source)).toBe(expected));
});
