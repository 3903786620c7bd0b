/** Trees follow edits, tell where they could not read, and are freed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parser } from '../../support/lower.ts';

const DRIVER = `// SPDX-License-Identifier: MIT
#include <linux/fs.h>
#define to_dial(d) container_of(d, struct dial, misc)

struct dial {
	struct miscdevice misc;
	struct mutex lock;
#ifdef CONFIG_PM
	bool asleep;
#endif
	DECLARE_BITMAP(marks, 8);
};

static DEFINE_MUTEX(dials_lock);

static ssize_t dial_read(struct file *file, char __user *to, size_t n, loff_t *at)
{
	struct dial *dial = to_dial(file->private_data);
	struct mark *mark;

	scoped_guard(mutex, &dial->lock) {
		list_for_each_entry(mark, &dial->list, node)
			if (mark->set)
				return -EBUSY;
	}
#ifdef CONFIG_PM
	if (dial->asleep)
		return -EAGAIN;
#else
	wake(dial);
#endif
	switch (n) {
	case 0 ... 3:
		return 0;
	default:
		break;
	}
	return copy_to_user(to, dial->marks, min_t(size_t, n, 8)) ? -EFAULT : n;
}

static const struct file_operations dial_fops = {
	.owner = THIS_MODULE,
	.read = dial_read,
};
module_init(dial_init);
`;

const PIECES = [
  'x',
  '(',
  ')',
  '{',
  '}',
  ';',
  ' ',
  '\n',
  '"',
  '/*',
  '*/',
  '#if 0\n',
  '\n#endif\n',
  'if (a) ',
  'list_for_each(a, b) ',
  'return 1;\n',
  '\u00e9',
];

const edits = fc.array(
  fc.record({
    at: fc.nat(DRIVER.length),
    remove: fc.oneof(fc.constant(0), fc.nat(40)),
    insert: fc.array(fc.constantFrom(...PIECES), { maxLength: 3 }).map((parts) => parts.join('')),
  }),
  { minLength: 1, maxLength: 6 },
);

describe('a tree that follows edits', () => {
  it('is the tree of the new text', () => {
    let compared = 0;
    fc.assert(
      fc.property(edits, (steps) => {
        let text = DRIVER;
        using tree = parser.parse(text);
        for (const { at, remove, insert } of steps) {
          text = text.slice(0, at) + insert + text.slice(at + remove);
          tree.update(text);
          using fresh = parser.parse(text);
          expect(tree.original).toBe(text);
          expect(tree.standard).toBe(fresh.standard);
          expect(tree.dropped).toEqual(fresh.dropped);
          // Recovery from an error depends on what the parser could take over, so only whole texts compare.
          expect(tree.errors().length === 0).toBe(fresh.errors().length === 0);
          if (fresh.errors().length > 0) continue;
          compared++;
          expect(tree.root.toString()).toBe(fresh.root.toString());
          expect(tree.root.endIndex).toBe(fresh.root.endIndex);
        }
      }),
      { numRuns: 300 },
    );
    expect(compared).toBeGreaterThan(50);
  });

  it('keeps its choice of branches', () => {
    using tree = parser.parse(DRIVER, 'alternative');
    expect(tree.standard).toContain('wake(dial)');
    tree.update(`${DRIVER}int more;\n`);
    expect(tree.standard).toContain('wake(dial)');
  });

  it('undoes what was typed', () => {
    using tree = parser.parse(DRIVER);
    const before = tree.root.toString();
    tree.update(DRIVER.replace('scoped_guard', 'scoped_guard('));
    expect(tree.errors()).not.toEqual([]);
    tree.update(DRIVER);
    expect(tree.errors()).toEqual([]);
    expect(tree.root.toString()).toBe(before);
  });

  it('places nodes after an edit that adds lines', () => {
    using tree = parser.parse('int a;\nint b;\n');
    tree.update('int a;\n/* new\n line */ int c;\nint b;\n');
    const last = tree.root.namedChild(tree.root.namedChildCount - 1);
    expect(last?.text).toBe('int b;');
    expect(last?.startPosition).toEqual({ row: 3, column: 0 });
  });
});

describe('errors', () => {
  it('are none in kernel C', () => {
    using tree = parser.parse(DRIVER);
    expect(tree.errors()).toEqual([]);
  });

  it('tell the place, also of what is missing', () => {
    const source = 'int f(void)\n{\n\ta = 1\n}\nint g(void)\n{\n\treturn ) 1;\n}\n';
    using tree = parser.parse(source);
    const spans = tree.errors();
    expect(spans.length).toBe(2);
    expect(spans[0]).toEqual({ start: source.indexOf('1') + 1, end: source.indexOf('1') + 1 });
    expect(source.slice(spans[1]?.start, spans[1]?.end)).toBe(')');
  });
});

describe('memory', () => {
  it('holds no tree that was disposed or replaced', () => {
    const before = parser.liveTrees;
    for (let round = 0; round < 1000; round++) {
      using tree = parser.parse(DRIVER);
      tree.update(DRIVER.replace('8', String(round)));
      tree.update(`${DRIVER}int x${round};\n`);
      expect(parser.liveTrees).toBe(before + 1);
    }
    expect(parser.liveTrees).toBe(before);
  });

  it('is freed once', () => {
    const before = parser.liveTrees;
    const tree = parser.parse('int a;\n');
    tree[Symbol.dispose]();
    tree[Symbol.dispose]();
    expect(parser.liveTrees).toBe(before);
    expect(() => tree.root).toThrow('disposed');
    expect(() => tree.update('int b;\n')).toThrow('disposed');
  });
});
