import { describe, expect, it } from 'vitest';
import { wrapTryAccess } from '../../../server/src/rules/fixes/wrap-try-access.ts';
import type { FixContext } from '../../../server/src/rules/rule.ts';
import { applied, findingOf, fixContext, placeOf, refusal } from '../../support/fix-context.ts';
import { lowerText } from '../../support/lower.ts';

interface Shape {
  readonly core: string;
  readonly field: string;
  readonly body: string;
  readonly use?: string;
  readonly returns?: string;
}

function contextOf({ core, field, body, use = 'readl(', returns = 'static long' }: Shape): FixContext {
  const source = `#include <linux/io.h>\n\nstruct foo {\n\t${field}\n\tvoid __iomem *regs;\n};\n\n${returns} foo_ioctl(struct file *file, unsigned int cmd, unsigned long arg)\n{\n${body}}\n`;
  return fixContext(source, findingOf(placeOf(source, use)), {
    generation: { core, fops: 'none', forced: false, sync: 'none', has: () => true },
  });
}

const BODY =
  '\tstruct foo *foo = file->private_data;\n\n\tif (cmd)\n\t\treturn readl(foo->regs);\n\n\treturn readl(foo->regs + 4);\n';

describe('wrap try access', () => {
  it('opens the section before the outermost statement of the use', () => {
    const ctx = contextOf({ core: 'G4', field: 'struct revocable_provider __rcu *rp;', body: BODY });
    const after = applied(wrapTryAccess, ctx);
    expect(after).toContain(
      '\n\tREVOCABLE_TRY_ACCESS_WITH(foo->rp, res);\n\tif (!res)\n\t\treturn -ENODEV;\n\n\tif (cmd)\n\t\treturn readl(foo->regs);\n',
    );
    expect(after).toContain('#include <linux/io.h>\n#include <linux/revocable.h>\n');
    expect(lowerText(after).problems).toEqual([]);
  });

  it('spells later generations in their way', () => {
    const ctx = contextOf({ core: 'G7', field: 'struct revocable rev;', body: BODY });
    expect(applied(wrapTryAccess, ctx)).toContain('\trevocable_try_access_with(&foo->rev, res);\n\tif (!res)\n');
  });

  it('answers in the way of the operation', () => {
    const ctx = contextOf({ core: 'G7', field: 'struct revocable rev;', body: BODY, returns: 'static __poll_t' });
    expect(applied(wrapTryAccess, ctx)).toContain('\t\treturn EPOLLERR | EPOLLHUP;\n');
    const pointer = contextOf({ core: 'G7', field: 'struct revocable rev;', body: BODY, returns: 'static void *' });
    expect(refusal(wrapTryAccess, pointer)).toMatch(/no way to answer/);
  });

  it('uses the block form where the macro is one', () => {
    const body =
      '\tstruct foo *foo = file->private_data;\n\tstruct revocable *rev = foo_handle(foo);\n\tu32 v;\n\n\tv = readl(foo->regs);\n\n\treturn v;\n';
    const ctx = contextOf({ core: 'G2', field: 'int x;', body });
    const withProvider = contextOf({ core: 'G2', field: 'struct revocable *shared;', body });
    expect(wrapTryAccess.offered(ctx)).toBe(false);
    expect(applied(wrapTryAccess, withProvider)).toContain(
      '\tREVOCABLE_TRY_ACCESS_WITH(rev, res) {\n\t\tif (!res)\n\t\t\treturn -ENODEV;\n\n\t\tv = readl(foo->regs);\n\t}\n',
    );
  });

  it('is disabled where a goto would jump over the section', () => {
    const body =
      '\tstruct foo *foo = file->private_data;\n\tlong ret = 0;\n\n\tif (cmd)\n\t\tgoto out;\n\n\tret = readl(foo->regs);\nout:\n\treturn ret;\n';
    const ctx = contextOf({ core: 'G4', field: 'struct revocable_provider __rcu *rp;', body });
    expect(refusal(wrapTryAccess, ctx)).toMatch(/goto out would jump over/);
  });

  it('is not offered in trees without the API', () => {
    expect(wrapTryAccess.offered(contextOf({ core: 'none', field: 'struct revocable rev;', body: BODY }))).toBe(false);
  });
});
