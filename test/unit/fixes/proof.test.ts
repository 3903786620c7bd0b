/** Fixes through the whole engine, on trees that fixtures cannot describe: with the headers of the API. */
import { describe, expect, it } from 'vitest';
import type { Files } from '../../support/engine.ts';
import { applyEdits, checkFixtureFolder, openTree, pathInTree, TREE } from '../../support/engine.ts';
import type { OfferedFix } from '../../support/fixes.ts';
import { offeredFixes, proveFix } from '../../support/fixes.ts';
import { SAMPLE_DRIVER } from '../../support/sample-driver.ts';

/** Declarations by which a tree is recognised as one with the revocable core G3 and the F2 form on top of it. */
const F2_HEADERS: Readonly<Record<string, string>> = {
  'include/linux/revocable.h':
    '#define REVOCABLE_TRY_ACCESS_SCOPED(rev, res) for (;;)\nvoid revocable_provider_revoke(struct revocable_provider *rp);\n',
  'include/linux/fs_revocable.h':
    'int fs_revocable_replace(struct file *filp, const struct fs_revocable_operations *frops,\n\t\t\t struct revocable_provider **rps, size_t num_rps);\n',
};

function tree(driver: string, headers: Readonly<Record<string, string>> = {}): Files {
  return new Map([
    [`${TREE}/Makefile`, 'VERSION = 7\nPATCHLEVEL = 2\n'],
    [`${TREE}/Kbuild`, ''],
    [`${TREE}/MAINTAINERS`, ''],
    ...Object.entries(headers).map(([name, text]): [string, string] => [`${TREE}/${name}`, text]),
    [pathInTree('foo.c'), driver],
  ]);
}

const OWNED = SAMPLE_DRIVER.replace('\t.open = foo_open,', '\t.owner = THIS_MODULE,\n\t.open = foo_open,');

/** The fix of a rule whose title matches, and what is wrong with it. */
async function prove(
  files: Files,
  rule: string,
  title: RegExp,
): Promise<OfferedFix & { complaints: string[]; text: string }> {
  const engine = await openTree(files);
  const reports = await checkFixtureFolder(engine);
  const found = (await offeredFixes(engine, reports)).find(
    ({ offer }) => offer.finding.rule === rule && title.test(offer.title),
  );
  if (found === undefined) throw new Error(`no fix ${title} of ${rule} is offered`);
  const complaints = await proveFix(files, reports, found);
  return { ...found, complaints, text: applyEdits(files, found.edits).get(pathInTree('foo.c')) ?? '' };
}

describe('fixes', () => {
  it('set the owner', async () => {
    const { offer, complaints, text } = await prove(tree(SAMPLE_DRIVER), 'missing-fops-owner', /owner/);
    expect(complaints).toEqual([]);
    expect(offer).toMatchObject({ safety: 'safe', preferred: true });
    expect(text).toBe(OWNED);
  });

  it('insert fs_revocable where the tree has it', async () => {
    const { offer, complaints, text } = await prove(tree(OWNED, F2_HEADERS), 'unfenced-unregister', /fs_revocable/);
    expect(complaints).toEqual([]);
    expect(offer).toMatchObject({ safety: 'review', preferred: true });
    expect(offer.title).not.toContain('needs');
    expect(text).toContain('return fs_revocable_replace(file, &foo_frops, &foo->rp, 1);');
  });

  it('name what the tree lacks', async () => {
    const { offer } = await prove(tree(OWNED), 'unfenced-unregister', /needs the fs_revocable series/);
    expect(offer).toMatchObject({ safety: 'review', preferred: false, lacks: 'the fs_revocable series' });
  });
});
