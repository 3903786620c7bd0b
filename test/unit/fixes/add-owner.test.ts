import { describe, expect, it } from 'vitest';
import { addOwner } from '../../../server/src/rules/fixes/add-owner.ts';
import type { FixContext } from '../../../server/src/rules/rule.ts';
import { applied, findingOf, fixContext, nodeOf, refusal } from '../../support/fix-context.ts';

function contextOf(table: string, firstField: string, owner: 'set' | 'missing' = 'missing'): FixContext {
  const source = `#include <linux/module.h>\n\nstatic int foo_open(struct inode *inode, struct file *file)\n{\n\treturn 0;\n}\n\n${table}\n\nstatic int foo_init(void)\n{\n\treturn misc_register(&foo);\n}\n`;
  const node = nodeOf(source, {
    register: { call: 'misc_register(&foo)', fn: 'foo_init' },
    entries: { open: 'foo_open' },
    owner,
    firstField,
  });
  return fixContext(source, findingOf(node.register.at, node));
}

describe('add owner', () => {
  it('puts the owner first, indented as the table is', () => {
    const ctx = contextOf('static const struct file_operations foo_fops = {\n\t.open = foo_open,\n};', '.open');
    expect(applied(addOwner, ctx)).toContain('= {\n\t.owner = THIS_MODULE,\n\t.open = foo_open,\n};');
    expect(applied(addOwner, ctx)).toContain('#include <linux/module.h>\n\n');
  });

  it('aligns with the other fields', () => {
    const tabs = contextOf(
      'static struct file_operations f = {\n\t.open\t\t= foo_open,\n\t.unlocked_ioctl = foo_ioctl,\n};',
      '.open',
    );
    expect(applied(addOwner, tabs)).toContain('\t.owner\t\t= THIS_MODULE,\n\t.open\t\t= foo_open');
    const spaces = contextOf('static struct file_operations f = {\n\t.open           = foo_open,\n};', '.open');
    expect(applied(addOwner, spaces)).toContain('\t.owner          = THIS_MODULE,\n\t.open           = foo_open');
  });

  it('stays on one line where the table does', () => {
    const ctx = contextOf('static const struct file_operations f = { .open = foo_open };', '.open');
    expect(applied(addOwner, ctx)).toContain('{ .owner = THIS_MODULE, .open = foo_open }');
  });

  it('includes what declares the module', () => {
    const ctx = contextOf('static const struct file_operations f = {\n\t.open = foo_open,\n};', '.open');
    const source = ctx.text('').replace('#include <linux/module.h>', '#include <linux/kernel.h>');
    const result = addOwner.edit({ ...ctx, text: () => source });
    expect(result.kind === 'edits' && result.edits.map((edit) => edit.text)).toContain('#include <linux/module.h>\n');
  });

  it('leaves tables alone that have one, and says why for positional ones', () => {
    const table = 'static const struct file_operations f = {\n\t.open = foo_open,\n};';
    expect(addOwner.edit(contextOf(table, '.open', 'set')).kind).toBe('none');
    const positional = contextOf('static struct file_operations f = {\n\tNULL, foo_llseek,\n};', 'NULL');
    expect(refusal(addOwner, positional)).toMatch(/by position/);
  });
});
