/** A small report for renderers: one race with both threads, one suppressed finding, one hint without a story. */
import type { Location } from '../../server/src/base/span.ts';
import { LineIndex } from '../../server/src/base/span.ts';
import type { ReportInput } from '../../server/src/cli/report-input.ts';
import type { DeviceNode } from '../../server/src/engine/api.ts';
import { emptyStats } from '../../server/src/engine/api.ts';
import { fingerprintsOf } from '../../server/src/engine/fingerprint.ts';
import { rules } from '../../server/src/rules/index.ts';
import type { Finding } from '../../server/src/rules/rule.ts';

export const REPORT_ROOT = '/src/tree';
const FILE = `${REPORT_ROOT}/drivers/a b/foo.c`;
const TEXT = `static int foo_read(void)
{
	use(priv->regs);
}

static void foo_remove(void)
{
	leave(&priv->misc);
	drop(priv); /* 100% <gone> */
}
`;

function at(needle: string, fn: string): Location {
  const start = TEXT.indexOf(needle);
  if (start < 0) throw new Error(`"${needle}" is not in the sample`);
  return { file: FILE, span: { start, end: start + needle.length }, fn };
}

const race: Finding = {
  rule: 'unfenced-unregister',
  message: 'race',
  text: 'leave() does not stop read, which uses <priv>',
  hint: 'fence it',
  at: at('leave(&priv->misc)', 'foo_remove'),
  severity: 'error',
  certainty: 'must',
  triggers: ['hot-unplug'],
  group: `${FILE}:foo_probe:enter:0`,
  fixes: [],
  witness: {
    user: [
      { kind: 'entry', at: at('foo_read', 'foo_read'), text: 'read enters foo_read()' },
      { kind: 'use', at: at('use(priv->regs)', 'foo_read'), text: 'uses priv->regs' },
    ],
    teardown: [
      { kind: 'unregister', at: at('leave(&priv->misc)', 'foo_remove'), text: 'the node goes' },
      { kind: 'free', at: at('drop(priv)', 'foo_remove'), text: 'priv goes, 100%' },
    ],
    missing: 'nothing makes foo_remove() wait',
  },
};

const { witness: _witness, ...bare } = race;

const hint: Finding = {
  ...bare,
  rule: 'missing-fops-owner',
  text: 'owner is missing',
  severity: 'hint',
  certainty: 'may',
  at: at('use(priv->regs)', 'foo_read'),
};

const suppressed: Finding = {
  ...hint,
  rule: 'missing-try-access',
  text: 'accepted',
  severity: 'warning',
  certainty: 'must',
};

const node: DeviceNode = {
  id: 'foo.c:foo_probe:enter:0',
  kind: 'misc',
  register: { api: 'enter', fn: 'foo_probe', at: at('static int', 'foo_probe') },
  operations: { name: 'foo_fops', entries: { read: 'foo_read' }, owner: 'missing' },
  teardown: 'driver-remove',
  contexts: [],
  triggers: ['hot-unplug'],
  verdict: 'vulnerable',
  fences: [],
  evidence: [],
  races: [],
  ownerMissing: true,
  blockingWaits: [],
  unknowns: [],
};

export function sampleReport(): ReportInput {
  const [first, second, third] = fingerprintsOf([race, hint, suppressed], REPORT_ROOT);
  if (first === undefined || second === undefined || third === undefined) throw new Error('three fingerprints');
  return {
    version: '1.2.3',
    rules,
    findings: [
      { finding: race, fingerprint: first },
      { finding: hint, fingerprint: second },
    ],
    suppressed: [{ finding: suppressed, fingerprint: third, kind: 'comment', reason: 'known' }],
    fixed: [],
    notes: [{ at: at('drop(priv)', 'foo_remove'), reason: 'not needed', kind: 'suppression' }],
    nodes: [node],
    failures: [{ file: `${REPORT_ROOT}/bad.c`, reason: 'binary file', internal: false }],
    stats: { ...emptyStats(), files: 2, parsed: 1, modules: 1, nodes: 1, functions: 2, elapsed: 12 },
    sources: new Map([[FILE, { text: TEXT, lines: new LineIndex(TEXT) }]]),
    root: REPORT_ROOT,
    complete: true,
  };
}
