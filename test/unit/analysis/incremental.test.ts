/** An analysis that builds on the one before equals one from scratch, whatever was edited in between. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyseModule } from '../../../server/src/analysis/analyse.ts';
import { createEngine } from '../../../server/src/engine/engine.ts';
import { createMemoryHost, grammars } from '../../support/engine.ts';
import { ROOT } from '../../support/repository.ts';

const HEADER = '/tree/d/foo.h';
const MAIN = '/tree/d/foo.c';
const OTHER = '/tree/d/other.c';

/** Two files that call each other through a header: with a lock, a callback behind a pointer, a macro and a circle. */
const LINKED = {
  '/tree/MAINTAINERS': '',
  '/tree/Kbuild': '',
  '/tree/d/Makefile': 'obj-m += linked.o\nlinked-y := foo.o other.o\n',
  [HEADER]: `struct foo;
struct foo_backend {
	int (*push)(struct foo *foo);
	bool (*alive)(struct foo *foo);
};
struct foo {
	struct miscdevice misc;
	void *data;
	const struct foo_backend *backend;
};
extern struct mutex foo_lock;
extern bool foo_gone;
#define foo_locked(lock) mutex_lock(lock)
#define foo_unpublish(f) misc_deregister(&(f)->misc)
int foo_check(struct foo *foo);
int foo_again(struct foo *foo, int depth);
extern const struct foo_backend foo_default;
extern struct foo_backend foo_backend;
`,
  [OTHER]: `#include "foo.h"
int foo_check(struct foo *foo)
{
	if (foo_gone)
		return -ENODEV;
	return 0;
}
int foo_again(struct foo *foo, int depth)
{
	if (depth > 3)
		return foo_check(foo);
	return foo_deeper(foo, depth + 1);
}
int foo_deeper(struct foo *foo, int depth)
{
	foo->data = NULL;
	return foo_again(foo, depth);
}
static int foo_push(struct foo *foo)
{
	kfree(foo->data);
	return foo_check(foo);
}
static bool foo_alive(struct foo *foo)
{
	return !foo_gone;
}
static bool foo_always(struct foo *foo)
{
	return true;
}
const struct foo_backend foo_default = {
	.push = foo_push,
	.alive = foo_alive,
};
const struct foo_backend foo_spare = {
	.push = foo_push,
};
`,
  [MAIN]: `#include "foo.h"
DEFINE_MUTEX(foo_lock);
bool foo_gone;
struct foo_backend foo_backend;
static int foo_open(struct inode *inode, struct file *file)
{
	file->private_data = container_of(file->private_data, struct foo, misc);
	return 0;
}
static ssize_t foo_read(struct file *file, char __user *buf, size_t len, loff_t *off)
{
	struct foo *foo = file->private_data;
	int ret;

	foo_locked(&foo_lock);
	ret = foo_check(foo);
	if (!ret)
		ret = foo->backend->push(foo);
	mutex_unlock(&foo_lock);
	return ret;
}
static ssize_t foo_write(struct file *file, const char __user *buf, size_t len, loff_t *off)
{
	struct foo *foo = file->private_data;

	mutex_lock(&foo_lock);
	if (foo_backend.alive(foo))
		foo->data = NULL;
	mutex_unlock(&foo_lock);
	return len;
}
static long foo_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct foo *foo = file->private_data;
	int ret;

	mutex_lock(&foo_lock);
	ret = foo_again(foo, 0);
	mutex_unlock(&foo_lock);
	return ret;
}
static const struct file_operations foo_fops = {
	.open = foo_open,
	.read = foo_read,
	.write = foo_write,
	.unlocked_ioctl = foo_ioctl,
	.owner = THIS_MODULE,
};
static int foo_probe(struct platform_device *pdev)
{
	struct foo *foo = devm_kzalloc(&pdev->dev, sizeof(*foo), GFP_KERNEL);

	foo->backend = &foo_default;
	foo->misc.fops = &foo_fops;
	platform_set_drvdata(pdev, foo);
	return misc_register(&foo->misc);
}
static void foo_remove(struct platform_device *pdev)
{
	struct foo *foo = platform_get_drvdata(pdev);

	foo_unpublish(foo);
	mutex_lock(&foo_lock);
	foo_gone = true;
	mutex_unlock(&foo_lock);
}
static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.remove = foo_remove,
};
module_platform_driver(foo_driver);
`,
};

const SNIPPETS = [
  'int typed = 1;\n',
  '\tfoo_gone = true;\n',
  '\tfoo->data = NULL;\n',
  '\tmutex_unlock(&foo_lock);\n',
  '\tif (foo_gone)\n\t\treturn 0;\n',
  '\tfoo_check(foo);\n',
  '\tfoo_locked(&foo_lock);\n',
  '\tkfree(foo->data);\n',
  'static int foo_check(struct foo *foo)\n{\n\treturn 0;\n}\n',
  'struct foo;\n',
  'int extra;\n',
  '}\n',
  '{',
  '/*',
  '',
];

const CRATE = '/tree/d/dial.rs';
const PART = '/tree/d/hw.rs';

/** A crate of two files: a guard, closures, a trait with operations, a lock, a type that the other file declares. */
const RUST = {
  '/tree/MAINTAINERS': '',
  '/tree/Kbuild': '',
  '/tree/Makefile': 'VERSION = 7\nPATCHLEVEL = 2\n',
  '/tree/d/Makefile': 'obj-m += dial.o\n',
  [CRATE]: `mod hw;
use hw::Hw;
use kernel::{miscdevice::{MiscDevice, MiscDeviceOptions, MiscDeviceRegistration}, prelude::*, sync::Arc};

#[pin_data]
struct Dial {
    hw: Arc<Hw>,
    #[pin]
    misc: MiscDeviceRegistration<DialFile>,
}

struct DialFile {
    hw: Arc<Hw>,
}

#[vtable]
impl MiscDevice for DialFile {
    type Ptr = Pin<KBox<Self>>;

    fn open(_file: &File, misc: &MiscDeviceRegistration<Self>) -> Result<Pin<KBox<Self>>> {
        KBox::try_pin_init(DialFile { hw: dial_hw() }, GFP_KERNEL)
    }

    fn ioctl(me: Pin<&Self>, _file: &File, cmd: u32, arg: usize) -> Result<isize> {
        if me.hw.fits(arg) {
            me.hw.state.lock().buf.push(cmd as u8, GFP_KERNEL)?;
        }
        me.hw.level().map(|level| level as isize)
    }

    fn write_iter(mut kiocb: Kiocb<'_, Self::Ptr>, iov: &mut IovIterSource<'_>) -> Result<usize> {
        let me = kiocb.file();
        let mut state = me.hw.state.lock();
        state.len = iov.len();
        state.buf.reserve(state.len, GFP_KERNEL)?;
        Ok(state.len)
    }
}

fn dial_hw() -> Arc<Hw> {
    todo!()
}
`,
  [PART]: `use kernel::{devres::Devres, prelude::*, sync::Mutex};

pub(crate) struct Hw {
    regs: Arc<Devres<IoMem>>,
    state: Mutex<State>,
}

pub(crate) struct State {
    len: usize,
    buf: KVec<u8>,
}

impl Hw {
    pub(crate) fn level(&self) -> Result<u32> {
        let regs = self.regs.try_access().ok_or(ENODEV)?;
        let state = self.state.lock();
        Ok(regs.read32(state.len))
    }

    fn kick(&self) -> Result {
        self.regs.try_access_with(|regs| {
            self.settle();
            regs.write32(1, 0)
        }).ok_or(ENODEV)
    }

    fn settle(&self) {
        self.state.lock().len = 0;
    }

    pub(crate) fn fits(&self, n: usize) -> bool {
        n <= self.state.lock().len
    }
}
`,
};

const RUST_SNIPPETS = [
  'let typed = 1;\n',
  '        let regs = self.regs.try_access().unwrap();\n',
  '        drop(regs);\n',
  '        self.settle();\n',
  '        me.hw.state.lock().len = 0;\n',
  '        let f = |x: u32| x + 1;\n',
  '        let Some(regs) = self.regs.try_access() else { return Err(ENODEV) };\n',
  '    fn settle(&self) {\n        self.state.lock();\n    }\n',
  '    extra: *mut u8,\n',
  'impl Drop for Hw {\n    fn drop(&mut self) {\n        self.settle();\n    }\n}\n',
  'use kernel::sync::SpinLock as Mutex;\n',
  '}\n',
  '{',
  '/*',
  '"',
  '',
];

interface Edit {
  readonly file: number;
  readonly line: number;
  /** Lines that the snippet replaces. */
  readonly lines: number;
  readonly snippet: string;
  /** Taken back right after, as one who types and thinks better of it does. */
  readonly undone: boolean;
}

const editsWith = (snippets: readonly string[]) =>
  fc.array(
    fc.record<Edit>({
      file: fc.nat(),
      line: fc.nat(),
      lines: fc.integer({ min: 0, max: 2 }),
      snippet: fc.constantFrom(...snippets),
      undone: fc.boolean(),
    }),
    { minLength: 1, maxLength: 8 },
  );
const edits = editsWith(SNIPPETS);

function applied(text: string, { line, lines, snippet }: Edit): string {
  const all = text.split('\n');
  const at = line % all.length;
  return [...all.slice(0, at), `${snippet}${all.slice(at + lines).join('\n')}`].join('\n');
}

/** Makes the edits in an editor; after each the analysis with what was kept must be the one without. Returns how many there were. */
async function edit(files: Readonly<Record<string, string>>, steps: readonly Edit[]): Promise<number> {
  let analyses = 0;
  const engine = await createEngine({
    host: createMemoryHost(new Map(Object.entries(files))),
    grammars,
    analyse: (input, knowledge, cache) => {
      if (cache === undefined) throw new Error('an editor keeps nothing');
      const kept = analyseModule(input, knowledge, cache);
      expect(kept).toEqual(analyseModule(input, knowledge));
      analyses += 1;
      return kept;
    },
  });
  await engine.addRoot('/tree');
  const paths = Object.keys(files).filter((path) => /\.(?:[ch]|rs)$/.test(path));
  const texts = new Map(paths.map((path) => [path, files[path] ?? '']));
  for (const [path, text] of texts) engine.openDocument(path, text, 1);
  const first = paths.find((path) => !path.endsWith('.h')) ?? '';
  await engine.checkFile(first);
  let version = 1;
  const put = async (path: string, text: string): Promise<void> => {
    engine.changeDocument(path, [{ text }], ++version);
    await engine.checkFile(first);
  };
  for (const step of steps) {
    const path = paths[step.file % paths.length] ?? first;
    const before = texts.get(path) ?? '';
    const after = applied(before, step);
    await put(path, after);
    if (step.undone) await put(path, before);
    else texts.set(path, after);
  }
  return analyses;
}

describe('an analysis that builds on the one before', () => {
  it('equals one from scratch after random edits of two files and their header', async () => {
    await fc.assert(
      fc.asyncProperty(edits, async (steps) => {
        await edit(LINKED, steps);
      }),
      { numRuns: 40 },
    );
  });

  it('equals one from scratch after random edits of sample drivers', async () => {
    const names = ['hubport_misc', 'relay_cdev_fixed', 'tuner_session', 'button_misc'];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), edits, async (name, steps) => {
        const text = readFileSync(`${ROOT}/samples/drivers/${name}.c`, 'utf8');
        await edit({ '/tree/MAINTAINERS': '', '/tree/Kbuild': '', [`/tree/d/${name}.c`]: text }, steps);
      }),
      { numRuns: 25 },
    );
  });

  it('equals one from scratch after random edits of a crate of two files', async () => {
    await fc.assert(
      fc.asyncProperty(editsWith(RUST_SNIPPETS), async (steps) => {
        await edit(RUST, steps);
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ['a method takes no lock', PART, '        self.state.lock().len = 0;\n', ''],
    ['a closure takes another name', PART, '|regs| {', '|_| {'],
    ['a member changes its type', PART, 'Arc<Devres<IoMem>>', 'Arc<IoMem>'],
    ['a type is another one', PART, 'sync::Mutex', 'sync::SpinLock as Mutex'],
    ['a trait is another one', CRATE, 'impl MiscDevice for', 'impl Other for'],
    ['functions move', CRATE, 'mod hw;\n', 'mod hw;\n\n// further down\n'],
  ])('equals one from scratch when %s in Rust', async (_, path, from, to) => {
    const text: string = RUST[path as keyof typeof RUST];
    expect(text).toContain(from);
    const file = [CRATE, PART].indexOf(path);
    const replaceBy = (snippet: string) => [{ file, line: 0, lines: text.split('\n').length, snippet, undone: true }];
    expect(await edit(RUST, replaceBy(text.replace(from, to)))).toBe(3);
    expect(await edit({ ...RUST, [path]: text.replace(from, to) }, replaceBy(text))).toBe(3);
  });

  it.each([
    ['a callee forgets its test', OTHER, '\tif (foo_gone)', '\tif (depth)'],
    ['teardown sets the flag no more', MAIN, '\tfoo_gone = true;\n', ''],
    ['the backend gets another function', OTHER, '.alive = foo_alive', '.alive = foo_always'],
    ['an operation is renamed', MAIN, '.read = foo_read', '.write_iter = foo_read'],
    ['a macro takes no lock', HEADER, 'mutex_lock(lock)', 'do_nothing(lock)'],
    ['a member changes its type', HEADER, 'void *data', 'struct foo *data'],
    ['a function becomes static', OTHER, 'int foo_deeper', 'static int foo_deeper'],
    ['functions move', MAIN, '#include "foo.h"\n', '#include "foo.h"\n\n/* further down */\n'],
  ])('equals one from scratch when %s', async (_, path, from, to) => {
    const text: string = LINKED[path as keyof typeof LINKED];
    expect(text).toContain(from);
    const file = [HEADER, OTHER, MAIN].indexOf(path);
    const replaceBy = (snippet: string) => [{ file, line: 0, lines: text.split('\n').length, snippet, undone: true }];
    expect(await edit(LINKED, replaceBy(text.replace(from, to)))).toBe(3);
    // And the other way: what was found before the change must not outlive it either.
    expect(await edit({ ...LINKED, [path]: text.replace(from, to) }, replaceBy(text))).toBe(3);
  });
});
