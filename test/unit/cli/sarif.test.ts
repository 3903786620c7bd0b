/** SARIF output against the schema of SARIF 2.1.0 (test/support/sarif-2.1.0.schema.json is the published schema). */
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import type { Log } from 'sarif';
import { describe, expect, it } from 'vitest';
import { renderSarif } from '../../../server/src/cli/render-sarif.ts';
import { sampleReport } from '../../support/reports.ts';
import { ROOT } from '../../support/repository.ts';

function createValidator(): (value: unknown) => readonly string[] {
  const {
    id: _id,
    $schema: _schema,
    ...schema
  } = JSON.parse(readFileSync(`${ROOT}/test/support/sarif-2.1.0.schema.json`, 'utf8'));
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  ajv.addFormat('uri', (text: string) => URL.canParse(text));
  ajv.addFormat('uri-reference', (text: string) => URL.canParse(text, 'file:///base/'));
  ajv.addFormat('date-time', (text: string) => !Number.isNaN(Date.parse(text)));
  const validate = ajv.compile(schema);
  return (value) => {
    validate(value);
    return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
  };
}

describe('SARIF', () => {
  const log = JSON.parse(renderSarif(sampleReport())) as Log;
  const run = log.runs[0];

  it('is valid', () => {
    expect(createValidator()(log)).toEqual([]);
  });

  it('is checked by a schema that can say no', () => {
    expect(createValidator()({ ...log, version: '9' }).length).toBeGreaterThan(0);
    expect(createValidator()({ ...log, runs: [{ ...run, results: [{ level: 'error' }] }] }).length).toBeGreaterThan(0);
  });

  it('names the function, and a path below the root, encoded', () => {
    const location = run?.results?.[0]?.locations?.[0];
    expect(location?.logicalLocations?.[0]?.name).toBe('foo_remove');
    expect(location?.physicalLocation?.artifactLocation).toEqual({
      uri: 'drivers/a%20b/foo.c',
      uriBaseId: '%SRCROOT%',
    });
    expect(location?.physicalLocation?.region).toEqual({ startLine: 8, startColumn: 2, endLine: 8, endColumn: 20 });
  });

  it('tells the race as one code flow with two thread flows', () => {
    const flows = run?.results?.[0]?.codeFlows;
    expect(flows).toHaveLength(1);
    expect(
      flows?.[0]?.threadFlows.map((flow) => flow.locations.map(({ location }) => location?.message?.text)),
    ).toEqual([
      ['read enters foo_read()', 'uses priv->regs'],
      ['the node goes', 'priv goes, 100%'],
    ]);
  });

  it('keeps threads at 15 steps', () => {
    const report = sampleReport();
    const findings = report.findings.map(({ finding, fingerprint }) => {
      const { witness } = finding;
      const step = witness?.user[0];
      if (witness === undefined || step === undefined) return { finding, fingerprint };
      return {
        fingerprint,
        finding: { ...finding, witness: { ...witness, user: Array.from({ length: 40 }, () => step) } },
      };
    });
    const long = JSON.parse(renderSarif({ ...report, findings })) as Log;
    expect(long.runs[0]?.results?.[0]?.codeFlows?.[0]?.threadFlows[0]?.locations).toHaveLength(15);
  });

  it('marks hints as notes and accepted findings as suppressed', () => {
    expect(run?.results?.map(({ level, suppressions }) => [level, suppressions?.[0]?.justification])).toEqual([
      ['error', undefined],
      ['note', undefined],
      ['warning', 'known'],
    ]);
  });

  it('describes every rule with help and tags', () => {
    const described = run?.tool.driver.rules ?? [];
    expect(described.length).toBe(sampleReport().rules.length);
    for (const rule of described) {
      expect(rule.help?.text).not.toBe('');
      expect(rule.properties?.tags?.length).toBeGreaterThan(0);
    }
    for (const result of run?.results ?? []) expect(described[result.ruleIndex ?? -1]?.id).toBe(result.ruleId);
  });

  it('says when it is not complete or the analyser failed', () => {
    const succeeded = (change: object): boolean | undefined =>
      (JSON.parse(renderSarif({ ...sampleReport(), ...change })) as Log).runs[0]?.invocations?.[0]?.executionSuccessful;
    expect(succeeded({})).toBe(true);
    expect(succeeded({ complete: false })).toBe(false);
    expect(succeeded({ failures: [{ file: '/x', reason: 'r', internal: true }] })).toBe(false);
  });
});
