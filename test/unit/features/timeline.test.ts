import { describe, expect, it } from 'vitest';
import type { Step, StepKind, Witness } from '../../../server/src/analysis/model.ts';
import { timelineOf, toldAt } from '../../../server/src/features/timeline.ts';
import { timelineSvg } from '../../../server/src/features/timeline-svg.ts';
import { FILE, findingOf, nodeOf, placeOf } from '../../support/fix-context.ts';
import { SAMPLE_DRIVER as SOURCE } from '../../support/sample-driver.ts';

const READ = placeOf(SOURCE, 'readl(foo->regs)', 'foo_read');
const UNREGISTER = placeOf(SOURCE, 'misc_deregister(&foo->misc)', 'foo_remove');

const step = (kind: StepKind, text: string, at = READ): Step => ({ kind, at, text });

const REMOVAL: Witness = {
  user: [step('entry', 'enters read'), step('use', 'uses <foo> & more')],
  teardown: [
    step('entry', 'enters remove', UNREGISTER),
    step('unregister', 'unregisters', UNREGISTER),
    step('free', 'frees', UNREGISTER),
    step('note', 'and only then waits', UNREGISTER),
  ],
  missing: 'nothing waits',
};

const orderOf = (witness: Witness): readonly string[] =>
  timelineOf('it breaks', witness, () => SOURCE).steps.map(({ lane, text, role }) => `${lane} ${text} ${role}`);

describe('timeline', () => {
  it('puts the use behind the death, and the missing fence before it', () => {
    const timeline = timelineOf('it breaks', REMOVAL, () => SOURCE);
    expect(orderOf(REMOVAL)).toEqual([
      '0 enters read step',
      '1 enters remove step',
      '1 unregisters step',
      '1 frees death',
      '0 uses <foo> & more late',
      '1 and only then waits step',
    ]);
    expect(timeline.missing).toEqual({ text: 'nothing waits', before: 3 });
    expect(timeline.lanes).toEqual(['fd user', 'teardown']);
    expect(timeline.steps[0]).toMatchObject({ place: 'foo.c:26 foo_read()', source: 'u32 value = readl(foo->regs);' });
  });

  it('lets the first thread come in between where the witness says so', () => {
    const between: Witness = { ...REMOVAL, threads: ['irq', 'teardown'], between: 2 };
    expect(orderOf(between).map((line) => line[0])).toEqual(['1', '1', '0', '0', '1', '1']);
    const timeline = timelineOf('it breaks', between, () => SOURCE);
    expect(timeline.lanes).toEqual(['interrupt', 'teardown']);
    expect(timeline.missing?.before).toBe(2);
  });

  it('tells a teardown that hangs from cause to effect', () => {
    const hangs: Witness = { ...REMOVAL, teardown: [step('entry', 'enters remove'), step('lock', 'waits for it')] };
    expect(orderOf(hangs).map((line) => line[0])).toEqual(['0', '0', '1', '1']);
    expect(orderOf(hangs)).not.toContain(expect.stringContaining('death'));
  });

  it('has one lane where one path is enough', () => {
    const path: Witness = { threads: ['path', 'teardown'], user: REMOVAL.user, teardown: [], missing: '' };
    const timeline = timelineOf('it breaks', path, () => SOURCE);
    expect(timeline.lanes).toEqual(['path']);
    expect(timeline.missing).toBeUndefined();
    expect(timelineSvg(timeline, { standalone: true, links: false })).not.toContain('race-fence"');
  });
});

describe('what is told at a place', () => {
  const node = nodeOf(SOURCE, {
    register: { call: 'misc_register(&foo->misc)', fn: 'foo_probe' },
    unregister: { call: 'misc_deregister(&foo->misc)', fn: 'foo_remove' },
    entries: { read: 'foo_read' },
    privateType: 'struct foo',
    races: [
      {
        operation: 'read',
        operationFn: 'foo_read',
        use: { at: READ, text: 'uses foo.regs' },
        object: { name: 'foo.regs', kind: 'resource', owner: 'devres', death: step('free', 'unmaps') },
        witness: REMOVAL,
        certainty: 'must',
      },
    ],
  });
  const at = (needle: string) => toldAt(FILE, placeOf(SOURCE, needle).span, [], [node]);

  it('is a finding, the ends of a node, or a step of its race', () => {
    const finding = { ...findingOf(UNREGISTER), text: 'the finding', witness: REMOVAL };
    expect(toldAt(FILE, UNREGISTER.span, [finding], [node])?.title).toBe('the finding');
    expect(at('misc_register(&foo->misc)')?.title).toMatch(/^vulnerable/);
    expect(at('readl(foo->regs)')?.witness).toBe(REMOVAL);
    expect(at('struct miscdevice misc')).toBeUndefined();
  });
});

describe('picture', () => {
  const draw = (links: boolean): string =>
    timelineSvg(
      timelineOf('it breaks', REMOVAL, () => SOURCE),
      { standalone: !links, links },
    );

  it('is well-formed, loads nothing and needs no inline style', () => {
    for (const svg of [draw(true), draw(false)]) {
      expect(svg).toContain('uses &lt;foo&gt; &amp; more');
      expect(svg).not.toMatch(/<script|style="|(?:src|href)="(?!#)/);
      const open = [...svg.matchAll(/<([a-z]+)(?=[\s>])[^>]*[^/>]>|<([a-z]+)>/g)].map((match) => match[1] ?? match[2]);
      const closed = [...svg.matchAll(/<\/([a-z]+)>/g)].map((match) => match[1]);
      expect(open.sort()).toEqual(closed.sort());
    }
  });

  it('can be read without seeing it', () => {
    const labels = [...draw(true).matchAll(/<a [^>]*aria-label="([^"]*)"/g)].map((match) => match[1]);
    expect(labels).toHaveLength(6);
    expect(labels[3]).toBe('Step 4, teardown: frees. foo.c:65 foo_remove()');
    expect(draw(true)).toContain('aria-label="It breaks. 6 steps of fd user and teardown. Missing: nothing waits."');
    expect(draw(false)).toMatch(
      /<desc>1\. fd user, foo\.c:26 foo_read\(\): enters read\..*Missing: nothing waits\.<\/desc>/,
    );
  });
});
