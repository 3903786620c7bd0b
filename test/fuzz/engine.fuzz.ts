/** Damaged drivers through dialect pass, parser, lowering, analysis, rules, fixes and hover: nothing fails, every edit fits. */
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { applyEdits, checkFixtureFolder, openTree, pathInTree, TREE } from '../support/engine.ts';
import { offeredFixes } from '../support/fixes.ts';
import { budget, damaged } from './damage.ts';

const counts = { drivers: 0, findings: 0, fixes: 0 };
afterAll(() => console.log(`engine: ${counts.drivers} drivers, ${counts.findings} findings, ${counts.fixes} fixes`));

it.each(['.c', '.rs'] as const)('%s', async (ending) => {
  await fc.assert(
    fc.asyncProperty(damaged(ending), fc.nat(1e6), async ({ text }, anywhere) => {
      const path = pathInTree(`x${ending}`);
      const files = new Map([
        [`${TREE}/MAINTAINERS`, ''],
        [`${TREE}/Kbuild`, ''],
        [path, text],
      ]);
      const engine = await openTree(files);
      const reports = await checkFixtureFolder(engine);
      const fixes = await offeredFixes(engine, reports);
      for (const { edits } of fixes) {
        for (const { file, span } of edits) {
          const length = files.get(file)?.length ?? -1;
          expect(span.start).toBeGreaterThanOrEqual(0);
          expect(span.end).toBeGreaterThanOrEqual(span.start);
          expect(span.end).toBeLessThanOrEqual(length);
        }
        applyEdits(files, edits);
      }
      await engine.hover(path, anywhere % (text.length + 1));
      counts.drivers++;
      counts.findings += reports.flatMap((report) => report.files).flatMap((file) => file.findings).length;
      counts.fixes += fixes.length;
    }),
    budget(),
  );
});
