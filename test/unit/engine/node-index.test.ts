import { describe, expect, it } from 'vitest';
import { Cancelled } from '../../../server/src/base/cancellation.ts';
import type { Host, Storage } from '../../../server/src/base/host.ts';
import { createEngine } from '../../../server/src/engine/engine.ts';
import type { IndexedModule } from '../../../server/src/engine/node-index.ts';
import { indexNodes } from '../../../server/src/engine/node-index.ts';
import { createMemoryHost, grammars } from '../../support/engine.ts';
import { SAMPLE_DRIVER } from '../../support/sample-driver.ts';

const driver = (name: string): string => SAMPLE_DRIVER.replaceAll('foo', name);

/** A tree of which every run starts anew, as after a restart of the editor; only the storage stays. */
class Tree {
  readonly files = new Map([
    ['/tree/a/a.c', `#include "a.h"\n${driver('a')}`],
    ['/tree/a/a.h', 'struct unused;\n'],
    ['/tree/b/b.c', driver('b')],
    ['/tree/c/c.c', 'int nothing;\n'],
  ]);
  /** Files whose text was read in the last run. */
  readonly read = new Set<string>();
  readonly stored = new Map<string, string>();

  async index(
    options: { readonly changed?: readonly string[]; readonly stopAfter?: number; readonly build?: string } = {},
  ) {
    this.read.clear();
    const memory = createMemoryHost(this.files);
    const host: Host = {
      ...memory,
      readText: (path) => {
        this.read.add(path);
        return memory.readText(path);
      },
      stamp: async (path) =>
        this.files.get(path) ?? [...this.files.keys()].filter((file) => file.startsWith(path)).join(),
    };
    const storage: Storage = {
      read: async (name) => this.stored.get(name),
      write: async (name, text) => void this.stored.set(name, text),
    };
    const engine = await createEngine({ host, grammars });
    const modules: IndexedModule[] = [];
    let seen = 0;
    const run = indexNodes({
      engine,
      root: await engine.addRoot('/tree'),
      storage,
      build: options.build ?? 'one',
      ...(options.changed === undefined ? {} : { changed: options.changed }),
      token: {
        get isCancellationRequested() {
          return options.stopAfter !== undefined && seen >= options.stopAfter;
        },
      },
      onModule: (module) => {
        modules.push(module);
        seen += 1;
      },
      onProgress: () => undefined,
    });
    await run.catch((error: unknown) => {
      if (!(error instanceof Cancelled)) throw error;
    });
    return modules.map(({ name, nodes }) => `${name}: ${nodes.map((node) => node.verdict).join(' ')}`);
  }

  get sources(): readonly string[] {
    return [...this.read].filter((path) => /\.[ch]$/.test(path)).sort();
  }
}

const BOTH = ['a: vulnerable', 'b: vulnerable'];

describe('index of nodes', () => {
  it('has the device nodes of Rust modules', async () => {
    const tree = new Tree();
    tree.files.set(
      '/tree/r/r.rs',
      `use kernel::miscdevice::{MiscDevice, MiscDeviceRegistration};
struct Dial { node: MiscDeviceRegistration<OpenDial> }
struct OpenDial;
impl MiscDevice for OpenDial {
    type Ptr = KBox<Self>;
    fn open(_file: &File, _misc: &MiscDeviceRegistration<Self>) -> Result<KBox<Self>> { KBox::new(OpenDial, GFP_KERNEL) }
}
`,
    );
    expect(await tree.index()).toContain('r: vulnerable');
  });

  it('reads nothing again while nothing changes, and a module again when one of its headers does', async () => {
    const tree = new Tree();
    expect(await tree.index()).toEqual(BOTH);
    expect(tree.sources).toContain('/tree/b/b.c');

    expect(await tree.index()).toEqual(BOTH);
    expect(tree.sources).toEqual([]);

    tree.files.set('/tree/a/a.h', 'struct other;\n');
    expect(await tree.index()).toEqual(BOTH);
    expect(tree.sources).toContain('/tree/a/a.c');
    expect(tree.sources).not.toContain('/tree/b/b.c');

    await tree.index({ build: 'two' });
    expect(tree.sources).toContain('/tree/b/b.c');
  });

  it('does not take what a stopped run did not get to for true', async () => {
    const tree = new Tree();
    // Both modules depend on a file that changes between the runs.
    for (const name of ['a', 'b']) tree.files.set(`/tree/${name}/${name}.c`, `#include "../shared.h"\n${driver(name)}`);
    tree.files.set('/tree/shared.h', 'struct shared;\n');
    await tree.index();
    tree.files.set('/tree/shared.h', 'struct changed;\n');
    expect(await tree.index({ stopAfter: 1 })).toEqual(['a: vulnerable']);
    expect(await tree.index()).toEqual(BOTH);
    expect(tree.sources).toContain('/tree/b/b.c');
    expect(tree.sources).not.toContain('/tree/a/a.c');
  });

  it('tells of what changed only, and of modules that have no nodes any more', async () => {
    const tree = new Tree();
    await tree.index();
    tree.files.set('/tree/b/b.c', 'int nothing;\n');
    expect(await tree.index({ changed: ['/tree/b/b.c'] })).toEqual(['b: ']);
    expect(await tree.index()).toEqual(['a: vulnerable']);
  });

  it('shrugs at a broken file of its own', async () => {
    const tree = new Tree();
    await tree.index();
    for (const name of tree.stored.keys()) tree.stored.set(name, '{"key":1,');
    expect(await tree.index()).toEqual(BOTH);
  });
});
