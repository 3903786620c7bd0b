import { describe, expect, it } from 'vitest';
import { fingerprintsIn } from '../../../server/src/cli/baseline.ts';
import { renderGithub } from '../../../server/src/cli/render-github.ts';
import { renderHtml } from '../../../server/src/cli/render-html.ts';
import { renderJson } from '../../../server/src/cli/render-json.ts';
import { renderSarif } from '../../../server/src/cli/render-sarif.ts';
import { renderSummary, renderText } from '../../../server/src/cli/render-text.ts';
import { shortened } from '../../../server/src/cli/report-input.ts';
import { sampleReport } from '../../support/reports.ts';

describe('text', () => {
  it('is one line an editor can read, then the story', () => {
    expect(renderText(sampleReport(), { colour: false })).toMatchInlineSnapshot(`
      "drivers/a b/foo.c:8:2: error: leave() does not stop read, which uses <priv> [unfenced-unregister]
        fd user
          drivers/a b/foo.c:1: foo_read() read enters foo_read()
              static int foo_read(void)
          drivers/a b/foo.c:3: foo_read() uses priv->regs
              use(priv->regs);
        teardown
          drivers/a b/foo.c:8: foo_remove() the node goes
              leave(&priv->misc);
          drivers/a b/foo.c:9: foo_remove() priv goes, 100%
              drop(priv); /* 100% <gone> */
        missing: nothing makes foo_remove() wait
        hint: fence it

      drivers/a b/foo.c:3:2: hint: owner is missing [missing-fops-owner]
        not certain: it depends on something that was not understood
          use(priv->regs);
        hint: fence it

      drivers/a b/foo.c:9:2: note: not needed
      "
    `);
  });

  it('has colours only where they are asked for, and the same words', () => {
    const coloured = renderText(sampleReport(), { colour: true });
    expect(coloured).toContain('\u001b[31m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes are what is taken away
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(renderText(sampleReport(), { colour: false }));
  });

  it('says nothing when there is nothing', () => {
    expect(renderText({ ...sampleReport(), findings: [], notes: [] }, { colour: false })).toBe('');
  });

  it('sums up', () => {
    const report = sampleReport();
    expect(renderSummary(report)).toBe('1 error, 1 hint, 1 suppressed');
    expect(renderSummary({ ...report, findings: [], suppressed: [], complete: false })).toBe(
      'nothing found (stopped before the end)',
    );
  });
});

describe('github', () => {
  it('is one command a finding, escaped', () => {
    expect(renderGithub(sampleReport())).toMatchInlineSnapshot(`
      "::error file=drivers/a b/foo.c,line=8,endLine=8,col=2,title=unfenced-unregister::leave() does not stop read, which uses <priv>%0Anothing makes foo_remove() wait%0Afence it
      ::notice file=drivers/a b/foo.c,line=3,endLine=3,col=2,title=missing-fops-owner::owner is missing%0Afence it
      "
    `);
  });
});

describe('json', () => {
  it('has the places, the story and the fingerprints', () => {
    const report = JSON.parse(renderJson(sampleReport()));
    expect(report.findings).toHaveLength(2);
    expect(report.findings[0]).toMatchObject({
      rule: 'unfenced-unregister',
      file: 'drivers/a b/foo.c',
      line: 8,
      column: 2,
      fn: 'foo_remove',
      witness: { missing: 'nothing makes foo_remove() wait' },
    });
    expect(report.findings[0].witness.user[1]).toMatchObject({ line: 3, source: 'use(priv->regs);', kind: 'use' });
    expect(report.suppressed[0].suppression).toEqual({ kind: 'comment', reason: 'known' });
  });
});

describe('html', () => {
  const page = renderHtml(sampleReport());

  it('needs nothing else and escapes the source', () => {
    expect(page).not.toMatch(/(?:src|href)=/);
    expect(page).toContain('uses &lt;priv&gt;');
    expect(page).toContain('/* 100% &lt;gone&gt; */');
    expect(page).not.toContain('<gone>');
  });

  it('shows both threads and what could not be checked', () => {
    expect(page).toMatch(/class="race-lane race-first">fd user</);
    expect(page).toMatch(/class="race-lane race-second">teardown</);
    expect(page).toContain('binary file');
  });

  it('has the lines around each place, counts by subsystem and rule, and every node', () => {
    expect(page).toContain('<mark>    8  \tleave(&amp;priv-&gt;misc);</mark>');
    expect(page).toContain('    9  \tdrop(priv);');
    const counts = [...page.matchAll(/<tr><th scope="row">.*?<\/tr>/g)].map(([row]) =>
      [...row.matchAll(/<t[hd].*?>(.*?)<\/t[hd]>/g)].map(([, cell]) => cell?.replace(/<[^>]+>/g, '')),
    );
    expect(counts).toEqual([
      ['drivers/a b/', '1', '', '1', '1', '', ''],
      ['missing-fops-owner', '', '', '1'],
      ['unfenced-unregister', '1', '', ''],
    ]);
    expect(page).toMatch(/drivers\/a b\/foo.c:1<\/code>.*?vulnerable.*?driver-remove/);
  });
});

describe('baseline', () => {
  it('reads the same fingerprints from JSON and SARIF', () => {
    const { findings } = sampleReport();
    const report = { ...sampleReport(), suppressed: [] };
    const expected = new Set(findings.map(({ fingerprint }) => fingerprint.finding));
    expect(fingerprintsIn(JSON.parse(renderJson(report)))).toEqual(expected);
    expect(fingerprintsIn(JSON.parse(renderSarif(report)))).toEqual(expected);
  });

  it('is not any other JSON', () => {
    for (const value of [null, 1, [], {}, { results: [] }]) expect(fingerprintsIn(value)).toBeUndefined();
  });
});

describe('long stories', () => {
  it('keep their beginning and their end', () => {
    const steps = Array.from({ length: 40 }, (_, index) => index);
    expect(shortened(steps, 5)).toEqual([0, 1, 2, 38, 39]);
    expect(shortened(steps.slice(0, 5), 5)).toEqual([0, 1, 2, 3, 4]);
  });
});
