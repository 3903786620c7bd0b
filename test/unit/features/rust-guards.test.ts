/** Where guards of all kinds are dropped: the hint stands on each line that is marked, and the hover names it. */
import { describe, expect, it } from 'vitest';
import { FIXTURE_FOLDER, filesOfFixture, openTree } from '../../support/engine.ts';
import { parseFixture } from '../../support/fixtures.ts';

const FILE = `${FIXTURE_FOLDER}/dial.rs`;

/** `// drop`: a guard ends on this line; the last brace is that of the function. */
const KINDS: readonly (readonly [kind: string, body: string])[] = [
  [
    'a variable, at the end of its block',
    'let regs = self.regs.try_access().ok_or(ENXIO)?;\nregs.stop();\nOk(())\n} // drop',
  ],
  [
    'a variable of an inner block',
    '{\nlet regs = self.regs.try_access().ok_or(ENXIO)?;\nregs.stop();\n} // drop\nOk(())\n}',
  ],
  ['a temporary, at the end of its statement', 'self.regs.try_access().ok_or(ENXIO)?.stop(); // drop\nOk(())\n}'],
  [
    'what `if let` looks at, after its branches',
    'if let Some(regs) = self.regs.try_access() {\nregs.stop();\n} // drop\nOk(())\n}',
  ],
  [
    'what `match` looks at, at its end',
    'match self.regs.try_access() {\nSome(regs) => {\nregs.stop();\n} // drop\nNone => (),\n}\nOk(())\n}',
  ],
  [
    'a temporary in the guard of an arm, before the arm',
    'match self.count() {\nn if self.regs.try_access().is_none() => self.note(n), // drop\nn => self.note(n),\n}\nOk(())\n}',
  ],
  [
    '`let else`',
    'let Some(regs) = self.regs.try_access() else {\nreturn Err(ENXIO);\n};\nregs.stop();\nOk(())\n} // drop',
  ],
  [
    'a shadowed variable lives to the end',
    'let regs = self.regs.try_access().ok_or(ENXIO)?;\nlet regs = regs.read();\nself.note(regs);\nOk(())\n} // drop',
  ],
  [
    'one that is moved into drop()',
    'let regs = self.regs.try_access().ok_or(ENXIO)?;\nregs.stop();\ndrop(regs); // drop\nOk(())\n}',
  ],
  [
    'a variable of a closure',
    'let stop = || {\nlet regs = self.regs.try_access().ok_or(ENXIO)?;\nregs.stop();\nOk(())\n}; // drop\nstop()\n}',
  ],
  [
    'an early exit, and the end',
    'let regs = self.regs.try_access().ok_or(ENXIO)?;\nself.check()?; // drop\nregs.stop();\nOk(())\n} // drop',
  ],
  [
    'a return in a branch',
    'let regs = self.regs.try_access().ok_or(ENXIO)?;\nif regs.is_idle() {\nreturn Ok(()); // drop\n}\nregs.stop();\nOk(())\n} // drop',
  ],
  ['a section without a resource', 'let section = rcu::read_lock();\nself.note(1);\ndrop(section); // drop\nOk(())\n}'],
  [
    'each round of a loop',
    'for _ in 0..4 {\nlet regs = self.regs.try_access().ok_or(ENXIO)?;\nregs.stop();\n} // drop\nOk(())\n}',
  ],
];

function sourceOf(body: string): string {
  return `use kernel::{devres::Devres, prelude::*, sync::{rcu, Mutex}, workqueue::WorkItem};

struct Dial {
    regs: Devres<Regs>,
}

impl WorkItem for Dial {
    fn run(this: Arc<Dial>) {
        let _ = this.stop();
    }
}

impl Dial {
    fn stop(&self) -> Result {
${body}
}
`;
}

function lineAt(source: string, offset: number): number {
  return source.slice(0, offset).split('\n').length;
}

describe('guards in Rust', () => {
  it.each(KINDS)('%s', async (_, body) => {
    const marked = sourceOf(body);
    const expected = marked.split('\n').flatMap((line, index) => (line.includes('// drop') ? [index + 1] : []));
    const source = marked.replaceAll(' // drop', '');
    const engine = await openTree(filesOfFixture(parseFixture('dial.rs', source)));
    const hints = await engine.inlayHints(FILE, { start: 0, end: source.length });
    expect(hints.map(({ offset }) => lineAt(source, offset))).toEqual(expected);
    const made = source.search(/(?:try_access|read_lock)\(/);
    const markdown = (await engine.hover(FILE, made))?.markdown;
    for (const line of expected) expect(markdown).toContain(`dropped at [dial.rs:${line}]`);
    expect(markdown).toContain('nothing may sleep');
  });

  it('the function says why it runs', async () => {
    const source = sourceOf('Ok(())\n}');
    const engine = await openTree(filesOfFixture(parseFixture('dial.rs', source)));
    expect((await engine.hover(FILE, source.indexOf('stop(&self)')))?.markdown).toContain('Runs in work');
  });
});
