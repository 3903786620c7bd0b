import { describe, expect, it } from 'vitest';
import type { DeviceNode, FunctionFacts, ModuleAnalysis, Race } from '../../../server/src/analysis/model.ts';
import { offersFor, resolveOffer } from '../../../server/src/features/code-actions.ts';
import { explainLine } from '../../../server/src/features/explain.ts';
import { renderHover } from '../../../server/src/features/hover.ts';
import { inlayHintsFor } from '../../../server/src/features/inlay-hints.ts';
import { lensesFor } from '../../../server/src/features/lenses.ts';
import { Knowledge } from '../../../server/src/knowledge/lookup.ts';
import type { Finding, Fix, FixResult, Rule } from '../../../server/src/rules/rule.ts';
import { analysisOf, FILE, findingOf, fixContext, moduleOf, nodeOf, placeOf } from '../../support/fix-context.ts';
import { SAMPLE_DRIVER as SOURCE } from '../../support/sample-driver.ts';

const USE = placeOf(SOURCE, 'readl(foo->regs)', 'foo_read');
const DEATH = placeOf(SOURCE, 'misc_deregister(&foo->misc)', 'foo_remove');

const RACE: Race = {
  operation: 'read',
  operationFn: 'foo_read',
  use: { at: USE, text: 'uses foo.regs' },
  object: {
    name: 'foo.regs',
    kind: 'resource',
    owner: 'devres',
    death: { kind: 'free', at: DEATH, text: 'devres unmaps foo.regs' },
  },
  witness: {
    user: [{ kind: 'use', at: USE, text: 'foo_read() uses foo.regs' }],
    teardown: [{ kind: 'unregister', at: DEATH, text: 'stops new opens' }],
    missing: 'nothing makes foo_remove() wait for foo_read()',
  },
  certainty: 'must',
};

const NODE = nodeOf(SOURCE, {
  register: { call: 'misc_register(&foo->misc)', fn: 'foo_probe' },
  unregister: { call: 'misc_deregister(&foo->misc)', fn: 'foo_remove' },
  entries: { open: 'foo_open', read: 'foo_read' },
  privateType: 'struct foo',
  races: [RACE],
});

const FUNCTIONS: readonly FunctionFacts[] = [
  { name: 'foo_read', at: placeOf(SOURCE, 'foo_read'), contexts: ['file-operation'], protectedBy: ['foo.lock'] },
  { name: 'foo_remove', at: placeOf(SOURCE, 'foo_remove'), contexts: ['teardown'], protectedBy: [] },
];

const OBJECT = {
  type: 'struct foo',
  owner: 'devres',
  allocatedAt: [],
  freedAt: [],
  because: 'devm_kzalloc() in foo_probe()',
} as const;

function analysis(node: DeviceNode = NODE): ModuleAnalysis {
  return analysisOf([node], [OBJECT], FUNCTIONS);
}

function hover(needle: string, source = SOURCE, inside = 0): string | undefined {
  const [unit] = moduleOf(source).units;
  if (unit === undefined) throw new Error('the module has no unit');
  const offset = placeOf(source, needle).span.start + inside;
  return renderHover({
    unit,
    analysis: analysis(),
    knowledge: Knowledge.builtin(),
    offset,
    generations: ['G4', 'none'],
    text: () => source,
  })?.markdown;
}

describe('hover', () => {
  it('says what a call does not stop, what the driver must do, and where that was read', () => {
    const text = hover('misc_deregister');
    expect(text).toMatch(/Stops new opens only/);
    expect(text).toMatch(/an open\(\) in progress is waited for/);
    expect(text).toMatch(/drivers\/char\/misc\.c` `misc_deregister\(\)` \([^)]*6\.12/);
  });

  it('says how the node of a register call fares', () => {
    const text = hover('misc_register(');
    expect(text).toMatch(/\*\*Vulnerable: read touches foo\.regs after it is gone\*\*/);
    expect(text).toContain('Triggers: unbind through sysfs.');
    expect(text).toContain('[foo.c:26](file:///tree/drivers/fixture/foo.c#L26)');
  });

  it('says what runs beside an operation, and beside teardown', () => {
    const read = hover('foo_read(struct');
    expect(read).toContain('May run at the same time as `foo_remove`');
    expect(read).toContain('**Protected by**\n- `foo.lock`');
    expect(hover('foo_remove(struct')).toContain('and before, `foo_read`');
  });

  it('tells the generations of the revocable API apart', () => {
    const call = `${SOURCE}int f(void *x)\n{\n\treturn revocable_alloc(x) != 0;\n}\n`;
    const text = hover('revocable_alloc', call);
    expect(text).toContain('**G1, G2, G3**: `struct revocable *revocable_alloc(struct revocable_provider *rp)`');
    expect(text).toMatch(/\*\*G5, G6, G7, G8\*\*: `struct revocable \*revocable_alloc\(void \*res\)`/);
    expect(text).toContain('This tree has none of these.');
    const macro = `${SOURCE}void f(void)\n{\n\tREVOCABLE_TRY_ACCESS_WITH(a, b);\n}\n`;
    expect(hover('REVOCABLE_TRY_ACCESS_WITH', macro)).toMatch(
      /In this tree \(G4\)\*\*: opens a section[\s\S]*\*\*G2\*\*: guards the block/,
    );
  });

  it('answers at the end of a word, and nowhere else than on code', () => {
    expect(hover('misc_deregister(&', SOURCE, 'misc_deregister'.length)).toBeDefined();
    expect(hover('/* misc_deregister */', `${SOURCE}/* misc_deregister */`, 5)).toBeUndefined();
    expect(hover('"misc_deregister"', `${SOURCE}char *x = "misc_deregister";`, 3)).toBeUndefined();
    expect(hover('u32 value')).toBeUndefined();
  });

  it("does not take the driver's own function for the kernel's", () => {
    const own = `${SOURCE}\nstatic void kfree(void *p)\n{\n}\n`;
    expect(hover('kfree(void', own)).toBeUndefined();
  });
});

describe('lenses', () => {
  it('stand at both ends of a node', () => {
    const lenses = lensesFor(FILE, analysis());
    expect(lenses.map((lens) => SOURCE.slice(lens.span.start, lens.span.end))).toEqual([
      'misc_register(&foo->misc)',
      'misc_deregister(&foo->misc)',
    ]);
    expect(lenses.map((lens) => lens.title)).toEqual([
      'vulnerable: read touches foo.regs after it is gone',
      'after this: 1 operation can still run, none fenced',
    ]);
    expect(lensesFor('/elsewhere.c', analysis())).toEqual([]);
  });

  it('give the fence of a safe node and the reason of an undecided one', () => {
    const safe: DeviceNode = { ...NODE, verdict: 'safe', fences: ['lock-flag'], races: [] };
    expect(lensesFor(FILE, analysis(safe))[0]?.title).toBe('safe: fenced by lock-flag: a lock and a gone flag');
    const named: DeviceNode = { ...safe, guards: ['rwsem foo.gone_sem'] };
    expect(lensesFor(FILE, analysis(named))[1]?.title).toBe('fenced by lock-flag: rwsem foo.gone_sem');
    const builtin: DeviceNode = { ...safe, fences: ['builtin'] };
    expect(lensesFor(FILE, analysis(builtin))[1]?.title).toMatch(/^needs no fence: built in/);
    const open: DeviceNode = {
      ...NODE,
      verdict: 'unknown',
      races: [],
      unknowns: [{ at: USE, reason: 'foo() is not known' }],
    };
    expect(lensesFor(FILE, analysis(open))[0]?.title).toBe('not decided: foo() is not known');
  });
});

describe('lenses of a node that is fenced in part', () => {
  it('count what can still run and name what nothing fences', () => {
    const entries = {
      owner: 'THIS_MODULE',
      open: 'foo_open',
      read: 'foo_read',
      poll: 'foo_poll',
      release: 'foo_release',
    };
    const node: DeviceNode = { ...NODE, operations: { ...NODE.operations, entries } };
    expect(lensesFor(FILE, analysis(node))[1]?.title).toBe('after this: 3 operations can still run, 1 unfenced: read');
    const hangs: DeviceNode = {
      ...node,
      blockingWaits: [
        {
          kind: 'blocks',
          operation: 'read',
          at: USE,
          text: 'wait_event',
          fence: 'foo.sem',
          witness: RACE.witness,
          certainty: 'must',
        },
      ],
    };
    expect(lensesFor(FILE, analysis(hangs))[1]?.title).toMatch(/; unbind may hang$/);
  });
});

describe('inlay hints', () => {
  const whole = { start: 0, end: SOURCE.length };
  it('stand behind uses that nothing fences, or behind the fence', () => {
    const [hint] = inlayHintsFor(FILE, whole, analysis());
    expect(hint).toMatchObject({ offset: USE.span.end, label: 'foo.regs may be gone' });
    const safe: DeviceNode = {
      ...NODE,
      verdict: 'safe',
      fences: ['lock-flag'],
      guards: ['rwsem foo.gone_sem'],
      races: [],
      evidence: [{ kind: 'lock', at: USE, text: 'this use is inside the section' }],
    };
    expect(inlayHintsFor(FILE, whole, analysis(safe))[0]?.label).toBe('fenced: rwsem foo.gone_sem');
    expect(inlayHintsFor(FILE, { start: 0, end: 10 }, analysis())).toEqual([]);
  });
});

describe('explain', () => {
  const explain = (needle: string, findings: readonly Finding[] = []): string => {
    const [unit] = moduleOf(SOURCE).units;
    if (unit === undefined) throw new Error('the module has no unit');
    const line = SOURCE.slice(0, placeOf(SOURCE, needle).span.start).split('\n').length - 1;
    return explainLine({ unit, analysis: analysis(), findings, suppressed: [], line, text: () => SOURCE });
  };

  it('tells both threads, what is missing, and who owns the object', () => {
    const text = explain('readl(foo->regs)');
    expect(text).toContain('*fd user*\n- [foo.c:26]');
    expect(text).toContain('Missing: Nothing makes foo_remove() wait for foo_read().');
    expect(text).toContain(
      '`struct foo`**: devres frees it right after remove() returns. devm_kzalloc() in foo_probe()',
    );
  });

  it('says what is reported on the line', () => {
    expect(explain('misc_deregister', [findingOf(DEATH, NODE)])).toContain(
      '**Reported** as `unfenced-unregister` (warning)',
    );
  });

  it('says so when nothing is known of a line', () => {
    expect(explain('MODULE_LICENSE')).toContain('lies in no function that was understood');
    expect(explain('struct foo *foo;\n\tint ret;')).toContain('which no device node of `foo` is known to reach');
  });
});

describe('code actions', () => {
  const at = DEATH;
  const fix = (result: FixResult, more: Partial<Fix> = {}): Fix => ({
    title: 'Do it',
    safety: 'safe',
    offered: () => true,
    preferred: () => true,
    edit: () => result,
    ...more,
  });
  const edits: FixResult = { kind: 'edits', edits: [{ file: FILE, span: at.span, text: '' }] };
  const finding: Finding = { ...findingOf(at, NODE), fixes: ['one', 'two', 'three', 'gone'] };
  const rule = (fixes: Record<string, Fix>): Rule => ({
    id: finding.rule,
    since: 'next',
    status: 'preview',
    severity: 'warning',
    languages: ['c'],
    facts: 'nodes',
    summary: '',
    why: '',
    remedy: '',
    limits: '',
    references: [],
    messages: {},
    hint: '',
    fixes,
    run: () => [],
  });
  const context = (fixes: Record<string, Fix>) => ({
    rules: [rule(fixes)],
    contextOf: (found: Finding) => fixContext(SOURCE, found),
  });

  it('are offered where the cursor touches the finding', () => {
    const ctx = context({ one: fix(edits), two: fix(edits) });
    const offers = offersFor([finding], { start: at.span.end, end: at.span.end }, ctx);
    expect(offers.map((offer) => offer.preferred)).toEqual([true, false]);
    expect(new Set(offers.map((offer) => offer.id)).size).toBe(2);
    expect(offersFor([finding], { start: 0, end: 1 }, ctx)).toEqual([]);
    expect(resolveOffer(offers[1]?.id ?? '', [finding], ctx)).toEqual(edits);
    expect(resolveOffer('other', [finding], ctx)).toBeUndefined();
  });

  it('show why they are disabled, and stay away when they have nothing to do', () => {
    const ctx = context({
      one: fix({ kind: 'disabled', reason: 'no open' }),
      two: fix({ kind: 'none' }),
      three: fix(edits, { offered: () => false }),
    });
    const offers = offersFor([finding], at.span, ctx);
    expect(offers).toHaveLength(1);
    expect(offers[0]).toMatchObject({ disabled: 'no open', preferred: false });
  });
});
