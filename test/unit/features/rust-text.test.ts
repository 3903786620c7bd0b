import { describe, expect, it } from 'vitest';
import { FIXTURE_FOLDER, filesOfFixture, openTree } from '../../support/engine.ts';
import { parseFixture } from '../../support/fixtures.ts';

const SOURCE = `use kernel::{devres::Devres, prelude::*, sync::Mutex, workqueue::WorkItem};

struct Dial {
    regs: Devres<Regs>,
    level: Mutex<u32>,
}

impl WorkItem for Dial {
    fn run(this: Arc<Dial>) {
        this.refresh();
    }
}

impl Dial {
    fn refresh(&self) {
        {
            let Some(regs) = self.regs.try_access() else { return };
            regs.write32(1, 0);
        }
        *self.level.lock() += 1;
    }
}
`;

const FILE = `${FIXTURE_FOLDER}/dial.rs`;

async function hover(marked: string): Promise<string | undefined> {
  const fixture = parseFixture('dial.rs', marked);
  const engine = await openTree(filesOfFixture(fixture));
  return (await engine.hover(FILE, fixture.cursor?.offset ?? 0))?.markdown;
}

describe('hover in Rust', () => {
  it('says what a guard forbids and where it is dropped', async () => {
    const markdown = await hover(SOURCE.replace('regs.write32', 're$0gs.write32'));
    expect(markdown).toContain('nothing may sleep');
    expect(markdown).toContain('dropped at [dial.rs:19]');
    expect(await hover(SOURCE.replace('.try_access()', '.try_a$0ccess()'))).toContain('dropped at [dial.rs:19]');
  });

  it('says what a call of the kernel crate does', async () => {
    expect(await hover(SOURCE.replace('level.lock', 'level.lo$0ck'))).toContain('Takes the mutex');
  });

  it('says in which context a function runs', async () => {
    expect(await hover(SOURCE.replace('fn refresh', 'fn ref$0resh'))).toContain('Runs in work');
  });

  it('is silent where nothing is known', async () => {
    expect(await hover(SOURCE.replace('write32', 'wri$0te32'))).toBeUndefined();
    expect(await hover(SOURCE.replace('struct Dial', 'struct Di$0al'))).toBeUndefined();
  });
});

describe('inlay hints in Rust', () => {
  it('stand where the guard of a read section is dropped', async () => {
    const engine = await openTree(filesOfFixture(parseFixture('dial.rs', SOURCE)));
    const hints = await engine.inlayHints(FILE, { start: 0, end: SOURCE.length });
    expect(hints.map(({ offset, label }) => [SOURCE.slice(0, offset).split('\n').length, label])).toEqual([
      [19, 'regs dropped'],
    ]);
  });
});
