/** The mutators of `npm run mutate`: each changes what it says and nothing else. */
import { describe, expect, it } from 'vitest';
import type { Case, Equivalent } from '../../mutation/campaign.ts';
import {
  changedTexts,
  inTurn,
  isEquivalent,
  mutantsOf,
  parses,
  randomFrom,
  run,
  verdictOf,
} from '../../mutation/campaign.ts';
import equivalents from '../../mutation/equivalent.json' with { type: 'json' };
import { fenceMutators, preservingMutators } from '../../mutation/mutators.ts';
import { openOwnFile } from '../../mutation/subjects.ts';
import { grammars } from '../../support/engine.ts';
import { parser } from '../../support/lower.ts';

const DRIVER = `#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define DIAL_POSITION	0x10

struct dial {
	struct miscdevice misc;
	struct kref kref;
	struct mutex lock;
	void __iomem *regs;
};

static void dial_free(struct kref *kref)
{
	kfree(container_of(kref, struct dial, kref));
}

static int dial_open(struct inode *inode, struct file *file)
{
	struct dial *dial = container_of(file->private_data, struct dial, misc);

	kref_get(&dial->kref);
	file->private_data = dial;
	return 0;
}

static ssize_t dial_write(struct file *file, const char __user *buf, size_t count, loff_t *ppos)
{
	struct dial *dial = file->private_data;
	u32 position;
	int ret = count;

	if (count != sizeof(position) || get_user(position, (u32 __user *)buf))
		return -EINVAL;

	mutex_lock(&dial->lock);
	if (!dial->regs) {
		mutex_unlock(&dial->lock);
		return -ENODEV;
	}
	writel(position, dial->regs + DIAL_POSITION);
	mutex_unlock(&dial->lock);

	return ret;
}

static int dial_release(struct inode *inode, struct file *file)
{
	struct dial *dial = file->private_data;

	kref_put(&dial->kref, dial_free);
	return 0;
}

static const struct file_operations dial_fops = {
	.owner		= THIS_MODULE,
	.open		= dial_open,
	.write		= dial_write,
	.release	= dial_release,
};

static int dial_probe(struct platform_device *pdev)
{
	struct dial *dial;
	int ret;

	dial = kzalloc(sizeof(*dial), GFP_KERNEL);
	if (!dial)
		return -ENOMEM;

	kref_init(&dial->kref);
	mutex_init(&dial->lock);
	dial->regs = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(dial->regs)) {
		ret = PTR_ERR(dial->regs);
		goto err_put;
	}
	dial->misc.minor = MISC_DYNAMIC_MINOR;
	dial->misc.name = "dial";
	dial->misc.fops = &dial_fops;
	platform_set_drvdata(pdev, dial);

	ret = misc_register(&dial->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&dial->kref, dial_free);
	return ret;
}

static void dial_remove(struct platform_device *pdev)
{
	struct dial *dial = platform_get_drvdata(pdev);

	misc_deregister(&dial->misc);

	mutex_lock(&dial->lock);
	dial->regs = NULL;
	mutex_unlock(&dial->lock);

	kref_put(&dial->kref, dial_free);
}

static struct platform_driver dial_driver = {
	.probe	= dial_probe,
	.remove	= dial_remove,
	.driver	= {
		.name = "dial",
	},
};
module_platform_driver(dial_driver);

MODULE_LICENSE("Dual MIT/GPL");
`;

async function openText(text: string): Promise<Case> {
  const opened = await openOwnFile({ path: 'dial.c', text }, parser, grammars);
  if (opened.kind === 'left-out') throw new Error(opened.why);
  return opened.on;
}

/** Lines that a text lost (`-`) and got (`+`); those without a word are left out. */
function changedLines(before: string, after: string): string[] {
  const count = (text: string): Map<string, number> => {
    const lines = new Map<string, number>();
    for (const line of text.split('\n')) lines.set(line.trim(), (lines.get(line.trim()) ?? 0) + 1);
    return lines;
  };
  const [old, now] = [count(before), count(after)];
  const tells = (line: string): boolean => /\w/.test(line);
  const lost = [...old]
    .filter(([line, times]) => tells(line) && times > (now.get(line) ?? 0))
    .map(([line]) => `-${line}`);
  const got = [...now]
    .filter(([line, times]) => tells(line) && times > (old.get(line) ?? 0))
    .map(([line]) => `+${line}`);
  return [...lost, ...got];
}

const dial = await openText(DRIVER);

/** What each mutant of a mutator changes in the only file. */
function changesOf(mutator: string, on: Case = dial): string[][] {
  const candidates = mutantsOf([on], [...fenceMutators, ...preservingMutators]);
  const [before] = [...on.subject.sources.values()].map((source) => source.text);
  return candidates
    .filter(({ mutant }) => mutant.mutator === mutator)
    .map(({ mutant }) => changedLines(before ?? '', [...changedTexts(mutant, on.subject).values()].join('\n')));
}

describe('mutators that take a fence away', () => {
  it('drop the test and what hangs on it', () => {
    expect(changesOf('drop-flag-test')).toEqual([
      ['-if (!dial->regs) {', '-mutex_unlock(&dial->lock);', '-return -ENODEV;'],
    ]);
  });

  it('move the use behind the section', () => {
    const candidates = mutantsOf([dial], fenceMutators);
    const moved = candidates.find(({ mutant }) => mutant.mutator === 'move-use-out');
    const text = moved === undefined ? '' : [...changedTexts(moved.mutant, dial.subject).values()].join();
    expect(text).toMatch(
      /\tmutex_unlock\(&dial->lock\);\n\twritel\(position, dial->regs \+ DIAL_POSITION\);\n\n\treturn ret;/,
    );
  });

  it('unlock before the use', () => {
    const candidates = mutantsOf([dial], fenceMutators);
    const early = candidates.find(({ mutant }) => mutant.mutator === 'unlock-early');
    const text = early === undefined ? '' : [...changedTexts(early.mutant, dial.subject).values()].join();
    expect(text).toMatch(
      /\tmutex_unlock\(&dial->lock\);\n\twritel\(position, dial->regs \+ DIAL_POSITION\);\n\n\treturn ret;/,
    );
  });

  it('put the lock into devm memory', () => {
    const [changed] = changesOf('lock-in-freed-object');
    expect(changed).toContain('+struct mutex *lock;');
    expect(changed).toContain('+dial->lock = devm_kzalloc(&pdev->dev, sizeof(*dial->lock), GFP_KERNEL);');
    expect(changed).toContain('+mutex_lock(dial->lock);');
    expect(changed).toContain('-mutex_lock(&dial->lock);');
  });

  it('make counted memory devm memory', () => {
    expect(changesOf('devm-instead-of-counted')).toEqual([
      [
        '-kfree(container_of(kref, struct dial, kref));',
        '-dial = kzalloc(sizeof(*dial), GFP_KERNEL);',
        '+dial = devm_kzalloc(&pdev->dev, sizeof(*dial), GFP_KERNEL);',
      ],
    ]);
  });

  it('drop the reference, the owner, and what teardown clears', () => {
    expect(changesOf('drop-get')).toEqual([['-kref_get(&dial->kref);']]);
    expect(changesOf('drop-owner')).toEqual([['-.owner\t\t= THIS_MODULE,']]);
    expect(changesOf('drop-gone-store')).toEqual([['-dial->regs = NULL;']]);
  });

  it('free first and unregister afterwards', () => {
    const candidates = mutantsOf([dial], fenceMutators);
    const swapped = candidates.find(({ mutant }) => mutant.mutator === 'free-before-unregister');
    const text = swapped === undefined ? '' : [...changedTexts(swapped.mutant, dial.subject).values()].join();
    expect(text).toMatch(/\tkref_put\(&dial->kref, dial_free\);\n\tmisc_deregister\(&dial->misc\);/);
    expect(text.match(/kref_put\(&dial->kref, dial_free\)/g)).toHaveLength(3);
  });

  it('leave the owner alone where nothing can be unloaded', async () => {
    const builtin = await openText(
      DRIVER.replace('module_platform_driver(dial_driver)', 'builtin_platform_driver(dial_driver)'),
    );
    expect(changesOf('drop-owner', builtin)).toEqual([]);
  });
});

describe('edits that keep the behaviour', () => {
  it('rename one thing wherever it stands', () => {
    const changes = changesOf('rename');
    expect(changes.length).toBeGreaterThan(15);
    const field = changes.find((lines) => lines.includes('+void __iomem *renamed_regs;'));
    expect(field).toContain('+dial->renamed_regs = NULL;');
    expect(field).toContain('+writel(position, dial->renamed_regs + DIAL_POSITION);');
  });

  it('move a call into a helper', () => {
    expect(changesOf('extract-helper').flat()).toContain('+static void dial_release_part0(struct dial *dial)');
    expect(changesOf('extract-helper').flat()).toContain('+dial_write_part2(dial, position);');
  });

  it('use guards to the same end', () => {
    const pair = ['-mutex_lock(&dial->lock);', '-mutex_unlock(&dial->lock);'];
    expect(changesOf('guard')).toEqual([
      [...pair, '+guard(mutex)(&dial->lock);'],
      [...pair, '+scoped_guard(mutex, &dial->lock) {'],
    ]);
  });

  it('return early instead of jumping, and keep a label that others need', () => {
    const changes = changesOf('early-return');
    expect(changes).toHaveLength(2);
    for (const lines of changes) expect(lines).not.toContain('-err_put:');
  });

  it('split the file, with one header for both parts', () => {
    const candidates = mutantsOf([dial], preservingMutators);
    const split = candidates.find(({ mutant }) => mutant.mutator === 'split-file');
    const texts = split === undefined ? [] : [...changedTexts(split.mutant, dial.subject)];
    expect(texts.map(([path, text]) => [path.split('/').at(-1), text === undefined])).toEqual([
      ['dial.c', true],
      ['dial-split.h', false],
      ['dial-entry.c', false],
      ['dial-operations.c', false],
      ['Makefile', false],
    ]);
    expect(texts[1]?.[1]).toContain('extern const struct file_operations dial_fops;');
    expect(texts[2]?.[1]).not.toContain('ssize_t dial_write');
    expect(texts[3]?.[1]).toContain('ssize_t dial_write');
  });
});

describe('a campaign', () => {
  it('finds what a deleted fence opens, and nothing where the behaviour stays', async () => {
    const candidates = mutantsOf([dial], [...fenceMutators, ...preservingMutators]);
    expect(candidates.filter((candidate) => !parses(candidate, parser))).toEqual([]);
    const find = (mutator: string) => candidates.find(({ mutant }) => mutant.mutator === mutator);
    const [wild, calm] = [find('drop-flag-test'), find('split-file')];
    if (wild === undefined || calm === undefined) throw new Error('a mutator found nothing');
    expect((await run(wild)).added.map((finding) => finding.rule)).toContain('missing-try-access');
    const kept = await run(calm);
    expect(kept.added).toEqual([]);
    expect(verdictOf(kept.after)).toBe(verdictOf(dial.before));
    // The mutant's texts are gone afterwards.
    expect(verdictOf(await dial.workbench.check([...dial.subject.sources.keys()]))).toBe(verdictOf(dial.before));
  });

  it('chooses the same for the same seed, from every mutator', () => {
    const candidates = mutantsOf([dial], preservingMutators);
    const names = (seed: number) =>
      inTurn(candidates, randomFrom(seed))
        .slice(0, 8)
        .map(({ mutant }) => mutant.what);
    expect(names(1)).toEqual(names(1));
    expect(names(1)).not.toEqual(names(2));
    const mutators = new Set(
      inTurn(candidates, randomFrom(1))
        .slice(0, 6)
        .map(({ mutant }) => mutant.mutator),
    );
    expect(mutators.size).toBe(6);
  });

  it('knows equivalent mutants by mutator, driver and what they do', () => {
    const candidates = mutantsOf([dial], fenceMutators);
    const [first] = candidates;
    if (first === undefined) throw new Error('no mutant');
    const entry = { mutator: first.mutant.mutator, subject: 'dial.c', what: first.mutant.what, reason: 'a test' };
    expect(isEquivalent(first, [entry])).toBe(true);
    expect(isEquivalent(first, [{ ...entry, subject: 'other.c' }])).toBe(false);
  });

  it('gives a reason for every equivalent mutant', () => {
    const known: readonly Equivalent[] = equivalents;
    expect(known.filter(({ reason, subject }) => reason.length < 20 || subject.startsWith('/'))).toEqual([]);
  });

  it('does not start from a driver that is not safe', async () => {
    const opened = await openOwnFile(
      { path: 'dial.c', text: DRIVER.replace('dial->regs = NULL;', '') },
      parser,
      grammars,
    );
    expect(opened).toEqual({ kind: 'left-out', why: 'a node is vulnerable' });
  });
});
