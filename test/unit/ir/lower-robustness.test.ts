import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileIr } from '../../../server/src/ir/ir.ts';
import type { FunctionCache, ParseText } from '../../../server/src/ir/lower-c.ts';
import { lowerSource } from '../../../server/src/ir/lower-c.ts';
import { renderFile } from '../../../server/src/ir/render-ir.ts';
import { successors } from '../../../server/src/ir/walk.ts';
import { lowerText, parser } from '../../support/lower.ts';

const SNIPPETS = [
  'static int foo_open(struct inode *inode, struct file *file)\n{\n\tstruct foo *p = container_of(file->private_data, struct foo, misc);\n\n\tguard(mutex)(&p->lock);\n\tif (p->gone || !p->regs)\n\t\treturn -ENODEV;\n\tp->users++;\n\treturn 0;\n}\n',
  'static ssize_t foo_read(struct file *file, char __user *buf, size_t n, loff_t *pos)\n{\n\tint ret;\n\nretry:\n\tret = wait_event_interruptible(p->wq, p->done);\n\tif (ret)\n\t\tgoto out;\n\tswitch (p->mode) {\n\tcase A:\n\tcase B:\n\t\tif (copy_to_user(buf, p->data, n))\n\t\t\tgoto retry;\n\t\tfallthrough;\n\tdefault:\n\t\tbreak;\n\t}\nout:\n\treturn ret ?: n;\n}\n',
  '#define to_foo(d) container_of(d, struct foo, dev)\n#ifdef CONFIG_FOO\nstatic const struct file_operations fops = {\n\t.owner = THIS_MODULE,\n\t.open = foo_open,\n};\n#endif\nstruct foo { struct { int a; }; struct miscdevice misc; void (*fn)(int); };\nstatic DEFINE_MUTEX(lock);\nmodule_init(foo_init);\n',
  'static void f(struct foo *p)\n{\n\tstruct item *it __free(kfree) = NULL, *tmp;\n\n\tscoped_guard(spinlock, &p->lock) {\n\t\tlist_for_each_entry_safe(it, tmp, &p->items, node) {\n\t\t\tif (it->x ? a(it) : ({ b(it); it->y; }))\n\t\t\t\tcontinue;\n\t\t\tdo { it->n--; } while (it->n > 0 && *it->q++);\n\t\t}\n\t}\n}\n',
];

const PIECES = [
  '{',
  '}',
  '(',
  ')',
  ';',
  ',',
  '*',
  '&',
  'if (',
  'return ',
  'case 1:',
  'goto out;',
  '#if X\n',
  '#else\n',
  '#endif\n',
  '"',
  "'",
  '/*',
  '\\\n',
  'struct ',
  '= ',
  '? ',
  ': ',
  'guard(mutex)(&x);',
  '__free(kfree) ',
  '->',
  '...',
  'é',
  '\0',
];

/** A snippet with a few random cuts, copies and insertions. */
const mutated = fc
  .tuple(
    fc.constantFrom(...SNIPPETS),
    fc.array(fc.tuple(fc.nat(1000), fc.nat(40), fc.option(fc.constantFrom(...PIECES), { nil: '' })), { maxLength: 6 }),
  )
  .map(([snippet, edits]) =>
    edits.reduce((text, [at, length, piece]) => {
      const from = at % (text.length + 1);
      return text.slice(0, from) + piece + text.slice(from + (piece === '' ? length : 0));
    }, snippet),
  );

function expectSound(file: FileIr, length: number): void {
  for (const fn of file.functions) {
    expect(fn.at).toBeGreaterThanOrEqual(0);
    expect(fn.end).toBeLessThanOrEqual(length);
    expect(fn.ir.blocks.length).toBeGreaterThan(0);
    const calls = fn.ir.blocks.flatMap((block) => block.operations.filter((operation) => operation.kind === 'call'));
    expect(new Set(calls.map((call) => call.id)).size).toBe(calls.length);
    for (const block of fn.ir.blocks) {
      for (const next of successors(block)) {
        expect(next).toBeGreaterThan(0);
        expect(next).toBeLessThan(fn.ir.blocks.length);
      }
    }
  }
  for (const problem of file.problems) expect(problem.span.end).toBeLessThanOrEqual(length);
}

describe('lowering', () => {
  it('never throws, and its graphs are whole', () => {
    fc.assert(
      fc.property(mutated, (source) => {
        expectSound(lowerText(source), source.length);
      }),
      { numRuns: 400 },
    );
  });

  it('gives the same with a cache', () => {
    fc.assert(
      fc.property(mutated, mutated, (first, second) => {
        const cache: FunctionCache = new Map();
        lowerText(first, cache);
        expect(lowerText(second, cache)).toEqual(lowerText(second));
      }),
      { numRuns: 100 },
    );
  });

  it('gives the same where bodies are read without the grammar', () => {
    const parse: ParseText = (text, variant, skip) => parser.parse(text, variant, skip);
    fc.assert(
      fc.property(mutated, (source) => {
        expect(lowerSource(source, parse)).toEqual(lowerText(source));
      }),
      { numRuns: 400 },
    );
  });

  it('keeps functions and declarations that an edit leaves alone', () => {
    const cache: FunctionCache = new Map();
    const [first = '', second = '', third = ''] = SNIPPETS;
    const before = lowerText(first + second + third, cache);
    const after = lowerText(`int more;\n${first}${second.replace('p->done', 'p->ready')}${third}`, cache);
    const [open, read, macro] = before.functions.map((fn) => fn.ir);
    expect(after.functions[0]?.ir).toBe(open);
    expect(after.functions[1]?.ir).not.toEqual(read);
    expect(after.functions[2]?.ir).toBe(macro);
    expect(after.globals.map((global) => global.name)).toEqual([
      'more',
      ...before.globals.map((global) => global.name),
    ]);
  });

  it('does not depend on where a function stands', () => {
    for (const snippet of SNIPPETS) {
      const alone = lowerText(snippet);
      const moved = lowerText(`int before;\n/* moved */\n${snippet}`);
      expect(moved.functions.map((fn) => fn.ir)).toEqual(alone.functions.map((fn) => fn.ir));
      expect(renderFile(moved)).toContain('before: int');
    }
  });

  it('is JSON', () => {
    for (const snippet of SNIPPETS) {
      const file = lowerText(snippet);
      expect(JSON.parse(JSON.stringify(file))).toEqual(file);
    }
  });

  it('survives deep nesting', () => {
    for (const depth of [100, 2000]) {
      lowerText(`int f(void)\n{\n\treturn ${'('.repeat(depth)}1${')'.repeat(depth)};\n}\n`);
      lowerText(`int f(void)\n{\n${'if (a) {'.repeat(depth)}${'}'.repeat(depth)}\n}\n`);
      lowerText(`int x = ${'{'.repeat(depth)}${'}'.repeat(depth)};\n`);
    }
  });

  it('disposes every tree it parses', () => {
    const before = parser.liveTrees;
    for (const snippet of SNIPPETS) lowerText(snippet);
    expect(parser.liveTrees).toBe(before);
  });
});
