import { describe, expect, test } from 'vitest';
import type { ReadTreeFile } from '../../../server/src/knowledge/generation.ts';
import {
  declaredNames,
  detectGeneration,
  hasFunction,
  releasesWith,
  unknownGeneration,
  waitingUnregister,
} from '../../../server/src/knowledge/generation.ts';

function tree(files: Readonly<Record<string, string>>): ReadTreeFile {
  return (path) => Promise.resolve(files[path]);
}

const REVOCABLE_H = 'include/linux/revocable.h';

describe('the C revocable core', () => {
  const headers: Readonly<Record<string, string>> = {
    G1: 'void revocable_provider_free(struct revocable_provider *rp);\n#define REVOCABLE(_rev, _res) \\\n\tfor (;;)',
    G2: 'void revocable_provider_revoke(struct revocable_provider *rp);\n#define REVOCABLE_TRY_ACCESS_WITH(_rev, _res) \\\n\tfor (;;)',
    G3: '#define REVOCABLE_TRY_ACCESS_WITH(_rev, _res) int x\n#define REVOCABLE_TRY_ACCESS_SCOPED(_rev, _res) \\\n\tfor (;;)\nvoid revocable_provider_revoke(struct revocable_provider *rp);',
    G3r: '#define REVOCABLE_TRY_ACCESS_SCOPED(_rev, _res) \\\n\tfor (;;)\nvoid revocable_provider_revoke(struct revocable_provider __rcu **rp);',
    G4: 'int revocable_init(struct revocable_provider __rcu *rp, struct revocable *rev);\nvoid revocable_provider_revoke(struct revocable_provider __rcu **rp);\n#define REVOCABLE_TRY_ACCESS_SCOPED(_rp, _res) \\\n\tfor (;;)',
    G5: 'void revocable_init(struct revocable *rp, struct revocable_consumer *rev);',
    G6: 'void revocable_init(struct revocable *rev, struct revocable_consumer *c);\nint revocable_embed_init(struct revocable *rev, void *res);',
    G7: 'int revocable_init(struct revocable *rev, void *res);\nvoid revocable_handle_deinit(struct revocable_handle *rh);',
    G8: 'int revocable_init(struct revocable *rev, void *res);\nvoid revocable_handle_destroy(struct revocable_handle *rh);',
  };

  test.each(Object.entries(headers))('%s is told from its header', async (id, text) => {
    expect((await detectGeneration(tree({ [REVOCABLE_H]: text }))).core).toBe(id);
  });

  test('a name in a comment is no declaration', async () => {
    const text = '/* the newer revocable_handle_destroy(rh) is not here */\nvoid revocable_provider_free(void *rp);';
    expect((await detectGeneration(tree({ [REVOCABLE_H]: text }))).core).toBe('G1');
  });

  test('the implementation counts when the header is lost', async () => {
    const text = 'void revocable_handle_deinit(struct revocable_handle *rh)\n{\n}';
    expect((await detectGeneration(tree({ 'drivers/base/revocable.c': text }))).core).toBe('G7');
  });
});

describe('the replacement of file operations', () => {
  const F3 = 'int fs_revocable_replace(struct revocable_provider *rp, struct file *filp);';

  test('F1 lives in the header of the core', async () => {
    const text = 'int revocable_replace_fops(struct file *filp, struct revocable_provider *rp);';
    expect((await detectGeneration(tree({ [REVOCABLE_H]: text }))).fops).toBe('F1');
  });

  test('F2 takes the file first', async () => {
    const text = 'int fs_revocable_replace(struct file *filp,\n\t\tconst struct fs_revocable_operations *frops);';
    expect((await detectGeneration(tree({ 'include/linux/fs_revocable.h': text }))).fops).toBe('F2');
  });

  test('F3a keeps its context in struct file', async () => {
    const files = {
      'include/linux/fs_revocable.h': F3,
      'include/linux/fs.h': 'struct file {\n\tstruct fs_revocable_replacement *f_rr;\n};',
    };
    expect((await detectGeneration(tree(files))).fops).toBe('F3a');
  });

  test('F3b does not', async () => {
    const files = { 'include/linux/fs_revocable.h': F3, 'include/linux/fs.h': 'struct file {\n};' };
    expect((await detectGeneration(tree(files))).fops).toBe('F3b');
  });

  test('struct file alone says nothing', async () => {
    const files = { 'include/linux/fs.h': 'struct fs_revocable_replacement *f_rr;' };
    expect((await detectGeneration(tree(files))).fops).toBe('none');
  });
});

describe('the Rust side', () => {
  const devres: Readonly<Record<string, string>> = {
    R1: 'pub fn new(dev: &Device, data: T, flags: Flags) -> Result<Self> {',
    R2: 'pub fn new(dev: &Device<Bound>, data: T, flags: Flags) -> Result<Self> {',
    R3: "/// let d = KBox::pin_init(Devres::new(dev, x), GFP_KERNEL)?;\npub fn new<'a, E>() {",
    R4: 'pub fn new<E>(dev: &Device<Bound>, data: impl PinInit<T, E>) -> Result<Self>',
    R5: "pub struct Devres<T: Send + 'static> {\n}\npub fn new<E>(dev: &Device<Bound>, data: impl PinInit<T, E>) -> Result<Self>",
  };

  test.each(Object.entries(devres))('%s is told from devres.rs', async (id, text) => {
    expect((await detectGeneration(tree({ 'rust/kernel/devres.rs': text }))).rustDevres).toBe(id);
  });

  test('a miscdevice abstraction that sets the owner', async () => {
    const text = 'fn read_iter() {}\nowner: module.as_ptr(),';
    expect((await detectGeneration(tree({ 'rust/kernel/miscdevice.rs': text }))).rustMisc).toBe('MISC_OWNER_SET');
  });
});

describe('a tree', () => {
  test('without any of these files has none of the APIs', async () => {
    expect(await detectGeneration(tree({}))).toEqual(unknownGeneration);
  });

  test('is named by its Makefile', async () => {
    const makefile = '# SPDX-License-Identifier: GPL-2.0\nVERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 117\n';
    expect((await detectGeneration(tree({ Makefile: makefile }))).release).toBe('6.12');
  });

  test('says which unregister call waits', async () => {
    const files = { 'include/linux/miscdevice.h': 'int misc_sync_register(struct miscdevice *misc);' };
    expect(waitingUnregister(await detectGeneration(tree(files)))).toBe('misc_sync_register');
    expect(waitingUnregister(unknownGeneration)).toBe('none');
  });
});

describe('what a release has', () => {
  const old = { ...unknownGeneration, release: '6.1', timerNames: 'TIMER_OLD_AND_NEW' } as const;
  const recent = {
    ...unknownGeneration,
    release: '7.2',
    timerNames: 'TIMER_NEW_ONLY',
    workDisable: 'HAS_DISABLE_WORK',
  } as const;

  test('differs for the cancel calls', () => {
    expect(hasFunction(old, 'del_timer_sync')).toBe(true);
    expect(hasFunction(recent, 'del_timer_sync')).toBe(false);
    expect(hasFunction(old, 'disable_work_sync')).toBe(false);
    expect(hasFunction(recent, 'disable_work_sync')).toBe(true);
    expect(hasFunction(old, 'timer_shutdown_sync')).toBe(true);
  });

  test('is what the tree itself says where it was asked', () => {
    expect(hasFunction({ ...old, workDisable: 'HAS_DISABLE_WORK' }, 'disable_work_sync')).toBe(true);
  });

  test('comes from the nearest older probed release', () => {
    const between = { ...unknownGeneration, release: '6.18' };
    expect(hasFunction(between, 'hrtimer_init')).toBe(true);
    expect(hasFunction({ ...unknownGeneration, release: '7.9' }, 'hrtimer_init')).toBe(false);
    expect(hasFunction({ ...unknownGeneration, release: '5.10' }, 'devm_alloc_workqueue')).toBe(false);
  });

  test('lists the probed releases', () => {
    expect(releasesWith('misc_register')).toEqual(['6.1', '6.12', '7.2']);
    expect(releasesWith('disable_work_sync')).toEqual(['6.12', '7.2']);
    expect(releasesWith('timer_delete_sync_try')).toEqual(['7.2']);
  });
});

test('declared names are declarations, definitions and macros, not longer names', () => {
  const header = [
    'extern int foo_one(struct foo *f);',
    '#define foo_two(x) foo_real(x)',
    '#define foo_three foo_real',
    'int foo_one_locked(void);',
    'struct foo_four;',
  ].join('\n');
  const names = new Set(['foo_one', 'foo_two', 'foo_three', 'foo_four', 'foo_five']);
  expect([...declaredNames([header], names)].sort()).toEqual(['foo_one', 'foo_three', 'foo_two']);
});
