import { describe, expect, it } from 'vitest';
import type { Race } from '../../../server/src/analysis/model.ts';
import { insertFsRevocable } from '../../../server/src/rules/fixes/insert-fs-revocable.ts';
import type { Finding, GenerationView } from '../../../server/src/rules/rule.ts';
import type { NodeFacts } from '../../support/fix-context.ts';
import { applied, findingOf, fixContext, nodeOf, placeOf, refusal } from '../../support/fix-context.ts';
import { lowerText } from '../../support/lower.ts';

const DRIVER = `// SPDX-License-Identifier: GPL-2.0
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct foo {
	struct miscdevice misc;
	void __iomem *regs;
};

static int foo_open(struct inode *inode, struct file *file)
{
	struct foo *foo = container_of(file->private_data, struct foo, misc);

	file->private_data = foo;

	return 0;
}

static ssize_t foo_read(struct file *file, char __user *buf, size_t len, loff_t *off)
{
	struct foo *foo = file->private_data;
	u32 value = readl(foo->regs);

	return simple_read_from_buffer(buf, len, off, &value, sizeof(value));
}

static const struct file_operations foo_fops = {
	.owner = THIS_MODULE,
	.open = foo_open,
	.read = foo_read,
	.llseek = noop_llseek,
};

static int foo_probe(struct platform_device *pdev)
{
	struct foo *foo;
	int ret;

	foo = devm_kzalloc(&pdev->dev, sizeof(*foo), GFP_KERNEL);
	if (!foo)
		return -ENOMEM;

	foo->misc.name = "foo";
	foo->misc.fops = &foo_fops;
	platform_set_drvdata(pdev, foo);

	ret = misc_register(&foo->misc);
	if (ret)
		return ret;

	dev_info(&pdev->dev, "ready\\n");
	return 0;
}

static void foo_remove(struct platform_device *pdev)
{
	struct foo *foo = platform_get_drvdata(pdev);

	misc_deregister(&foo->misc);
}
`;

const FACTS: NodeFacts = {
  register: { call: 'misc_register(&foo->misc)', fn: 'foo_probe' },
  unregister: { call: 'misc_deregister(&foo->misc)', fn: 'foo_remove' },
  entries: { open: 'foo_open', read: 'foo_read', llseek: 'noop_llseek' },
  privateType: 'struct foo',
};

const F2: GenerationView = { core: 'G3', fops: 'F2', forced: false, sync: 'none', has: () => true };

function finding(source: string, facts: NodeFacts = FACTS): Finding {
  const node = nodeOf(source, facts);
  return findingOf(node.register.at, node);
}

/** The driver with one piece of text replaced, which must be there. */
function variant(from: string, to: string, source = DRIVER): string {
  if (!source.includes(from)) throw new Error(`no ${from} in the driver`);
  return source.replace(from, () => to);
}

function fixed(source = DRIVER, facts = FACTS, generation = F2): string {
  const after = applied(insertFsRevocable, fixContext(source, finding(source, facts), { generation }));
  expect(lowerText(after).problems).toEqual([]);
  return after;
}

/** With one more operation. */
function variantWith(field: string): string {
  return variant(
    'static const struct file_operations',
    `static ssize_t foo_${field}(struct file *file, const char __user *buf, size_t len, loff_t *off)\n{\n\treturn 0;\n}\n\nstatic const struct file_operations`,
  );
}

function raceOf(operation: string, operationFn: string, object: string, death = placeOf(DRIVER, 'struct foo')): Race {
  const use = { at: placeOf(DRIVER, 'readl(foo->regs)', operationFn), text: 'uses it' };
  return {
    operation,
    operationFn,
    use,
    object: { name: object, kind: 'memory', owner: 'devres', death: { kind: 'free', at: death, text: 'it goes' } },
    witness: { user: [], teardown: [], missing: '' },
    certainty: 'must',
  };
}

function body(source: string, name: string): string {
  const file = lowerText(source);
  const fn = file.functions.find((candidate) => candidate.ir.name === name);
  if (fn === undefined) throw new Error(`no ${name}`);
  return source.slice(fn.at, fn.end);
}

describe('insert fs_revocable', () => {
  it('inserts every part of F2', () => {
    const after = fixed();
    expect(after).toContain('#include <linux/fs.h>\n#include <linux/fs_revocable.h>\n#include <linux/io.h>');
    expect(after).toContain(
      '#include <linux/platform_device.h>\n#include <linux/revocable.h>\n#include <linux/slab.h>',
    );
    expect(after).toContain('\tvoid __iomem *regs;\n\tstruct revocable_provider *rp;\n};');
    expect(body(after, 'foo_try_access')).toContain('if (!revocable_try_access(revs[i]))');
    expect(body(after, 'foo_open')).toMatchInlineSnapshot(`
      "static int foo_open(struct inode *inode, struct file *file)
      {
      	struct foo *foo = container_of(file->private_data, struct foo, misc);

      	file->private_data = foo;

      	return fs_revocable_replace(file, &foo_frops, &foo->rp, 1);
      }"
    `);
    expect(body(after, 'foo_probe')).toMatchInlineSnapshot(`
      "static int foo_probe(struct platform_device *pdev)
      {
      	struct foo *foo;
      	int ret;

      	foo = devm_kzalloc(&pdev->dev, sizeof(*foo), GFP_KERNEL);
      	if (!foo)
      		return -ENOMEM;

      	foo->misc.name = "foo";
      	foo->misc.fops = &foo_fops;
      	platform_set_drvdata(pdev, foo);

      	foo->rp = revocable_provider_alloc(foo);
      	if (!foo->rp)
      		return -ENOMEM;

      	ret = misc_register(&foo->misc);
      	if (ret) {
      		revocable_provider_revoke(foo->rp);
      		return ret;
      	}

      	dev_info(&pdev->dev, "ready\\n");
      	return 0;
      }"
    `);
    expect(body(after, 'foo_remove')).toMatchInlineSnapshot(`
      "static void foo_remove(struct platform_device *pdev)
      {
      	struct foo *foo = platform_get_drvdata(pdev);

      	misc_deregister(&foo->misc);
      	revocable_provider_revoke(foo->rp);
      }"
    `);
  });

  it('calls the other forms as they are declared', () => {
    const after = fixed(DRIVER, FACTS, { ...F2, fops: 'F3a' });
    expect(after).toContain('return fs_revocable_replace(foo->rp, file);');
    expect(after).not.toContain('frops');
  });

  it('takes the address of a provider under RCU', () => {
    const after = fixed(DRIVER, FACTS, { ...F2, core: 'G3r' });
    expect(after).toContain('struct revocable_provider __rcu *rp;');
    expect(after).toContain('revocable_provider_revoke(&foo->rp);');
  });

  it('changes nothing when applied again', () => {
    const after = fixed();
    const again = insertFsRevocable.edit(fixContext(after, finding(after), { generation: F2 }));
    expect(again.kind).toBe('none');
  });

  it('is preferred where the tree has it, and says so where it has not', () => {
    const ctx = fixContext(DRIVER, finding(DRIVER), { generation: F2 });
    expect(insertFsRevocable.preferred?.(ctx)).toBe(true);
    const bare = fixContext(DRIVER, finding(DRIVER));
    expect(insertFsRevocable.preferred?.(bare)).toBe(false);
    expect(title(bare)).toMatch(/needs the fs_revocable series/);
    expect(insertFsRevocable.edit(bare).kind).toBe('edits');
    const forced = fixContext(DRIVER, finding(DRIVER), { generation: { ...F2, forced: true } });
    expect(insertFsRevocable.preferred?.(forced)).toBe(false);
  });

  it('undoes in the way of a failing register call', () => {
    const source = variant(
      '\tif (ret)\n\t\treturn ret;\n\n\tdev_info',
      '\tif (ret) {\n\t\tdev_err(&pdev->dev, "no node\\n");\n\t\tgoto err_clk;\n\t}\n\n\tdev_info',
    ).replace(
      '\treturn 0;\n}\n\nstatic void foo_remove',
      '\treturn 0;\n\nerr_clk:\n\tfoo_off(foo);\n\treturn ret;\n}\n\nstatic void foo_remove',
    );
    const probe = body(fixed(source), 'foo_probe');
    expect(probe).toContain('\tif (!foo->rp) {\n\t\tret = -ENOMEM;\n\t\tgoto err_clk;\n\t}\n');
    expect(probe).toContain('\tif (ret) {\n\t\trevocable_provider_revoke(foo->rp);\n\t\tdev_err(');
  });

  it('turns a returned register call into a checked one', () => {
    const source = variant(
      '\tret = misc_register(&foo->misc);\n\tif (ret)\n\t\treturn ret;\n\n\tdev_info(&pdev->dev, "ready\\n");\n\treturn 0;',
      '\treturn misc_register(&foo->misc);',
    ).replace('\tint ret;\n', '');
    const probe = body(fixed(source), 'foo_probe');
    expect(probe).toContain('\tstruct foo *foo;\n\tint ret;\n\n');
    expect(probe).toContain(
      '\tret = misc_register(&foo->misc);\n\tif (ret)\n\t\trevocable_provider_revoke(foo->rp);\n\n\treturn ret;\n',
    );
  });

  it('adds braces where the unregister call has none', () => {
    const source = variant('\tmisc_deregister(&foo->misc);', '\tif (foo->regs)\n\t\tmisc_deregister(&foo->misc);');
    expect(body(fixed(source), 'foo_remove')).toContain(
      '\tif (foo->regs) {\n\t\tmisc_deregister(&foo->misc);\n\t\trevocable_provider_revoke(foo->rp);\n\t}\n',
    );
  });

  it('keeps what open may fail with', () => {
    const source = variant(
      '\treturn 0;\n}\n\nstatic ssize_t',
      '\treturn nonseekable_open(inode, file);\n}\n\nstatic ssize_t',
    );
    expect(body(fixed(source), 'foo_open')).toMatchInlineSnapshot(`
      "static int foo_open(struct inode *inode, struct file *file)
      {
      	struct foo *foo = container_of(file->private_data, struct foo, misc);
      	int ret;

      	file->private_data = foo;

      	ret = nonseekable_open(inode, file);
      	if (ret)
      		return ret;

      	return fs_revocable_replace(file, &foo_frops, &foo->rp, 1);
      }"
    `);
  });

  it('keeps CRLF line ends and spaces', () => {
    const spaced = DRIVER.replaceAll('\t', '        ').replaceAll('\n', '\r\n');
    const after = applied(insertFsRevocable, fixContext(spaced, finding(spaced), { generation: F2 }));
    expect(after.replaceAll('\r\n', '')).not.toContain('\n');
    expect(after).toContain('                revocable_provider_revoke(foo->rp);\r\n');
  });

  describe('is disabled', () => {
    const reason = (facts: Partial<NodeFacts>, generation = F2, source = DRIVER): string | undefined =>
      refusal(insertFsRevocable, fixContext(source, finding(source, { ...FACTS, ...facts }), { generation }));

    it('where the core is too new', () => {
      expect(reason({}, { ...F2, core: 'G7' })).toMatch(/does not compile against generation G7/);
    });

    it('where the wrapper leaves an operation out that cannot have a section of its own', () => {
      const write = (object: string) => raceOf('write', 'foo_write', object);
      const left = (field: string, races: readonly Race[]) =>
        reason({ entries: { ...FACTS.entries, [field]: `foo_${field}` }, races }, F2, variantWith(field));
      expect(left('write', [write('struct foo')])).toMatch(
        /does not cover write \(foo_write\).*struct foo, which is freed/,
      );
      expect(left('mmap', [raceOf('mmap', 'foo_mmap', 'foo.regs')])).toMatch(
        /a section cannot: what it has mapped stays/,
      );
      expect(left('fasync', [raceOf('fasync', 'foo_fasync', 'foo.regs')])).toMatch(
        /closing the file calls it once more/,
      );
      expect(left('write', [])).toBeUndefined();
      expect(reason({ entries: { ...FACTS.entries, compat_ioctl: 'compat_ptr_ioctl' } })).toBeUndefined();
    });

    it('where the form keeps its own data where the operation would look for the driver', () => {
      const entries = { ...FACTS.entries, write: 'foo_write' };
      expect(reason({ entries }, { ...F2, fops: 'F3b' }, variantWith('write'))).toMatch(
        /which would find the wrapper's own data/,
      );
    });

    it('where release would be skipped', () => {
      const source = variant(
        'static const struct file_operations',
        'static int foo_release(struct inode *inode, struct file *file)\n{\n\tkfree(file->private_data);\n\treturn 0;\n}\n\nstatic const struct file_operations',
      );
      const entries = { ...FACTS.entries, release: 'foo_release' };
      expect(reason({ entries }, F2, source)).toMatch(
        /skips foo_release\(\), so what kfree\(\) releases there would leak/,
      );
    });

    it('where an operation sleeps on what is not its own', () => {
      const source = variant(
        '\tu32 value = readl',
        '\tu32 value;\n\n\twait_event_interruptible(foo->bus->wait, foo->ready);\n\tvalue = readl',
      );
      expect(reason({}, F2, source)).toMatch(/foo_read\(\) sleeps in wait_event_interruptible\(\)/);
    });

    it('where something goes before the unregister call', () => {
      const source = variant('\tmisc_deregister(&foo->misc);', '\tfoo_off(foo);\n\tmisc_deregister(&foo->misc);');
      const race = raceOf('read', 'foo_read', 'foo.regs', placeOf(source, 'foo_off(foo)', 'foo_remove'));
      expect(reason({ races: [race] }, F2, source)).toMatch(/releases foo\.regs before misc_deregister\(\)/);
    });

    it('where the form takes one provider, and there are two', () => {
      const source = variant(
        'struct foo {\n',
        'struct bus {\n\tstruct revocable_provider *rp;\n};\n\nstruct foo {\n\tstruct bus *bus;\n',
      ).replace('readl(foo->regs)', 'readl(foo->regs) + bus_read(foo->bus)');
      expect(reason({}, { ...F2, fops: 'F3a' }, source)).toMatch(/F3a takes one provider.* bus->rp/);
      expect(reason({}, F2, source)).toBeUndefined();
    });

    it('where there is a provider that nobody revokes', () => {
      const source = variant('\tvoid __iomem *regs;\n', '\tvoid __iomem *regs;\n\tstruct revocable_provider *rp;\n');
      expect(reason({}, F2, source)).toMatch(/struct foo\.rp is never revoked/);
    });

    it('where a poll stays queued in memory that goes with the device', () => {
      expect(reason({ entries: { ...FACTS.entries, poll: 'foo_poll' } })).toMatch(/a poll stays queued/);
    });

    it('where open can come late', () => {
      const source = DRIVER.replaceAll('misc_deregister(&foo->misc)', 'cdev_del(&foo->misc)');
      const unregister = { call: 'cdev_del(&foo->misc)', fn: 'foo_remove' };
      expect(reason({ unregister }, F2, source)).toMatch(/open can still run after cdev_del\(\)/);
    });

    it('where private data is written after open and the wrapper keeps its own there', () => {
      const source = variant('\treturn simple_read', '\tfile->private_data = foo;\n\treturn simple_read');
      expect(reason({}, { ...F2, fops: 'F3b' }, source)).toMatch(/foo_read\(\) writes private_data after open/);
      expect(reason({}, F2, source)).toBeUndefined();
    });

    it('where nothing unregisters', () => {
      const { unregister: _, ...facts } = FACTS;
      const source = DRIVER;
      expect(refusal(insertFsRevocable, fixContext(source, finding(source, facts), { generation: F2 }))).toMatch(
        /no unregister call/,
      );
    });
  });
});

function title(ctx: Parameters<typeof insertFsRevocable.edit>[0]): string {
  return typeof insertFsRevocable.title === 'string' ? insertFsRevocable.title : insertFsRevocable.title(ctx);
}
