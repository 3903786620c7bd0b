/** Every rule of the revocable family in every generation: the right driver has no finding, the wrong one just its own. */
import { describe, expect, it } from 'vitest';
import type { RevocableGeneration } from '../../../../server/src/knowledge/revocable-generations.ts';
import { revocableGenerations } from '../../../../server/src/knowledge/revocable-generations.ts';
import { checkFixtureFolder, openTree, pathInTree, TREE } from '../../../support/engine.ts';
import type { Flaw } from '../../../support/revocable-driver.ts';
import { gaugeDriver } from '../../../support/revocable-driver.ts';

const RULES: Readonly<Record<Flaw, string>> = {
  'no test': 'unchecked-try-access',
  'left open': 'unbalanced-try-access',
  'left twice': 'unbalanced-try-access',
  'used after': 'use-after-withdraw',
  'handle kept': 'revocable-leak',
  'never revoked': 'revocable-leak',
  'reference kept': 'revocable-leak',
  'revoked twice': 'use-after-withdraw',
  'made after': 'use-after-withdraw',
  'revoked inside': 'revoke-inside-access',
  'jumped over': 'jump-over-try-access',
  'hidden loop': 'jump-over-try-access',
  unbraced: 'jump-over-try-access',
  'shared handle': 'shared-revocable-handle',
  'foreign name': 'wrong-revocable-generation',
};

/** `rule:line`, of the family only: what never being revoked does to the node is told by the removal rules. */
async function findings(core: RevocableGeneration, driver: string): Promise<readonly string[]> {
  const engine = await openTree(
    new Map([
      [`${TREE}/MAINTAINERS`, ''],
      [`${TREE}/Kbuild`, ''],
      [pathInTree('gauge.c'), driver],
    ]),
    { api: core.id },
  );
  const family = new Set(Object.values(RULES));
  const found = (await checkFixtureFolder(engine)).flatMap((report) => report.files.flatMap((file) => file.findings));
  return found
    .filter((finding) => family.has(finding.rule))
    .map((finding) => `${finding.rule}:${driver.slice(0, finding.at.span.start).split('\n').length}`);
}

describe.each(Object.values(revocableGenerations).map((core) => [core.id, core] as const))('%s', (_id, core) => {
  it('right', async () => {
    expect(await findings(core, gaugeDriver(core) ?? '')).toEqual([]);
  });

  const flaws = (Object.keys(RULES) as Flaw[]).filter((flaw) => gaugeDriver(core, flaw) !== undefined);
  it.each(flaws.map((flaw) => [`${RULES[flaw]}: ${flaw}`, flaw] as const))('%s', async (_title, flaw) => {
    const driver = gaugeDriver(core, flaw) ?? '';
    const line = driver.slice(0, driver.indexOf('//~')).split('\n').length;
    expect(await findings(core, driver)).toEqual([`${RULES[flaw]}:${line}`]);
  });
});
