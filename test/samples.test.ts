/** The demonstration keeps its promise: every sample shows its bug, and its repaired twin shows nothing. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkFixtureFolder, filesOfFixture, openTree } from './support/engine.ts';
import { filesUnder, ROOT } from './support/repository.ts';

/** Sample → the rule that tells its story. */
const STORIES: Readonly<Record<string, string>> = {
  blinker_usb: 'unfenced-unregister',
  button_misc: 'blocking-wait-in-fence',
  dice_module: 'missing-fops-owner',
  gauge_misc: 'unfenced-unregister',
  hubport_misc: 'unfenced-unregister',
  ledger_misc: 'check-then-use',
  relay_cdev: 'unfenced-unregister',
  thermo_misc: 'unfenced-unregister',
  tuner_session: 'unfenced-unregister',
};

async function check(name: string): Promise<{ rules: string[]; verdicts: string[]; notes: string[] }> {
  const text = readFileSync(`${ROOT}/samples/drivers/${name}.c`, 'utf8');
  const files = filesOfFixture({ files: [{ name: `${name}.c`, text }], expectations: [], kernel: '6.12' });
  const reports = await checkFixtureFolder(await openTree(files));
  const inFiles = reports.flatMap((report) => report.files);
  return {
    rules: inFiles.flatMap((report) => report.findings.map((finding) => finding.rule)),
    verdicts: reports.flatMap((report) => report.analysis.nodes.map((node) => node.verdict)),
    notes: inFiles.flatMap((report) => report.notes.map((note) => note.reason)),
  };
}

describe('samples', () => {
  it('are all listed', () => {
    const stems = filesUnder('samples/drivers', '.c').map((path) =>
      path
        .split('/')
        .at(-1)
        ?.replace(/(_fixed)?\.c$/, ''),
    );
    expect([...new Set(stems)].sort()).toEqual(Object.keys(STORIES).sort());
  });

  it.each(Object.entries(STORIES))('%s shows %s', async (name, rule) => {
    expect((await check(name)).rules).toContain(rule);
  });

  it.each(Object.keys(STORIES))('%s_fixed is clean, and understood', async (name) => {
    expect(await check(`${name}_fixed`)).toEqual({ rules: [], verdicts: ['safe'], notes: [] });
  });
});
