/**
 * Runs every fixture through the real engine. Markers are what people promise and are compared strictly both ways; the
 * snapshot beside a fixture (`case.out`) shows the whole report and is refreshed with `vitest -u`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { LineIndex } from '../server/src/base/span.ts';
import type { Engine, ModuleReport, Settings } from '../server/src/engine/api.ts';
import { rules } from '../server/src/rules/index.ts';
import type { Files } from './support/engine.ts';
import { checkFixtureFolder, filesOfFixture, modulesSelectedFor, nameInFixture, openTree } from './support/engine.ts';
import { applyFirstFixes, offeredFixes, proveFix, proveLayout } from './support/fixes.ts';
import type { Fixture, Reported } from './support/fixtures.ts';
import { compareFindings, parseFixture } from './support/fixtures.ts';
import { renderReports } from './support/render-reports.ts';
import { ROOT } from './support/repository.ts';

const FIXTURES = join(ROOT, 'test/fixtures');
/** Cases that are not about one rule. */
const TRAPS = 'traps';

const folders = readdirSync(FIXTURES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

function casesIn(folder: string): string[] {
  return readdirSync(join(FIXTURES, folder))
    .filter((name) => /\.(c|rs)$/.test(name) && !/\.fixed\.(c|rs)$/.test(name))
    .sort();
}

/** A case may stand there in both languages. */
function snapshotOf(path: string): string {
  return path.endsWith('.rs') ? `${path}.out` : path.replace(/\.c$/, '.out');
}

function reportedBy(reports: readonly ModuleReport[], files: Files): Reported[] {
  return reports
    .flatMap((report) => report.files)
    .flatMap((report) => report.findings)
    .map(({ at, rule, message }) => ({
      file: nameInFixture(at.file),
      line: new LineIndex(files.get(at.file) ?? '').positionAt(at.span.start).line,
      rule,
      message,
    }));
}

/** A batch run for one rule parses the modules in which that rule finds something. */
async function expectSelected(engine: Engine, reports: readonly ModuleReport[]): Promise<void> {
  const missed: string[] = [];
  for (const rule of rules) {
    const found = reports.filter((report) =>
      report.files.some((file) => file.findings.some((f) => f.rule === rule.id && f.certainty === 'must')),
    );
    if (found.length === 0) continue;
    const selected = await modulesSelectedFor(engine, rule.id);
    missed.push(...found.filter((report) => !selected.includes(report.module)).map((r) => `${rule.id}: ${r.module}`));
  }
  expect(missed).toEqual([]);
}

/** Known wrong answers of all fixtures, for the summary. */
const known = { FP: 0, FN: 0 };

function countKnown(fixture: Fixture): void {
  for (const { known: kind } of fixture.expectations) if (kind !== undefined) known[kind] += 1;
}

it('sees the fixtures', () => {
  expect(folders.length).toBeGreaterThan(4);
  expect(folders.filter((folder) => folder !== TRAPS && !rules.some((rule) => rule.id === folder))).toEqual([]);
});

describe.each(folders)('%s', (folder) => {
  it.each(casesIn(folder))('%s', async (name) => {
    const path = join(FIXTURES, folder, name);
    const fixture = parseFixture(name, readFileSync(path, 'utf8'));
    countKnown(fixture);
    const files = filesOfFixture(fixture);
    const settings: Partial<Settings> = fixture.options ?? {};
    const engine = await openTree(files, settings);
    const reports = await checkFixtureFolder(engine);
    expect(compareFindings(fixture.expectations, reportedBy(reports, files))).toEqual([]);
    await expectSelected(engine, reports);

    const fixes = await offeredFixes(engine, reports);
    for (const fix of fixes) {
      if (fix.offer.disabled === undefined) expect(await proveFix(files, reports, fix, settings)).toEqual([]);
    }
    const titles = new Set<string>();
    for (const fix of fixes) {
      // What one fix does to the text around it, it does at each of its findings.
      if (fix.offer.disabled !== undefined || titles.has(fix.offer.title)) continue;
      titles.add(fix.offer.title);
      expect(await proveLayout(files, fix, settings)).toEqual([]);
    }
    const fixedPath = path.replace(/\.(c|rs)$/, '.fixed.$1');
    if (existsSync(fixedPath)) {
      const expected = filesOfFixture(parseFixture(name, readFileSync(fixedPath, 'utf8')));
      expect(Object.fromEntries(await applyFirstFixes(files, settings))).toEqual(Object.fromEntries(expected));
    }

    const report = renderReports(
      reports,
      files,
      fixes.map((fix) => fix.offer),
    );
    await expect(report).toMatchFileSnapshot(snapshotOf(path));
  });

  it('has no snapshot or fixed version without its fixture', () => {
    const orphans = readdirSync(join(FIXTURES, folder)).filter((name) => {
      const stem = basename(name)
        .replace(/(\.rs)?\.out$/, '')
        .replace(/(\.fixed)?\.(c|rs)$/, '');
      return !['.c', '.rs'].some((extension) => existsSync(join(FIXTURES, folder, stem + extension)));
    });
    expect(orphans).toEqual([]);
  });
});

afterAll(() => {
  console.log(`fixtures: ${known.FP} known false positives (FP), ${known.FN} known misses (FN)`);
});
