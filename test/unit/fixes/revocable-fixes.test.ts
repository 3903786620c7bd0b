/** What the fixes of the revocable family write, through the whole engine; that each is sound is proved of every fixture. */
import { describe, expect, it } from 'vitest';
import type { Files } from '../../support/engine.ts';
import { applyEdits, checkFixtureFolder, openTree, pathInTree, TREE } from '../../support/engine.ts';
import { offeredFixes, proveFix } from '../../support/fixes.ts';

const HEAD = `#include <linux/device.h>
#include <linux/io.h>
#include <linux/revocable.h>

struct till {
	struct revocable regs;
	struct revocable_provider __rcu *provider;
};

`;
const SHOW = 'static ssize_t sum_show(struct device *dev, struct device_attribute *attr, char *buf)\n';

/** The driver after the fix of that title, which is proved as well; or why the fix is disabled. */
async function fixed(api: string, driver: string, title: RegExp): Promise<string> {
  const files: Files = new Map([
    [`${TREE}/MAINTAINERS`, ''],
    [`${TREE}/Kbuild`, ''],
    [pathInTree('till.c'), HEAD + driver],
  ]);
  const engine = await openTree(files, { api });
  const reports = await checkFixtureFolder(engine);
  const found = (await offeredFixes(engine, reports)).find(({ offer }) => title.test(offer.title));
  if (found === undefined) throw new Error(`no fix ${title} is offered`);
  if (found.offer.disabled !== undefined) return found.offer.disabled;
  expect(await proveFix(files, reports, found, { api })).toEqual([]);
  return applyEdits(files, found.edits).get(pathInTree('till.c'))?.slice(HEAD.length) ?? '';
}

const OPEN_CODED = `${SHOW}{
	struct till *till = dev_get_drvdata(dev);
	struct revocable_handle rh;
	void __iomem *regs;
	u32 sum;

	/* The drawer may be gone. */
	revocable_handle_init(&till->regs, &rh);
	regs = revocable_try_access(&rh);
	if (!regs) {
		revocable_handle_deinit(&rh);
		return -ENODEV;
	}
	sum = readl(regs);
	revocable_withdraw_access(&rh);
	revocable_handle_deinit(&rh);
	return sysfs_emit(buf, "%u\\n", sum);
}
static DEVICE_ATTR_RO(sum);
`;

describe('an open-coded section becomes a scope', () => {
  it('handle, braces and all', async () => {
    expect(await fixed('G7', OPEN_CODED, /leaves by itself/)).toBe(`${SHOW}{
	struct till *till = dev_get_drvdata(dev);
	void __iomem *regs;
	u32 sum;

	/* The drawer may be gone. */
	revocable_try_access_with(&till->regs, regs);
	if (!regs)
		return -ENODEV;
	sum = readl(regs);
	return sysfs_emit(buf, "%u\\n", sum);
}
static DEVICE_ATTR_RO(sum);
`);
  });

  it('line ends are kept', async () => {
    const text = await fixed('G7', OPEN_CODED.replaceAll('\n', '\r\n'), /leaves by itself/);
    expect(text.replaceAll('\r\n', '')).not.toContain('\n');
  });

  it('a declaration with the access in it is split', async () => {
    const text = await fixed(
      'G3',
      `static int sum_of(struct revocable *rev, u32 most)
{
	void __iomem *regs = revocable_try_access(rev);
	int ret = -ENODEV;

	if (!regs)
		goto out;
	if (readl(regs) > most)
		return -ERANGE;
	ret = 0;
out:
	revocable_withdraw_access(rev);
	return ret;
}

${SHOW}{
	return sum_of(dev_get_drvdata(dev), 7);
}
static DEVICE_ATTR_RO(sum);
`,
      /leaves by itself/,
    );
    expect(text).toContain(`	void __iomem *regs;
	int ret = -ENODEV;

	REVOCABLE_TRY_ACCESS_WITH(rev, regs);

	if (!regs)
		goto out;
`);
    expect(text).not.toContain('revocable_withdraw_access');
  });

  it('not where a goto would jump over the declaration', async () => {
    const driver = OPEN_CODED.replace('\t/* The', '\tif (!attr)\n\t\tgoto out;\n\t/* The').replace(
      '\treturn sysfs_emit',
      'out:\n\treturn sysfs_emit',
    );
    expect(await fixed('G7', driver, /leaves by itself/)).toBe('a goto would jump over the declaration');
  });
});

describe('arguments of another generation', () => {
  it('revoking wants the address of the pointer', async () => {
    const text = await fixed(
      'G4',
      `void till_stop(struct till *till)\n{\n\trevocable_provider_revoke(till->provider);\n}\n`,
      /what the tree's form of it takes/,
    );
    expect(text).toContain('\trevocable_provider_revoke(&till->provider);\n');
  });

  it('the macro wants the provider that the handle was set up with', async () => {
    const text = await fixed(
      'G4',
      `${SHOW}{
	struct till *till = dev_get_drvdata(dev);
	struct revocable rev;
	u32 sum = 0;

	if (revocable_init(till->provider, &rev))
		return -ENODEV;
	REVOCABLE_TRY_ACCESS_SCOPED(&rev, regs) {
		if (regs)
			sum = readl(regs);
	}
	revocable_deinit(&rev);
	return sysfs_emit(buf, "%u\\n", sum);
}
static DEVICE_ATTR_RO(sum);
`,
      /what the tree's form of it takes/,
    );
    expect(text).toContain('\tREVOCABLE_TRY_ACCESS_SCOPED(till->provider, regs) {\n');
  });
});
